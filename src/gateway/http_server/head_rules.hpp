// What a head means as a whole: how long its body is, whether the connection may go on, and whether
// the fields contradict each other. Here lives what request smuggling is made of, so every doubt is
// an error. Pure: one function from a head to a verdict.
#pragma once

#include "gateway/http_server/framing.hpp"

#include <cstddef>
#include <optional>

namespace taquilla::gateway {

struct head_verdict {
  std::optional<framing_error> error;
  bool chunked = false;
  std::size_t content_length = 0;  ///< 0 when chunked
  bool continue_wanted = false;    ///< the client waits for "100 Continue" before it sends the body
};

/// Judges `head` and completes it: `target` in origin-form, the path of `request`, `close`,
/// `method_known`. Of several errors the first counts, in the order target and Host,
/// transfer, length, the rest. An unknown method is none: the bytes behind it are framed all the
/// same, and the reactor answers 501.
head_verdict judge_head(framed_request& head, const framing_limits& limits);

}  // namespace taquilla::gateway
