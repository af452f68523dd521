// Who may talk to us at all. Other web pages in the same browser reach every port of this machine,
// so being asked from 127.0.0.1 proves nothing. Three questions, on raw header bytes:
//
//   Host            is it one of our names?                  else 421 (DNS rebinding)
//   Origin          on a change: our own, or absent?         else 403 (forms, fetch of other pages)
//   Sec-Fetch-Site  on a change: same-origin, none, absent?  else 403
//
// What asks for a token besides is in admin_gate.hpp. Immutable after construction; any thread may
// ask. No CORS header is ever sent.
#pragma once

#include "domain/error.hpp"
#include "gateway/http.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taquilla::gateway {

class same_origin {
 public:
  explicit same_origin(const std::vector<std::string>& further_hosts);

  /// Why the request is refused; errc::none when it may pass.
  /// @param scheme what the client speaks to us, "http" or "https".
  errc judge(const http_request& request, std::string_view scheme) const;

 private:
  std::vector<std::string> hosts_;
};

}  // namespace taquilla::gateway
