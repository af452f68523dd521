// The files of the console, part of the program: it works offline, from one file, and always shows
// the page that belongs to this version. Defined in a source that CMake writes from console/ at
// build time.
#pragma once

#include <string_view>

namespace taquilla::gateway {

extern const std::string_view console_index_html;
extern const std::string_view console_app_js;
extern const std::string_view console_style_css;
extern const std::string_view console_icon_svg;

}  // namespace taquilla::gateway
