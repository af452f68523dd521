#include "simulation/world/history.hpp"

#include <algorithm>

namespace taquilla::simulation {

const char* to_string(outcome how) {
  switch (how) {
    case outcome::running:
      return "running";
    case outcome::accepted:
      return "accepted";
    case outcome::refused:
      return "refused";
    case outcome::unknown:
      return "unknown";
  }
  return "unknown";
}

std::size_t history::begin(std::size_t index, const operation& what, std::uint32_t process,
                           virtual_ns now) {
  history_entry e;
  e.index = index;
  e.what = what;
  e.process = process;
  e.invoked = now;
  entries_.push_back(std::move(e));
  return entries_.size() - 1;
}

void history::end(std::size_t number, outcome how, virtual_ns now) {
  auto& e = entries_[number];
  e.how = how;
  e.ended = now;
  if (how != outcome::accepted || e.what.what != operation::kind::buy) return;
  if (std::find(confirmed_.begin(), confirmed_.end(), e.id) == confirmed_.end())
    confirmed_.push_back(e.id);
}

void history::lose_running(virtual_ns now) {
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].how == outcome::running) {
      entries_[i].orphaned = true;
      end(i, outcome::unknown, now);
    }
}

reservation_id history::nth_confirmed(std::uint32_t n) const {
  return n >= 1 && n <= confirmed_.size() ? confirmed_[n - 1] : 0;
}

std::string email_of(std::uint32_t buyer) {
  return "buyer" + std::to_string(buyer) + "@test.example";
}

}  // namespace taquilla::simulation
