# `cpack -G DEB` makes failoverd_VERSION_ARCH.deb. Compressed files are made while building; the rest is as it lies here.
set(packaging ${CMAKE_CURRENT_LIST_DIR})
set(packed ${PROJECT_BINARY_DIR}/packaging)
find_program(GZIP gzip REQUIRED)

# compressed(FILE OUTPUT): gzip as Debian wants it: no name, no time.
set(packed_files)
function(compressed file output)
  add_custom_command(OUTPUT ${packed}/${output}.gz
    COMMAND ${CMAKE_COMMAND} -E make_directory ${packed}
    COMMAND sh -c "\"$1\" -9nc \"$2\" > \"$3\"" gzip ${GZIP} ${file} ${packed}/${output}.gz
    DEPENDS ${file} VERBATIM)
  set(packed_files ${packed_files} ${packed}/${output}.gz PARENT_SCOPE)
endfunction()

configure_file(${packaging}/changelog.in ${packed}/changelog @ONLY)
configure_file(${packaging}/failoverd.8.in ${packed}/failoverd.8 @ONLY)
compressed(${packed}/changelog changelog)
compressed(${packed}/failoverd.8 failoverd.8)
compressed(${PROJECT_BINARY_DIR}/failoverctl.1 failoverctl.1)
add_custom_target(packaging ALL DEPENDS ${packed_files})
add_dependencies(packaging failoverctl_generated)

install(TARGETS failoverd DESTINATION sbin)
install(TARGETS failoverctl DESTINATION bin)
install(FILES ${packed}/failoverd.8.gz DESTINATION share/man/man8)
install(FILES ${packed}/failoverctl.1.gz DESTINATION share/man/man1)
install(FILES ${PROJECT_BINARY_DIR}/completions/bash/failoverctl DESTINATION share/bash-completion/completions)
install(FILES ${PROJECT_BINARY_DIR}/completions/zsh/_failoverctl DESTINATION share/zsh/vendor-completions)
install(FILES ${packaging}/copyright ${packed}/changelog.gz ${PROJECT_SOURCE_DIR}/README.md DESTINATION share/doc/failoverd)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/pdns-config/ DESTINATION share/doc/failoverd/examples/pdns-config
  PATTERN demo EXCLUDE PATTERN pdns.d EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/pdns-config/pdns.d/failoverd.conf DESTINATION share/failoverd/pdns.d)
install(FILES ${packaging}/failoverd.service DESTINATION /lib/systemd/system)
install(FILES ${packaging}/failoverd.toml DESTINATION /etc/failoverd)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_CONTACT "The failoverd authors <failoverd@failover.example>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "failover groups for PowerDNS")
set(CPACK_PACKAGE_DESCRIPTION
"A remote backend for the PowerDNS Authoritative Server. Each failover group
is one DNS address in front of two stacks of servers; a flip makes the other
stack what the address answers, on every PowerDNS server at once, its caches
dropped.

This package holds the daemon failoverd with its HTTP API and dashboard, and
the command line failoverctl.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "pdns-server, pdns-backend-remote")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${packaging}/postinst ${packaging}/prerm ${packaging}/postrm ${packaging}/conffiles)
include(CPack)
