#include "actors/chaos_order.hpp"

#include <string>

namespace taquilla {

result<chaos_order> read_order(const set_chaos& what) {
  const auto kind = chaos_kind_of(what.kind);
  if (!kind) return error{errc::invalid_field, "unknown kind of chaos: " + what.kind, 0};
  chaos_options options;
  options.delay_ms = what.delay_ms;
  options.rate = static_cast<double>(what.rate_ppm) / 1e6;
  if (what.for_ms > 0) options.for_ms = what.for_ms;
  if (what.times > 0) options.times = static_cast<std::int64_t>(what.times);
  if (const auto wrong = problem(*kind, options); !wrong.empty())
    return error{errc::invalid_field, std::string{wrong}, 0};
  return chaos_order{*kind, options};
}

}  // namespace taquilla
