// What all handlers of one application share. Built once, then only its parts that lock or count
// for themselves change; kept alive by every exchange that still waits for an answer, so that a
// late reply of the front desk finds what it needs even after the application is gone.
#pragma once

#include "gateway/admin_gate.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/front_desk.hpp"
#include "gateway/live_stream.hpp"
#include "gateway/options.hpp"
#include "gateway/purchase_limit.hpp"
#include "gateway/same_origin.hpp"
#include "gateway/tally.hpp"
#include "gateway/trusted_proxies.hpp"
#include "gateway/turnstile.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::gateway {

struct context {
  context(gateway_options given, const std::shared_ptr<front_desk>& asked);

  std::string next_request_id() { return options.start_nonce + '-' + std::to_string(++requests_); }

  /// See `http_application`.
  bool is_one_client(const std::string& address) const;
  /// Whose share (share.hpp) a request is counted in: a client_key, or empty for nobody's.
  std::string share_holder(const http_request& request) const;

  /// Every answer is counted here, once, when it is composed: one that nobody waits for any more
  /// as well. `why`: what it refuses for, if it does.
  void count_answer(std::size_t row, listener at, int status, std::int64_t lasted_ms, errc why) {
    counts.answered(row, at, status, lasted_ms);
    if (row == selling_row && why != errc::none) counts.purchase_refused(why);
  }

  const gateway_options options;
  front_desk& desk;  ///< for handlers: the server ends before it
  /// For replies of it, which may come when both have gone.
  const std::weak_ptr<front_desk> desk_if_there;
  const std::vector<endpoint> endpoints;
  /// Rows of `counts` behind those of the endpoints: no such route, refused at the door, answered
  /// by the server itself.
  const std::size_t unmatched_row, refused_row, server_row;
  const std::size_t selling_row;  ///< of `endpoints`
  const wall_ms started_at;
  const trusted_proxies proxies;
  const same_origin origin_rules;
  admin_gate admins;
  purchase_limit limit;
  tally counts;
  turnstile reports;  ///< /health and /metrics in the making
  const std::shared_ptr<live_stream> stream;
  std::string openapi_json, docs_html;

 private:
  std::atomic<std::uint64_t> requests_{0};
};

}  // namespace taquilla::gateway
