# Writes the files of the console into a C++ source:
#   cmake -DFROM=dir -DFILES=a,b,c -DTO=file.cpp -P this
# Raw strings keep the text as it is; the delimiter must not occur in a file, which is checked.
set(delimiter "console_asset")
set(source "#include \"gateway/console_assets.hpp\"\n\nnamespace taquilla::gateway {\n\n")
string(APPEND source "const std::vector<console_asset>& console_assets() {\n")
string(APPEND source "  static const std::vector<console_asset> all = {")
string(REPLACE "," ";" files "${FILES}")
foreach(file ${files})
  file(READ "${FROM}/${file}" text)
  string(FIND "${text}" ")${delimiter}\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} contains the raw string delimiter")
  endif()
  string(APPEND source "\n{\"${file}\", R\"${delimiter}(${text})${delimiter}\"},")
endforeach()
string(APPEND source "};\n  return all;\n}\n\n}  // namespace taquilla::gateway\n")
file(WRITE "${TO}" "${source}")
