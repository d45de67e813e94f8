# embed(TARGET NAME FILE...): compiles files into a target. NAME.hpp then declares, in namespace failover::embedded,
# a std::span of {file name without its folders, content} called NAME, in the order given.
function(embed target name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name})
  set(files)
  foreach(file ${ARGN})
    get_filename_component(path ${file} ABSOLUTE)
    list(APPEND files ${path})
  endforeach()
  add_custom_command(
    OUTPUT ${output}.cpp ${output}.hpp
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DOUTPUT=${output} "-DFILES=${files}" -P ${CMAKE_SOURCE_DIR}/backend/embed-files.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/backend/embed-files.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output}.cpp ${output}.hpp)
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
