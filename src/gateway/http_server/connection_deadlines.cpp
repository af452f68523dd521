// What of a connection concerns time: `keep_deadlines` sets the alarm to the next that may pass,
// and `on_alarm` does what it is for. Input and output note here when theirs begins.
#include "gateway/http_server/connection.hpp"
#include "gateway/http_server/reactor.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

auto now() { return std::chrono::steady_clock::now(); }

}  // namespace

// The deadline holds for what is unsent now; what is appended meanwhile gets its own afterwards.
void connection::note_output() {
  if (unsent_.empty() || unsent_.total_sent() < output_mark_) return;
  output_mark_ = unsent_.total_appended();
  output_due_ = now() + home_.options().write_timeout;
}

/// A part of a request is here, and it is the client's turn to send more.
bool connection::awaits_rest() const {
  return input_ == input::open && !framer_.idle() &&
         framer_.now() != framer::state::expects_continue;
}

bool connection::idle() const {
  return phase_ == phase::serving && framer_.idle() && leftover_.empty() && all_is_sent();
}

void connection::keep_deadlines() {
  const bool rests = idle();
  if (rests && !resting_) {
    input_due_ = now() + home_.options().idle_timeout;
    home_.resting().join(rest_, this);
    home_.retire_resting();
  }
  if (!rests) home_.resting().leave(rest_);
  resting_ = rests;
  if (const auto next = next_deadline()) home_.wake_at(*this, alarm_, *next);
}

std::optional<connection::time_point> connection::next_deadline() const {
  if (phase_ == phase::lingering) return linger_due_;
  std::optional<time_point> next;
  const auto consider = [&next](time_point when) { next = next ? std::min(*next, when) : when; };
  if (!unsent_.empty()) consider(output_due_);
  if (const auto oldest = pipeline_.oldest_unanswered())
    consider(oldest->second + home_.options().answer_timeout);
  if (awaits_rest() || (idle() && input_ == input::open)) consider(input_due_);
  return next;
}

void connection::on_alarm(time_point now) {
  home_.cancel_alarm(alarm_);
  if (phase_ == phase::lingering && now >= linger_due_) return drop(false);
  if (phase_ == phase::serving && !unsent_.empty() && now >= output_due_) return cut_off();
  const auto oldest = pipeline_.oldest_unanswered();
  if (oldest && now >= oldest->second + home_.options().answer_timeout)
    fail(oldest->first, 504, "The request was not answered in time.");
  if (idle() && now >= input_due_) end_in_order();
  if (awaits_rest() && now >= input_due_)
    answer_last(home_.protocol_error(at_, 408, "The request did not arrive in time."));
  pump();
}

}  // namespace taquilla::gateway
