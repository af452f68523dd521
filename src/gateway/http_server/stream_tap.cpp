#include "gateway/http_server/stream_tap.hpp"

#include <cstdio>
#include <string_view>
#include <utility>

namespace taquilla::gateway {

namespace {

// Unsent bytes above which nothing more is taken: enough for the socket to be busy, little enough
// that the bound of the source stays the one that counts.
constexpr std::size_t unsent_max = 64 * 1024;
constexpr std::size_t overrun_max = 64 * 1024;

}  // namespace

void stream_tap::open(std::shared_ptr<byte_source> source, bool chunked, std::string first,
                      unsent_bytes& out) {
  source_ = std::move(source);
  chunked_ = chunked;
  append(std::move(first), out);
  ringing_ = std::make_shared<std::atomic<bool>>(false);
}

bool stream_tap::pour(unsent_bytes& out) {
  if (out.size() >= unsent_max) return false;
  auto bytes = source_->take(unsent_max - out.size());
  if (!bytes.empty()) return append(std::move(bytes), out), true;
  if (!source_->finished()) return false;
  end(out);
  return true;
}

void stream_tap::append(std::string&& bytes, unsent_bytes& out) {
  if (bytes.empty()) return;
  if (!chunked_) return out.adopt(std::move(bytes));
  char size[20];
  const int digits = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  out.append(std::string_view{size, static_cast<std::size_t>(digits)});
  out.append(std::string_view{bytes});
  out.append("\r\n");
}

void stream_tap::end(unsent_bytes& out) {
  if (chunked_) out.append("0\r\n\r\n");
  cut();
}

void stream_tap::cut() {
  if (source_) std::exchange(source_, nullptr)->closed();
}

bool stream_tap::overrun_by(std::size_t bytes) { return (overrun_ += bytes) > overrun_max; }

}  // namespace taquilla::gateway
