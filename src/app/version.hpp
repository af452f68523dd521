// The version of this program, as CMake knows it. Constant.
#pragma once

namespace taquilla::app {

const char* version();

}  // namespace taquilla::app
