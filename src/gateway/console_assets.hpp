// The files of the console, part of the program: it works offline, from one file, and always shows
// the page that belongs to this version. Defined in a source that CMake writes from console/ at
// build time.
#pragma once

#include <string_view>
#include <vector>

namespace taquilla::gateway {

struct console_asset {
  std::string_view name;  ///< "app.js"
  std::string_view content;
};

const std::vector<console_asset>& console_assets();

}  // namespace taquilla::gateway
