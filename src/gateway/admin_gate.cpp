#include "gateway/admin_gate.hpp"

#include "gateway/ascii.hpp"
#include "policies/client_key.hpp"

#include <string_view>
#include <utility>

namespace taquilla::gateway {

namespace {

constexpr std::int64_t guesses_milli_per_second = 83;  // 5 a minute
constexpr std::int64_t guesses_at_once = 5;
constexpr std::size_t peers_max = 1'000;

rate_limiter_config guess_limit() {
  rate_limiter_config config;
  config.rate_milli = guesses_milli_per_second;
  config.burst = guesses_at_once - 1;
  config.keys_max = peers_max;
  return config;
}

/// Takes equally long for every wrong token of one length.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

}  // namespace

admin_gate::admin_gate(std::string token) : token_(std::move(token)), guesses_(guess_limit()) {}

std::optional<error> admin_gate::refuses(const http_request& request, instant_ms now) {
  if (token_.empty()) return std::nullopt;
  if (!request.has_header("Authorization")) return error{errc::unauthorized, {}, 0};
  const auto key = client_key(request.peer);
  const std::lock_guard lock{mutex_};
  if (const auto next = guesses_.peek(key, now); !next.pass)
    return error{errc::rate_limited, "too many wrong tokens", next.retry_after_ms};
  if (bears_token(request)) return std::nullopt;
  guesses_.decide(key, now);
  return error{errc::unauthorized, {}, 0};
}

bool admin_gate::bears_token(const http_request& request) const {
  constexpr std::string_view scheme = "Bearer ";
  const auto field = request.single("Authorization");
  if (!field || !equal_ignoring_case(field->substr(0, scheme.size()), scheme)) return false;
  return equal_in_constant_time(trimmed(field->substr(scheme.size())), token_);
}

}  // namespace taquilla::gateway
