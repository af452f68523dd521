#include "simulation/report/routine.hpp"

#include "simulation/oracles/evidence.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <utility>

namespace taquilla::simulation {

namespace {

using lines = std::deque<story_line>;
using words = std::vector<std::string>;

std::string role_of(const std::string& name) { return name.substr(0, name.find('#')); }

/// "hold_seat(EVT-001 A1, order ~1)", "hold_seat" -> {"EVT-001 A1", "order ~1"}; none if it is
/// something else.
words in_brackets(const std::string& text, const std::string& type, const std::string& between) {
  const auto head = type.size() + 1;
  if (text.rfind(type + "(", 0) != 0 || text.back() != ')') return {};
  words out;
  for (auto from = head; from <= text.size() - 1;) {
    const auto to = std::min(text.find(between, from), text.size() - 1);
    out.push_back(text.substr(from, to - from));
    from = to + between.size();
  }
  return out;
}

bool is_message(const story_line& line, const std::string& from, const std::string& to) {
  return line.word.empty() && line.what == story_line::kind::message &&
         role_of(line.from) == from && role_of(line.to) == to;
}

void add_once(words& all, const std::string& one) {
  if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
}

std::string joined(const words& all) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : ", ") + one;
  return out;
}

/// What lines are expected to be, in this order up to `free_from`, and in any behind it. One that
/// ends in * may go on as it likes.
struct expectation {
  words wanted;
  std::size_t free_from = 0;
};

std::string expected(const std::string& from, const std::string& to, const std::string& text) {
  return "|" + from + "|" + to + "|" + text;
}

bool fits(const std::string& wanted, const story_line& line) {
  const auto is = line.word + "|" + line.from + "|" + line.to + "|" + line.text;
  return wanted.back() == '*' ? is.compare(0, wanted.size() - 1, wanted, 0, wanted.size() - 1) == 0
                              : is == wanted;
}

std::string until(const story_line& last) { return " (to step " + std::to_string(last.step) + ")"; }

/// Takes what is expected, all of it, off the front of `rest` behind its first `begun` lines, which
/// go with it, and puts `told` there instead; unless something else is between. Lines that
/// `may_be_between` is true for stay, behind it.
template <class Predicate>
bool fold(lines& rest, std::size_t begun, expectation e, Predicate may_be_between,
          story_line told) {
  lines kept;
  std::size_t met = 0;
  auto i = begun;
  for (; i < rest.size() && met < e.wanted.size(); ++i) {
    const auto first = e.wanted.begin() + static_cast<std::ptrdiff_t>(met);
    const auto last = met < e.free_from ? first + 1 : e.wanted.end();
    const auto found =
        std::find_if(first, last, [&](const std::string& wanted) { return fits(wanted, rest[i]); });
    if (found != last)
      std::iter_swap(first, found), ++met;
    else if (may_be_between(rest[i]))
      kept.push_back(rest[i]);
    else
      return false;
  }
  if (met < e.wanted.size()) return false;
  told.text += until(rest[i - 1]);
  rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(i));
  rest.insert(rest.begin(), std::make_move_iterator(kept.begin()),
              std::make_move_iterator(kept.end()));
  rest.push_front(std::move(told));
  return true;
}

/// All that begins with `first`.
story_line in_one_line(const story_line& first, const char* word, const std::string& who,
                       std::string text) {
  return {story_line::kind::of_one, first.now, first.step, word, who, {}, std::move(text)};
}

/// Of a relay that has been told, and looks while whoever told it still answers.
bool is_about_relays(const story_line& line) {
  const auto is_one = [](const std::string& name) {
    const auto role = role_of(name);
    return role == "mail_relay" || role == "settlement" || role == "store" ||
           role == "notification" || role == "payment";
  };
  return line.word.empty() && is_one(line.from) && is_one(line.to);
}

// -- a sale --------------------------------------------------------------------------------------

struct sale {
  std::string client, desk, actor, inventory, store, payment, relay;
  std::string seat, buyer, amount, token, id;
};

expectation messages_of(const sale& s) {
  const auto row = "reservation " + s.id, price = row + ", " + s.amount;
  expectation e;
  e.wanted = {
      expected(s.inventory, s.actor, "hold_answer(held)"),
      expected(
          s.actor, s.store,
          "record_purchase(" + s.seat + ", " + s.buyer + ", " + s.amount + ", " + s.token + ")"),
      expected(s.store, s.actor, "purchase_recorded(" + row + ", new)"),
      expected(s.actor, s.payment, "charge_card(" + price + ", attempt 1)"),
      expected(s.actor, s.store, "record_charge(" + price + ")"),
      expected(s.store, s.actor, "charge_record(" + row + " is charged, " + s.amount + ")"),
      expected(s.actor, s.store, "confirm_purchase(" + row + ")"),
      expected(s.store, s.actor, "purchase_confirmed(" + row + ")"),
      expected(s.actor, s.inventory, "sell_seat(" + s.seat + ", " + row + ", " + s.token + ")"),
      expected(s.actor, s.relay, "something_due()"),
      expected(s.actor, s.desk, "purchase_over(" + s.token + ", accepted: " + row + ")"),
      expected(s.desk, s.client, "purchase_accepted(" + row + ")"),
      "END||" + s.actor + "|ends",
      "ANSWER|" + s.client + "||accepted: " + row};
  constexpr std::size_t until_confirmed = 8;
  e.free_from = until_confirmed;
  return e;
}

