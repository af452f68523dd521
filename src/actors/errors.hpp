// Between CAF's errors and ours. A refusal is a caf::error of category `taquilla` whose context
// carries the detail, the retry advice and the failed reservation; everything else CAF reports
// (timeout, dead receiver, thrown exception) means that nobody answered, and becomes the code that
// the asker names for silence.
#pragma once

#include "domain/error.hpp"

#include <caf/error.hpp>

namespace taquilla {

caf::error to_caf(const error& why);
error as_error(const caf::error& e, errc silence);

/// True when the asked part decided "no". False when it could not be asked, or nobody knows: then
/// the outcome is unknown unless the caller knows that nothing was sent.
bool is_refusal(const error& why);

}  // namespace taquilla
