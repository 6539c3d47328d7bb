# Compiler policy, in one place. Call ss_target_flags(<target>) for our own targets only;
# libpq, GSL and the crypto library come in as SYSTEM includes and are not judged.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)

option(SS_WERROR "Treat warnings as errors" OFF)
option(SS_HARDEN "Hardened binary (release builds)" ON)
option(SS_COVERAGE "Instrument for gcov" OFF)
set(SS_SANITIZE "" CACHE STRING "Sanitizers: address,undefined | thread | memory")

# Known to gcc and clang alike.
set(ss_warnings
    -Wall -Wextra -Wpedantic -Wshadow -Wundef -Wvla -Wformat=2
    -Wconversion -Wsign-conversion -Wdouble-promotion
    -Wcast-qual -Wcast-align -Wpointer-arith -Wwrite-strings
    -Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations -Wold-style-definition
    -Wredundant-decls -Wnested-externs -Wimplicit-fallthrough -Wswitch-enum)

# Known to one of them, or to newer versions: asked for, kept if accepted.
set(ss_warnings_maybe
    -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wtrampolines -Walloc-zero
    -Wmissing-variable-declarations -Wcomma -Wshorten-64-to-32
    -Wconditional-uninitialized -Wunreachable-code-aggressive)

foreach(flag IN LISTS ss_warnings_maybe)
    string(MAKE_C_IDENTIFIER "SS_HAVE${flag}" have)
    check_c_compiler_flag(${flag} ${have})
endforeach()

function(ss_target_flags target)
    set_target_properties(${target} PROPERTIES
        C_STANDARD 17 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
        C_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L _XOPEN_SOURCE=700)
    # Same numbers on every CPU: no fused multiply-add unless written, never -ffast-math.
    target_compile_options(${target} PRIVATE ${ss_warnings} -ffp-contract=off)
    foreach(flag IN LISTS ss_warnings_maybe)
        string(MAKE_C_IDENTIFIER "SS_HAVE${flag}" have)
        if(${have})
            target_compile_options(${target} PRIVATE ${flag})
        endif()
    endforeach()
    if(SS_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(SS_SANITIZE)
        target_compile_options(${target} PRIVATE
            -fsanitize=${SS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_link_options(${target} PUBLIC -fsanitize=${SS_SANITIZE})
        target_compile_definitions(${target} PRIVATE SS_SANITIZED)
    elseif(SS_HARDEN AND CMAKE_BUILD_TYPE MATCHES "Release|RelWithDebInfo")
        target_compile_options(${target} PRIVATE
            -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
            -fstack-protector-strong -fstack-clash-protection
            $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>
            $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},aarch64>:-mbranch-protection=standard>)
        target_link_options(${target} PUBLIC LINKER:-z,relro,-z,now,-z,noexecstack)
    endif()
    if(SS_COVERAGE)
        target_compile_options(${target} PRIVATE --coverage -O0)
        target_link_options(${target} PUBLIC --coverage)
    endif()
endfunction()
