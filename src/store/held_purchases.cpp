#include "store/held_purchases.hpp"

#include <utility>

namespace taquilla::store {

void held_purchases::hold(held_purchase one) {
  const auto id = one.id;
  const auto& kept = by_id_.emplace(id, std::move(one)).first->second;
  by_seat_[place_of(kept.order)] = &kept;
  if (!kept.order.idempotency_key.empty()) by_key_[kept.order.idempotency_key] = &kept;
}

void held_purchases::clear() {
  by_seat_.clear();
  by_key_.clear();
  by_id_.clear();
}

held_purchase* held_purchases::find(reservation_id id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

const held_purchase* held_purchases::on_seat(const purchase_order& order) const {
  const auto found = by_seat_.find(place_of(order));
  return found == by_seat_.end() ? nullptr : found->second;
}

const held_purchase* held_purchases::under_key(std::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second;
}

}  // namespace taquilla::store