/// Whom it asks, and which number it is given, stands in what it says.
void fill_in(sale& s, const story_line& line) {
  if (line.from != s.actor) return;
  const auto role = role_of(line.to);
  if (role == "store") s.store = line.to;
  if (role == "mail_relay") s.relay = line.to;
  if (role != "payment") return;
  s.payment = line.to;
  const auto charged = in_brackets(line.text, "charge_card", ", ");
  const std::string row = "reservation ";
  if (charged.size() == 3 && charged[0].rfind(row, 0) == 0) s.id = charged[0].substr(row.size());
}

/// @param wanted the seats that somebody has wanted before.
bool fold_sale(lines& rest, std::set<std::string>& wanted) {
  constexpr std::size_t begun = 2, length_max = 30;
  if (rest.size() < begun) return false;
  const auto &order = rest[0], &hold = rest[1];
  if (!is_message(order, "client", "reservation_desk")) return false;
  const auto wish = in_brackets(order.text, "purchase_order", ", ");
  if (wish.empty() || !wanted.insert(wish[0]).second) return false;
  if (!is_message(hold, "reservation", "inventory")) return false;
  const auto held = in_brackets(hold.text, "hold_seat", ", ");
  if (wish.size() != 3 || held.size() != 3 || held[0] != wish[0]) return false;
  sale s;
  s.client = order.from, s.desk = order.to, s.actor = hold.from, s.inventory = hold.to;
  s.seat = wish[0], s.buyer = wish[1], s.amount = wish[2], s.token = held[2];
  for (auto i = begun; i < std::min(rest.size(), length_max); ++i) fill_in(s, rest[i]);
  auto told = in_one_line(order, "SALE", s.client,
                          s.seat + " to " + s.buyer + " for " + s.amount + ": reservation " + s.id +
                              ", by " + s.actor + ", " + s.token);
  const auto is_aside = [&](const story_line& line) {
    return is_about_relays(line) ||
           (line.from == s.actor && line.text.rfind("inventory_heard(well", 0) == 0);
  };
  return fold(rest, begun, messages_of(s), is_aside, std::move(told));
}

// -- a cancellation ------------------------------------------------------------------------------

bool fold_cancellation(lines& rest) {
  constexpr std::size_t begun = 3, length_max = 30;
  if (rest.size() < begun) return false;
  const auto &wish = rest[0], &errand = rest[1], &command = rest[2];
  if (!is_message(wish, "client", "reservation_desk")) return false;
  if (!is_message(errand, "client", "cancellation") || errand.text != wish.text) return false;
  const auto row = in_brackets(wish.text, "cancel_reservation", ", ");
  if (row.size() != 1 || !is_message(command, "cancellation", "store")) return false;
  const auto &client = wish.from, &actor = errand.to, &store = command.to;
  const auto whom_it_told = [&](const char* role) {
    for (auto i = begun; i < std::min(rest.size(), length_max); ++i)
      if (rest[i].from == actor && role_of(rest[i].to) == role) return rest[i].to;
    return std::string{};
  };
  const auto inventory = whom_it_told("inventory");
  expectation e;
  e.wanted = {expected(store, actor, "purchase_cancelled(" + row[0] + " is cancelled)"),
              expected(actor, whom_it_told("settlement"), "something_due()"),
              expected(actor, whom_it_told("mail_relay"), "something_due()"),
              expected(actor, inventory, "release_seat(*"),
              expected(inventory, actor, "seat_released()"),
              expected(actor, client, "reservation(" + row[0] + ", *"),
              "END||" + actor + "|ends",
              "ANSWER|" + client + "||accepted: " + row[0] + " is cancelled"};
  e.free_from = 1;
  auto told = in_one_line(wish, "CANCEL", client,
                          row[0] + ": the seat is free again, relays are told, by " + actor);
  return fold(rest, begun, std::move(e), is_about_relays, std::move(told));
}

// -- what relays do ------------------------------------------------------------------------------

bool is_a_look(const story_line& line) {
  return line.word.empty() &&
         (line.text.rfind("due_mails(", 0) == 0 || line.text.rfind("due_settlements(", 0) == 0);
}

