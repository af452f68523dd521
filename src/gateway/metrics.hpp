// GET /metrics: the house in the words of Prometheus (text format 0.0.4). Names carry the prefix
// `taquilla_`, base units and `_total`; no label names a buyer, a seat or a request. Pure:
// everything comes in with the arguments.
#pragma once

#include "gateway/context.hpp"
#include "gateway/overview.hpp"

#include <string>

namespace taquilla::gateway {

std::string metrics_text(const context& house, const overview& seen);

}  // namespace taquilla::gateway
