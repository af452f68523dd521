#include "saga_text.hpp"

namespace taquilla::testing {

namespace {

namespace s = saga;

std::string id_text(reservation_id id) { return " " + std::to_string(id); }
std::string why_text(const error& why) { return std::string{" "} + to_string(why.code); }
std::string attempt_text(int attempt) { return " attempt " + std::to_string(attempt); }
std::string tries_text(int tries) { return " try " + std::to_string(tries); }

struct numbers {
  std::string operator()(const s::checking_key& x) const { return " yours" + id_text(x.yours); }
  std::string operator()(const s::replaying& x) const { return id_text(x.id); }
  std::string operator()(const s::recording& x) const { return tries_text(x.tries); }
  std::string operator()(const s::charging& x) const {
    return id_text(x.id) + attempt_text(x.attempt);
  }
  std::string operator()(const s::deciding& x) const {
    return id_text(x.id) + attempt_text(x.attempt) + " after" + why_text(x.last);
  }
  std::string operator()(const s::waiting& x) const {
    return id_text(x.id) + attempt_text(x.attempt);
  }
  std::string operator()(const s::reconciling& x) const {
    return id_text(x.id) + tries_text(x.tries);
  }
  std::string operator()(const s::confirming& x) const {
    return id_text(x.id) + tries_text(x.tries);
  }
  std::string operator()(const s::failing& x) const {
    return id_text(x.id) + why_text(x.why) + tries_text(x.tries);
  }

  std::string operator()(const s::seat_yours& x) const { return id_text(x.id); }
  std::string operator()(const s::refused& x) const { return why_text(x.why); }
  std::string operator()(const s::unheard& x) const { return why_text(x.why); }
  std::string operator()(const s::recorded& x) const { return id_text(x.id); }
  std::string operator()(const s::retry_granted& x) const {
    return " " + std::to_string(x.after_ms) + " ms";
  }

  std::string operator()(const s::release_seat& x) const {
    return x.ended == 0 ? "" : " of" + id_text(x.ended);
  }
  std::string operator()(const s::sell_seat& x) const { return id_text(x.id); }
  std::string operator()(const s::read_answer& x) const { return id_text(x.id); }
  std::string operator()(const s::charge_card& x) const {
    return id_text(x.id) + attempt_text(x.attempt);
  }
  std::string operator()(const s::ask_for_retry& x) const {
    return attempt_text(x.attempt) + why_text(x.last);
  }
  std::string operator()(const s::wait& x) const { return " " + std::to_string(x.ms) + " ms"; }
  std::string operator()(const s::find_charge& x) const { return id_text(x.id); }
  std::string operator()(const s::confirm_purchase& x) const { return id_text(x.id); }
  std::string operator()(const s::fail_purchase& x) const {
    return id_text(x.id) + why_text(x.why);
  }
  std::string operator()(const s::accept& x) const {
    return id_text(x.id) + (x.replayed ? " replayed" : "");
  }
  std::string operator()(const s::decline& x) const { return why_text(x.why); }

  template <class WithoutNumbers>
  std::string operator()(const WithoutNumbers&) const {
    return {};
  }
};

template <class Variant>
std::string named(const Variant& which) {
  return s::name_of(which) + std::visit(numbers{}, which);
}

}  // namespace

std::string text_of(const s::stage& which) { return named(which); }
std::string text_of(const s::event& which) { return named(which); }
std::string text_of(const s::effect& which) { return named(which); }

std::string text_of(const s::transition& t) {
  std::string out = text_of(t.next) + ":";
  for (const auto& effect : t.effects) out += (out.back() == ':' ? " " : ", ") + text_of(effect);
  return out;
}

std::vector<s::stage> every_stage() {
  const error silence{errc::payment_timeout, {}, 0}, no{errc::payment_declined, {}, 0},
      down{errc::payment_unavailable, {}, 0};
  return {s::holding{},
          s::checking_key{0},
          s::checking_key{7},
          s::replaying{7},
          s::recording{1},
          s::recording{s::tries_max},
          s::charging{7, 2},
          s::deciding{7, 2, silence},
          s::deciding{7, 2, down},
          s::deciding{7, 2, no},
          s::waiting{7, 2},
          s::reconciling{7, 1},
          s::reconciling{7, s::tries_max},
          s::confirming{7, 1},
          s::confirming{7, s::tries_max},
          s::failing{7, no, 1},
          s::failing{7, no, s::tries_max},
          s::closed{}};
}

std::vector<s::event> every_event() {
  const auto because = [](errc code) { return error{code, {}, 0}; };
  return {s::seat_held{},
          s::seat_yours{9},
          s::refused{because(errc::seat_taken)},
          s::refused{because(errc::payment_declined)},
          s::refused{},
          s::unheard{because(errc::store_unavailable)},
          s::recorded{7},
          s::charged{},
          s::not_charged{},
          s::retry_granted{100},
          s::retry_denied{},
          s::wait_over{},
          s::confirmed{},
          s::failed{},
          s::key_free{},
          s::key_taken{},
          s::answer_found{},
          s::answer_pending{},
          s::answer_stale{},
          s::deadline_passed{}};
}

}  // namespace taquilla::testing
