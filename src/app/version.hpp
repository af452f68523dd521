// The version of this program, as CMake knows it. Constant.
// Generated once per configure; nothing else in the program spells a version out.
#pragma once

namespace taquilla::app {

const char* version();

}  // namespace taquilla::app