/// What each item of a list goes through, in the words of its relay, service and store.
using chores = expectation (*)(const words& list, const std::string& relay,
                               const std::string& service, const std::string& store);

expectation mailing(const words& list, const std::string& relay, const std::string& service,
                    const std::string& store) {
  expectation e;
  for (const auto& mail : list) {
    const auto id = mail.substr(0, mail.find(' '));
    e.wanted.push_back(expected(relay, service, "send_mail(" + mail + ")"));
    e.wanted.push_back(expected(relay, store, "deliver_mail(" + id + ")"));
    e.wanted.push_back(expected(store, relay, "mail_filed(" + id + ")"));
  }
  return e;
}

/// "refund of reservation 1", "void of reservation 2"
expectation settling(const words& list, const std::string& relay, const std::string& service,
                     const std::string& store) {
  expectation e;
  for (const auto& item : list) {
    const auto kind = item.substr(0, item.find(' '));
    const auto row = item.substr(std::min(item.size(), kind.size() + 4));
    const std::string end = kind == "void" ? " is voided*" : " is refunded*";
    e.wanted.push_back(expected(relay, service, kind + "_payment(" + row + ")"));
    e.wanted.push_back(expected(relay, store, kind + "_charge(" + row + ")"));
    e.wanted.push_back(expected(store, relay, "charge_record(" + row + end));
    e.wanted.push_back(expected(relay, store, "settle(" + item + " done)"));
    e.wanted.push_back(expected(store, relay, "settled(" + row + ")"));
  }
  return e;
}

bool is_of_healing(const story_line& line) {
  return line.word.empty() && line.text.rfind("service_healed(", 0) == 0;
}

/// "3-confirmed to buyer@test.example", "refund of reservation 3"
bool is_about(const std::string& item, reservation_id id) {
  const auto number = std::to_string(id), mail = number + "-", row = " reservation " + number;
  return item.compare(0, mail.size(), mail) == 0 ||
         (item.size() > row.size() && item.substr(item.size() - row.size()) == row);
}

bool fold_chores(lines& rest, const char* what, const char* word, chores of,
                 const std::set<reservation_id>& accused) {
  const auto list = in_brackets(rest.front().text, what, "; ");
  if (list.empty()) return false;
  for (const auto& item : list)
    for (const auto id : accused)
      if (is_about(item, id)) return false;
  const auto relay = rest.front().to, store = rest.front().from;
  const auto errand = std::find_if(rest.begin() + 1, rest.end(),
                                   [&](const auto& line) { return line.from == relay; });
  if (errand == rest.end()) return false;
  const auto is_of_others = [&](const story_line& line) {
    return is_of_healing(line) || (is_about_relays(line) && line.from != relay && line.to != relay);
  };
  return fold(rest, 1, of(list, relay, errand->to, store), is_of_others,
              in_one_line(rest.front(), word, relay, joined(list) + ": answered as done"));
}

// -- healings ------------------------------------------------------------------------------------

bool fold_healings(lines& rest) {
  words who, what;
  std::size_t count = 0;
  for (; count < rest.size() && is_of_healing(rest[count]); ++count) {
    const auto healed = in_brackets(rest[count].text, "service_healed", ", ");
    if (healed.size() != 1 || rest[count].from != rest.front().from) break;
    add_once(who, rest[count].to);
    add_once(what, healed[0].substr(1, healed[0].size() - 2));
  }
  if (count < 2) return false;
  auto told = in_one_line(
      rest.front(), "", rest.front().from,
      "tells " + joined(who) + ": healed " + (what.size() > 1 ? "are " : "is ") + joined(what));
  rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
  rest.push_front(std::move(told));
  return true;
}

}  // namespace

std::vector<story_line> without_routine(std::vector<story_line> story, const violation& broken) {
  const auto accused = reservations_named(broken.what);
  const bool kept_all = broken.oracle.empty();
  std::set<std::string> wanted;
  lines rest(std::make_move_iterator(story.begin()), std::make_move_iterator(story.end()));
  std::vector<story_line> out;
  while (!rest.empty()) {
    const bool is_chore = fold_chores(rest, "mails", "MAIL", mailing, accused) ||
                          fold_chores(rest, "settlements", "MONEY", settling, accused);
    // The look that found it goes without saying.
    if (is_chore && !out.empty() && is_a_look(out.back()) && out.back().from == rest.front().from)
      out.pop_back();
    if (kept_all) wanted.clear();
    if (!is_chore && !fold_sale(rest, wanted) && !fold_cancellation(rest)) fold_healings(rest);
    out.push_back(std::move(rest.front()));
    rest.pop_front();
  }
  return out;
}

}  // namespace taquilla::simulation
