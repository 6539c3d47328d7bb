# What cmake --install puts where.
set(ss_datadir ${CMAKE_INSTALL_DATADIR}/sandseed)
install(TARGETS sandseed sandseed_static sandseed_shared)
install(FILES ${ss_public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sandseed)
configure_file(src/sandseed.pc.in sandseed.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sandseed.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(GLOB ss_schemas CONFIGURE_DEPENDS schemas/*.json)
install(FILES ${ss_schemas} DESTINATION ${ss_datadir}/schemas)

# The man page and the completion come from the program's own option table.
foreach(made IN ITEMS "sandseed.1|--print-man-page" "sandseed.bash|--print-completion")
    string(REPLACE "|" ";" made ${made})
    list(GET made 0 file)
    list(GET made 1 option)
    add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/${file}
        COMMAND sandseed ${option} > ${CMAKE_BINARY_DIR}/${file}
        DEPENDS sandseed VERBATIM)
    list(APPEND ss_made ${CMAKE_BINARY_DIR}/${file})
endforeach()
add_custom_target(docs ALL DEPENDS ${ss_made})
install(FILES ${CMAKE_BINARY_DIR}/sandseed.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/sandseed.bash RENAME sandseed
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
