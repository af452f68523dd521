// A box office of three small actors, to test the engine with: SHOP asks STOCK for a piece and
// BANK for money, with a timeout, and reports what came of it. Two shapes of SHOP: one that holds
// the piece before it charges, one that looks first and takes later (a race on purpose).
#pragma once

#include <caf/all.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace mini {

struct look_up {};
struct take_piece {};
struct give_back {};
struct charge {
  std::uint64_t order = 0;
};
struct buy {
  std::uint64_t order = 0;
};
struct pieces_left {
  std::int64_t count = 0;
};

template <class I>
typename I::result_type inspect(I& f, look_up&) {
  return f(caf::meta::type_name("look_up"));
}
template <class I>
typename I::result_type inspect(I& f, take_piece&) {
  return f(caf::meta::type_name("take_piece"));
}
template <class I>
typename I::result_type inspect(I& f, give_back&) {
  return f(caf::meta::type_name("give_back"));
}
template <class I>
typename I::result_type inspect(I& f, charge& x) {
  return f(caf::meta::type_name("charge"), x.order);
}
template <class I>
typename I::result_type inspect(I& f, buy& x) {
  return f(caf::meta::type_name("buy"), x.order);
}
template <class I>
typename I::result_type inspect(I& f, pieces_left& x) {
  return f(caf::meta::type_name("pieces_left"), x.count);
}

using stock_actor = caf::typed_actor<caf::replies_to<look_up>::with<pieces_left>,
                                     caf::replies_to<take_piece>::with<pieces_left>,
                                     caf::replies_to<give_back>::with<pieces_left>>;
using bank_actor = caf::typed_actor<caf::replies_to<charge>::with<bool>>;
using shop_actor = caf::typed_actor<caf::reacts_to<buy>>;

/// What the world sees of it; written by the actors, read by the tests (one thread).
struct ledger {
  std::int64_t stock = 1;
  std::int64_t stock_min = 1;
  int charged = 0;
  int sold = 0;
  int failed = 0;
};

struct stock_state {
  static inline const char* name = "stock";
};
struct bank_state {
  static inline const char* name = "bank";
};
struct shop_state {
  static inline const char* name = "shop";
};

inline stock_actor::behavior_type stock(stock_actor::stateful_pointer<stock_state>, ledger* l) {
  auto left = [l] {
    l->stock_min = std::min(l->stock_min, l->stock);
    return pieces_left{l->stock};
  };
  return {[left](look_up) { return left(); }, [l, left](take_piece) { return --l->stock, left(); },
          [l, left](give_back) { return ++l->stock, left(); }};
}

inline bank_actor::behavior_type bank(bank_actor::stateful_pointer<bank_state>, ledger* l) {
  return {[l](const charge&) { return ++l->charged, true; }};
}

/// Looks, then takes: two shops may both see the last piece.
inline shop_actor::behavior_type racy_shop(shop_actor::stateful_pointer<shop_state> self,
                                           stock_actor s, bank_actor b, ledger* l) {
  using std::chrono::seconds;
  return {[=](const buy& order) {
    auto failed = [l](caf::error&) { ++l->failed; };
    self->request(s, seconds(1), look_up{})
        .then(
            [=](const pieces_left& seen) {
              if (seen.count < 1) return void(++l->failed);
              self->request(s, seconds(1), take_piece{})
                  .then(
                      [=](const pieces_left&) {
                        self->request(b, seconds(5), charge{order.order})
                            .then([=](bool) { ++l->sold; }, failed);
                      },
                      failed);
            },
            failed);
  }};
}

}  // namespace mini
