#include "simulation/engine/agenda.hpp"

#include "simulation/engine/keyed_random.hpp"

#include <caf/abstract_actor.hpp>

#include <algorithm>
#include <utility>

namespace taquilla::simulation {

std::uint64_t agenda::request_key(caf::actor_id actor, caf::message_id mid) {
  // Actor ids and request numbers are both small: the pair is unique in 64 bits.
  return actor << 32 | (mid.request_id().integer_value() & 0xffffffffULL);
}

std::uint64_t agenda::add(virtual_ns due, agenda_entry entry) {
  std::uint32_t index;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  if (entry.kind == entry_kind::request_timeout)
    requests_[request_key(entry.target->id(), entry.mid)] = index;
  if (entry.kind == entry_kind::world) ++world_;
  ++live_;
  slots_[index].entry = std::move(entry);
  slots_[index].order = ++order_;
  heap_.push_back({due, order_, index});
  std::push_heap(heap_.begin(), heap_.end(), later);
  return std::uint64_t{index} << 40 | (order_ & 0xffffffffffULL);
}

void agenda::release(std::uint32_t index) {
  auto& freed = slots_[index];
  if (freed.entry.kind == entry_kind::request_timeout)
    requests_.erase(request_key(freed.entry.target->id(), freed.entry.mid));
  if (freed.entry.kind == entry_kind::world) --world_;
  --live_;
  auto last_words = std::exchange(freed.entry, agenda_entry{});
  freed.order = 0;
  free_.push_back(index);
  // last_words dies here: destroying a message may end an actor, which may cancel its own timers.
}

void agenda::cancel(std::uint64_t ticket) {
  auto index = static_cast<std::uint32_t>(ticket >> 40);
  if (index < slots_.size() && slots_[index].order != 0 &&
      (slots_[index].order & 0xffffffffffULL) == (ticket & 0xffffffffffULL))
    release(index);
}

void agenda::cancel_request(caf::actor_id actor, caf::message_id mid) {
  auto found = requests_.find(request_key(actor, mid));
  if (found != requests_.end()) release(found->second);
}

void agenda::cancel_timers(caf::actor_id actor) {
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    auto& e = slots_[i].entry;
    if ((e.kind == entry_kind::timeout || e.kind == entry_kind::request_timeout) &&
        e.target->id() == actor)
      release(i);
  }
}

void agenda::cancel_timeout(caf::actor_id actor, caf::atom_value type) {
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    auto& e = slots_[i].entry;
    if (e.kind == entry_kind::timeout && e.overrides && e.target->id() == actor &&
        e.timeout_type == type)
      release(i);
  }
}

void agenda::skip_cancelled() {
  while (!heap_.empty() && slots_[heap_.front().slot].order != heap_.front().order) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
  }
}

bool agenda::empty() {
  skip_cancelled();
  return heap_.empty();
}

virtual_ns agenda::next_due() {
  skip_cancelled();
  return heap_.front().due;
}

agenda_entry agenda::pop() {
  skip_cancelled();
  auto index = heap_.front().slot;
  std::pop_heap(heap_.begin(), heap_.end(), later);
  heap_.pop_back();
  auto& chosen = slots_[index];
  if (chosen.entry.kind == entry_kind::request_timeout)
    requests_.erase(request_key(chosen.entry.target->id(), chosen.entry.mid));
  if (chosen.entry.kind == entry_kind::world) --world_;
  --live_;
  chosen.order = 0;
  free_.push_back(index);
  return std::exchange(chosen.entry, agenda_entry{});
}

void agenda::drop_process() {
  for (std::uint32_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].order != 0 && slots_[i].entry.kind != entry_kind::world) release(i);
}

}  // namespace taquilla::simulation
