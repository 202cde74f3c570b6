include(GNUInstallDirs)
install(TARGETS crstack RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# Completions and the manual page are written by the binary itself, from its command table.
set(crstack_generated "${CMAKE_CURRENT_BINARY_DIR}/generated")
add_custom_command(
  OUTPUT "${crstack_generated}/crstack.bash" "${crstack_generated}/_crstack" "${crstack_generated}/crstack.fish"
         "${crstack_generated}/crstack.1"
  COMMAND ${CMAKE_COMMAND} -E make_directory "${crstack_generated}"
  COMMAND crstack completion bash > "${crstack_generated}/crstack.bash"
  COMMAND crstack completion zsh > "${crstack_generated}/_crstack"
  COMMAND crstack completion fish > "${crstack_generated}/crstack.fish"
  COMMAND crstack man > "${crstack_generated}/crstack.1"
  DEPENDS crstack
  COMMENT "Writing completions and the manual page"
  VERBATIM)
add_custom_target(crstack_pages ALL DEPENDS "${crstack_generated}/crstack.1")
install(FILES "${crstack_generated}/crstack.bash" RENAME crstack
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES "${crstack_generated}/_crstack" DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES "${crstack_generated}/crstack.fish" DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES "${crstack_generated}/crstack.1" DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
