// Who may call what changes or shows chaos: whoever bears the admin token, where one is set.
// Guesses are counted for each peer (an IPv6 network of 64 bits is one): five wrong tokens at once,
// then one every twelve seconds. A peer over that is told 429 whatever it brings, so that a right
// guess shows no earlier than a wrong one; a request without any token is no guess. The peer is the
// socket's, never what X-Forwarded-For claims. Any thread may ask.
#pragma once

#include "domain/error.hpp"
#include "gateway/http.hpp"
#include "policies/rate_limiter.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace taquilla::gateway {

class admin_gate {
 public:
  /// @param token empty: everybody may pass (then we listen on loopback alone).
  explicit admin_gate(std::string token);

  /// Why `request` may not pass: unauthorized, or rate_limited with the wait; nothing: it may.
  std::optional<error> refuses(const http_request& request, instant_ms now);

 private:
  bool bears_token(const http_request& request) const;

  const std::string token_;
  std::mutex mutex_;
  rate_limiter guesses_;
};

}  // namespace taquilla::gateway
