# cmake -DROOT=folder -DOUT=file.c -P build_id.cmake: one digest of all that the library is compiled from, whatever the
# folder is called, as a C string constant.
file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE ${ROOT}
    ${ROOT}/include/*.h ${ROOT}/src/*.h ${ROOT}/src/*.c ${ROOT}/src/*.sql ${ROOT}/src/*.def
    ${ROOT}/src/pseudonymise/locales/*.txt)
list(SORT files)
set(all "")
foreach(file IN LISTS files)
    file(SHA256 ${ROOT}/${file} digest)
    string(APPEND all "${file} ${digest}\n")
endforeach()
string(SHA256 id "${all}")
file(WRITE ${OUT} "extern const char ss_build_id[];\nconst char ss_build_id[] = \"${id}\";\n")
