# What cmake --install puts where.
set(ss_datadir ${CMAKE_INSTALL_DATADIR}/sandseed)
install(TARGETS sandseed sandseed_static sandseed_shared)
install(FILES ${ss_public_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sandseed)
configure_file(src/sandseed.pc.in sandseed.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/sandseed.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(GLOB ss_schemas CONFIGURE_DEPENDS schemas/*.json)
install(FILES ${ss_schemas} DESTINATION ${ss_datadir}/schemas)
