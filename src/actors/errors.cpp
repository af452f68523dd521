#include "actors/errors.hpp"

#include "actors/protocol.hpp"

#include <caf/all.hpp>

#include <string>

namespace taquilla {

caf::error to_caf(const error& why) {
  const auto code = why.code == errc::none ? errc::internal_error : why.code;
  return caf::make_error(code, why.detail, why.retry_after_ms, why.reservation);
}

error as_error(const caf::error& e, errc silence) {
  if (e.category() != caf::atom("taquilla")) return {silence, {}, 0};
  error out{static_cast<errc>(e.code()), {}, 0};
  const auto& context = e.context();
  if (context.match_elements<std::string, std::int64_t, std::uint64_t>()) {
    out.detail = context.get_as<std::string>(0);
    out.retry_after_ms = context.get_as<std::int64_t>(1);
    out.reservation = context.get_as<std::uint64_t>(2);
  }
  return out;
}

bool is_refusal(const error& why) {
  switch (kind_of(why.code)) {
    case error_kind::unavailable:
      return why.code == errc::storage_full || why.code == errc::not_kept;
    case error_kind::too_late:
    case error_kind::broken:
      return false;
    default:
      return true;
  }
}

}  // namespace taquilla
