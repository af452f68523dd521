// The bytes of one connection that are written and not sent, in pieces: a long answer is kept as it
// came, short ones are put together, so that one system call sends many. What is sent is given back
// piece by piece; so the memory held is little more than what is unsent, and `held` tells it whole.
// Pure: knows no socket. One per connection, touched by its reactor thread alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taquilla::gateway {

class unsent_bytes {
 public:
  void append(std::string_view bytes) {
    put(bytes, [bytes] { return std::string{bytes}; });
  }
  /// The same without a copy where possible.
  void adopt(std::string bytes) {
    put(bytes, [&bytes] { return std::move(bytes); });
  }
  /// What is to be sent next: the rest of the first piece.
  std::string_view pending() const { return std::string_view{first_}.substr(sent_); }
  bool empty() const { return unsent_ == 0; }
  std::size_t size() const { return unsent_; }
  /// Memory in use, with what is sent of a piece that is not through.
  std::size_t held() const { return first_.empty() ? 0 : first_.capacity() + held_by_rest_; }
  void sent(std::size_t bytes) {
    sent_ += bytes;
    unsent_ -= bytes;
    total_sent_ += bytes;
    if (sent_ == first_.size()) next_piece();
  }
  /// Bytes sent in all, and the figure it has once everything appended so far is sent.
  std::uint64_t total_sent() const { return total_sent_; }
  std::uint64_t total_appended() const { return total_sent_ + size(); }

 private:
  static constexpr std::size_t together_max = 16 * 1024;  ///< of short ones in one piece

  template <class Own>
  void put(std::string_view bytes, Own own) {
    if (bytes.empty()) return;
    unsent_ += bytes.size();
    if (first_.empty()) {
      first_ = own();
    } else if (auto& last = rest_.empty() ? first_ : rest_.back();
               last.size() + bytes.size() <= together_max) {
      if (!rest_.empty()) held_by_rest_ -= last.capacity();
      last.append(bytes);
      if (!rest_.empty()) held_by_rest_ += last.capacity();
    } else {
      rest_.push_back(own());
      held_by_rest_ += rest_.back().capacity();
    }
  }
  void next_piece() {
    std::string{}.swap(first_);
    sent_ = 0;
    if (rest_.empty()) return;
    held_by_rest_ -= rest_.front().capacity();
    first_ = std::move(rest_.front());
    rest_.erase(rest_.begin());
  }

  std::string first_;  ///< apart from the rest: most answers are one piece
  std::vector<std::string> rest_;
  std::size_t sent_ = 0;  ///< of the first piece
  std::size_t unsent_ = 0;
  std::size_t held_by_rest_ = 0;
  std::uint64_t total_sent_ = 0;
};

}  // namespace taquilla::gateway
