// The bytes of one connection that are written and not sent. Pure: knows no socket.
// One per connection, touched by its reactor thread alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taquilla::gateway {

class outbox {
 public:
  void append(std::string_view bytes) { buffer_.append(bytes); }
  /// The same without a copy where possible.
  void adopt(std::string bytes) {
    if (buffer_.empty())
      buffer_ = std::move(bytes);
    else
      buffer_.append(bytes);
  }
  std::string_view pending() const { return std::string_view{buffer_}.substr(sent_); }
  bool empty() const { return sent_ == buffer_.size(); }
  std::size_t size() const { return buffer_.size() - sent_; }
  void sent(std::size_t bytes) {
    sent_ += bytes;
    total_sent_ += bytes;
    if (!empty() && sent_ < buffer_.size() / 2) return;
    buffer_.erase(0, sent_);
    sent_ = 0;
    if (buffer_.empty()) std::string{}.swap(buffer_);
  }
  /// Bytes sent in all, and the figure it has once everything appended so far is sent.
  std::uint64_t total_sent() const { return total_sent_; }
  std::uint64_t total_appended() const { return total_sent_ + size(); }

 private:
  std::string buffer_;
  std::size_t sent_ = 0;
  std::uint64_t total_sent_ = 0;
};

}  // namespace taquilla::gateway
