#include "simulation/world/goals.hpp"

#include "policies/chaos.hpp"
#include "simulation/disk/sim_vfs.hpp"

#include <algorithm>
#include <set>

namespace taquilla::simulation {

namespace {

constexpr const char* error_codes[] = {
#define X(code, kind, message, title) #code,
#include "domain/errors.def"
#undef X
};

/// Told by HTTP alone, about questions that no client of a plan asks, by services that it does not
/// speak to, or only by a bug, which an oracle reports.
const std::set<std::string> never_told = {
    "malformed_json",     "malformed_request",  "unauthorized",       "forbidden_origin",
    "unknown_path",       "body_too_large",     "not_json",           "misdirected_host",
    "method_not_allowed", "unknown_event",      "unknown_seat",       "notification_unavailable",
    "mail_bounced",       "mail_undeliverable", "invalid_field",      "internal_error",
    "request_too_slow",   "length_required",    "target_too_long",    "unknown_expectation",
    "head_too_large",     "not_implemented",    "version_not_spoken", "encoded_body",
};

std::vector<std::string> make_goals() {
  std::vector<std::string> goals = {"buy-accepted",    "cancel-accepted", "client-gave-up",
                                    "fail-stop",       "left-at-a-stop",  "mails-revived",
                                    "message-lost",    "power-cut",       "process-killed",
                                    "process-stopped", "replayed"};
  for (const std::string code : error_codes)
    if (never_told.count(code) == 0) goals.push_back("refused-" + code);
  using kind = fault::kind;
  for (const auto what : {kind::crash, kind::last_step, kind::stall, kind::recover, kind::kill,
                          kind::power, kind::stop}) {
    fault f;
    f.what = what;
    goals.push_back(goal_of(f));
  }
  for (std::size_t i = 0; i < chaos_kinds; ++i) {
    fault f;
    f.what = kind::chaos;
    f.detail = taquilla::to_string(static_cast<chaos_kind>(i));
    goals.push_back(goal_of(f));
  }
  for (const auto what : {disk_fault::io_error, disk_fault::full, disk_fault::busy,
                          disk_fault::kill, disk_fault::power})
    goals.push_back(std::string{"disk-"} + to_string(what));
  for (const auto what : {post_fault::later, post_fault::never})
    goals.push_back(std::string{"post-"} + to_string(what));
  for (std::size_t i = 0; i < visit::kinds; ++i)
    goals.push_back(std::string{"visit-"} + to_string(static_cast<visit::kind>(i)));
  goals.emplace_back("visit-overloaded");
  std::sort(goals.begin(), goals.end());
  return goals;
}

}  // namespace

const std::vector<std::string>& all_goals() {
  static const auto goals = make_goals();
  return goals;
}

std::string goal_of(const fault& f) {
  return std::string("fault-") + to_string(f.what) + (f.detail.empty() ? "" : "-" + f.detail);
}

}  // namespace taquilla::simulation
