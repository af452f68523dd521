#include "app/request_timers.hpp"

#include <algorithm>
#include <utility>

namespace taquilla {

void request_timers::unlink(entry& one) {
  *one.from = one.next;
  if (one.next != nullptr) one.next->from = one.from;
}

void request_timers::set(deadline what) {
  const auto [place, fresh] = all_.try_emplace(key_of(what));
  auto& one = place->second;
  if (!fresh) unlink(one);
  one.what = std::move(what);
  // What is overdue goes where the next look begins.
  auto& first = wheel_[slot_of(std::max(tick_of(one.what.due), looked_to_))];
  one.next = first;
  one.from = &first;
  if (first != nullptr) first->from = &one.next;
  first = &one;
}

void request_timers::cancel(caf::actor_id who, caf::message_id request) {
  const auto found = all_.find({who, request.integer_value()});
  if (found == all_.end()) return;
  unlink(found->second);
  all_.erase(found);
}

std::vector<request_timers::deadline> request_timers::take_due(time_point now) {
  std::vector<deadline> due;
  const auto last = tick_of(now);
  constexpr auto turn = static_cast<std::int64_t>(slots);
  // The slot of the last look too: it was not over then.
  for (auto tick = std::max(looked_to_, last - turn + 1); tick <= last; ++tick)
    for (auto* one = wheel_[slot_of(tick)]; one != nullptr;) {
      auto& each = *std::exchange(one, one->next);
      if (each.what.due > now) continue;  // of a later turn, or of the rest of this slot
      unlink(each);
      due.push_back(std::move(each.what));
      all_.erase(key_of(due.back()));
    }
  looked_to_ = std::max(looked_to_, last);
  return due;
}

std::vector<request_timers::deadline> request_timers::take_all() {
  std::vector<deadline> out;
  for (auto& one : all_) out.push_back(std::move(one.second.what));
  all_.clear();
  wheel_.fill(nullptr);
  return out;
}

request_timers::time_point request_timers::next() const {
  auto earliest = time_point::max();
  if (all_.empty()) return earliest;
  for (std::size_t i = 0; i < slots; ++i) {
    const auto tick = looked_to_ + static_cast<std::int64_t>(i);
    for (const auto* one = wheel_[slot_of(tick)]; one != nullptr; one = one->next)
      earliest = std::min(earliest, one->what.due);
    // What is in the slots behind is due later, unless it is of a later turn anyhow.
    if (earliest < time_point::max() && tick_of(earliest) <= tick) break;
  }
  return earliest;
}

}  // namespace taquilla
