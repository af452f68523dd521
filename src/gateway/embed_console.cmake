# Writes the files of the console into a C++ source: cmake -DFROM=dir -DTO=file.cpp -P this.
# Raw strings keep the text as it is; the delimiter must not occur in a file, which is checked.
set(delimiter "console_asset")
set(source "#include \"gateway/console_assets.hpp\"\n\nnamespace taquilla::gateway {\n")
foreach(file index.html app.js style.css icon.svg)
  file(READ "${FROM}/${file}" text)
  string(FIND "${text}" ")${delimiter}\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} contains the raw string delimiter")
  endif()
  string(REPLACE "." "_" name "console_${file}")
  string(APPEND source
    "\nconst std::string_view ${name} = R\"${delimiter}(${text})${delimiter}\";\n")
endforeach()
string(APPEND source "\n}  // namespace taquilla::gateway\n")
file(WRITE "${TO}" "${source}")
