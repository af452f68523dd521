#include "gateway/http_server/pipeline.hpp"

#include <algorithm>

namespace taquilla::gateway {

pipeline::ticket pipeline::push(pending_answer slot) {
  slots_.push_back(std::move(slot));
  return first_ + slots_.size() - 1;
}

bool pipeline::answer(ticket which, http_response response) {
  if (!awaits(which)) return false;
  slots_[which - first_].response = std::move(response);
  return true;
}

bool pipeline::awaits(ticket which) const {
  return which >= first_ && which - first_ < slots_.size() && !slots_[which - first_].response;
}

bool pipeline::may_join(bool beside) const {
  return slots_.empty() || (beside && std::all_of(slots_.begin(), slots_.end(),
                                                  [](const auto& slot) { return slot.beside; }));
}

bool pipeline::front_ready() const { return !slots_.empty() && slots_.front().response; }

pending_answer pipeline::pop() {
  auto front = std::move(slots_.front());
  slots_.erase(slots_.begin());
  ++first_;
  return front;
}

std::size_t pipeline::unanswered() const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const auto& slot) { return !slot.response; }));
}

std::size_t pipeline::parked_bytes() const {
  std::size_t bytes = 0;
  for (const auto& slot : slots_)
    if (slot.response) bytes += slot.response->body.capacity();
  return bytes;
}

std::optional<std::pair<pipeline::ticket, std::chrono::steady_clock::time_point>>
pipeline::oldest_unanswered() const {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (!slots_[i].response) return {{first_ + i, slots_[i].since}};
  return std::nullopt;
}

}  // namespace taquilla::gateway
