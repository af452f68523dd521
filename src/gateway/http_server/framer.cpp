#include "gateway/http_server/framer.hpp"

#include "gateway/http_server/head_rules.hpp"
#include "gateway/http_server/target.hpp"

#include <utility>

namespace taquilla::gateway {

std::size_t framer::feed(std::string_view bytes) {
  std::size_t at = 0;
  while (state_ == state::reading && at < bytes.size()) {
    const auto rest = bytes.substr(at);
    if (in_body_) {
      at += body_.feed(rest, head_.head().request.body);
      if (body_.error()) fail(*body_.error());
      if (body_.done()) state_ = state::complete;
    } else {
      at += head_.feed(rest);
      if (head_.error()) fail(*head_.error());
      if (head_.done()) end_head();
    }
  }
  return at;
}

void framer::end_head() {
  const auto verdict = judge_head(head_.head(), limits_);
  if (verdict.error) return fail(*verdict.error);
  body_ = verdict.chunked ? body_reader::chunked(limits_.body_bytes_max)
                          : body_reader::of_length(verdict.content_length);
  in_body_ = true;
  if (verdict.continue_wanted) state_ = state::expects_continue;
  if (body_.done()) state_ = state::complete;
}

void framer::fail(const framing_error& error) {
  error_ = error;
  state_ = state::failed;
}

void framer::go_on() { state_ = state::reading; }

framed_request framer::take() {
  auto taken = std::move(head_.head());
  // Not before: "?a&a&a" takes thirty times as much in this form, and a body may be long in coming.
  taken.request.query = parameters_of(taken.target);
  head_ = head_reader{limits_};
  in_body_ = false;
  state_ = state::reading;
  return taken;
}

}  // namespace taquilla::gateway
