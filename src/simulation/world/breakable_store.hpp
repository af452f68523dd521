// A store that breaks one rule on purpose: the planted bugs of the store, outside of the store.
//
// It wraps the real database and passes everything on, except where the planted bug lives. Used
// only while something is planted (domain/planted.hpp); an ordinary run never sees it.
#pragma once

#include "store/database.hpp"

#include <memory>

namespace taquilla::simulation {

std::shared_ptr<database> make_breakable(std::shared_ptr<database> base);

}  // namespace taquilla::simulation
