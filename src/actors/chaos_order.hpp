// An order of chaos as it came in a message, for those who act on it: SUPERVISOR, before it kills
// anybody, and DOOR, before it sets a rule. So what one of them refuses the other has not begun.
#pragma once

#include "actors/protocol.hpp"
#include "policies/chaos.hpp"

namespace taquilla {

struct chaos_order {
  chaos_kind kind = chaos_kind::slow;
  chaos_options options;
};

/// Of any order but "recover". Errors: invalid_field.
result<chaos_order> read_order(const set_chaos& what);

}  // namespace taquilla
