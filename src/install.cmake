# What cmake --install puts where.
set(ss_datadir ${CMAKE_INSTALL_DATADIR}/sandseed)
install(TARGETS sandseed sandseed_static sandseed_shared)
install(FILES ${ss_public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sandseed)
# For static linking: the libraries themselves, not Requires.private, which would ask for what a static
# libpq needs (libpgport, gssapi, ldap, ...) although only libsandseed is linked statically.
string(JOIN " " ss_libs_private ${PQ_LDFLAGS} ${GSL_LDFLAGS} ${SODIUM_LDFLAGS} ${YAML_LDFLAGS}
    ${JANSSON_LDFLAGS} ${EXPAT_LDFLAGS} -lcsv -lm -pthread)
string(REGEX REPLACE "-L[^ ]*/lib/[a-z0-9_]+-linux-gnu " "" ss_libs_private "${ss_libs_private}")
configure_file(src/sandseed.pc.in sandseed.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sandseed.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(GLOB ss_schemas CONFIGURE_DEPENDS schemas/*.json)
install(FILES ${ss_schemas} DESTINATION ${ss_datadir}/schemas)

# Man pages and completion come from the program's own tables: a page for the program and one for
# each first word of a command, as commands.def lists them.
function(ss_printed file)
    add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/${file}
        COMMAND sandseed ${ARGN} > ${CMAKE_BINARY_DIR}/${file}
        DEPENDS sandseed VERBATIM)
endfunction()
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS src/cli/commands.def)
file(STRINGS src/cli/commands.def ss_commands REGEX "^SS_COMMAND")
list(TRANSFORM ss_commands REPLACE "^SS_COMMAND\\(\"([a-z]+).*" "\\1")
list(REMOVE_DUPLICATES ss_commands)
ss_printed(sandseed.1 --print-man-page)
ss_printed(sandseed.bash --print-completion)
set(ss_man_pages ${CMAKE_BINARY_DIR}/sandseed.1)
foreach(word IN LISTS ss_commands)
    ss_printed(sandseed-${word}.1 --print-man-page ${word})
    list(APPEND ss_man_pages ${CMAKE_BINARY_DIR}/sandseed-${word}.1)
endforeach()
add_custom_target(docs ALL DEPENDS ${ss_man_pages} ${CMAKE_BINARY_DIR}/sandseed.bash)
install(FILES ${ss_man_pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/sandseed.bash RENAME sandseed
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
