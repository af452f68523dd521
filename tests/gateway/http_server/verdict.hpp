// All that a framer says about bytes, as text that can be compared: "GET /x /x name=value 'body'"
// per request, "100" per interim answer, and "!status detail" at the end if it gave up. Behind a
// request that ends its connection nothing is framed, here as there.
#pragma once

#include "gateway/http_server/framer.hpp"

#include <string>
#include <string_view>

namespace taquilla::gateway::testing {

class verdict {
 public:
  void feed(std::string_view bytes) {
    while (!bytes.empty() && !ended_ && framer_.now() == framer::state::reading) {
      bytes.remove_prefix(framer_.feed(bytes));
      if (framer_.now() == framer::state::expects_continue) {
        text_ += "100\n";
        framer_.go_on();
      } else if (framer_.now() == framer::state::complete) {
        note(framer_.take());
      } else if (framer_.now() == framer::state::failed) {
        text_ += "!" + std::to_string(framer_.error().status) + " " + framer_.error().detail;
      }
    }
  }
  const std::string& text() const { return text_; }
  int status() const { return framer_.now() == framer::state::failed ? framer_.error().status : 0; }
  std::size_t complete() const { return complete_; }
  bool idle() const { return framer_.idle(); }

 private:
  void note(const framed_request& framed) {
    ++complete_;
    ended_ = framed.close;
    text_ += framed.request.method + " " + framed.target + " " + framed.request.path;
    for (const auto& [name, value] : framed.request.headers) text_ += " " + name + "=" + value;
    text_ += (framed.close ? " close '" : " '") + framed.request.body + "'\n";
  }

  framer framer_{framing_limits{}};
  std::string text_;
  std::size_t complete_ = 0;
  bool ended_ = false;
};

}  // namespace taquilla::gateway::testing
