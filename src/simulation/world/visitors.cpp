#include "simulation/world/visitors.hpp"

#include "gateway/bridge/caf_front_desk.hpp"
#include "simulation/cases/case_file.hpp"
#include "simulation/world/hall.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;
constexpr std::uint64_t lines_back = 10;
constexpr std::uint32_t lines_max = 20, seats_max = 3;

void note_mails(visit_record& visit, const mails& found) {
  for (const auto& one : found.list) {
    visit.mails.push_back(one.message_id);
    if (visit.first_mail_at == 0 || one.delivered_at < visit.first_mail_at)
      visit.first_mail_at = one.delivered_at;
  }
}

void note_rows(visit_record& visit, const reservations& found) {
  const auto buyer = email_of(visit.what.buyer);
  const bool all_pending = visit.what.what == visit::kind::pending;
  for (const auto& row : found.list) {
    visit.rows.emplace_back(row.id, row.state);
    const bool wanted = all_pending ? row.state == reservation_state::pending : row.email == buyer;
    if (!wanted) visit.astray = "reservation " + std::to_string(row.id);
  }
}

/// A hall has more seats than he asks for.
void note_seats(visit_record& visit, const std::vector<gateway::seat_view>& found) {
  if (found.size() != seats_max) visit.astray = std::to_string(found.size()) + " seats";
}

/// "health", "wait buyer=1 for=300ms"
std::string words_of(const visit& what) {
  const auto all = print(what);
  return all.substr(all.find("ms ") + 3);
}

}  // namespace

visit_place place_of(visit::kind what) {
  switch (what) {
    case visit::kind::mailbox:
    case visit::kind::reservation:
    case visit::kind::reservations:
    case visit::kind::pending:
    case visit::kind::charges:
    case visit::kind::outbox:
      return visit_place::reads;
    case visit::kind::seats:
      return visit_place::seats;
    case visit::kind::feed:
      return visit_place::feed;
    case visit::kind::wait:
      return visit_place::waiters;
    case visit::kind::health:
    case visit::kind::events:
    case visit::kind::chaos:
      break;
  }
  return visit_place::none;
}

virtual_ns answered_within(const visit& what) {
  constexpr virtual_ns memory = 3'000 * ms, spare = 2'000 * ms;
  const virtual_ns store = store_options{}.patience_ms * ms;
  switch (place_of(what.what)) {
    case visit_place::seats:
    case visit_place::feed:
      return memory + spare;
    case visit_place::reads:
      return store + spare;
    case visit_place::waiters:  // a look before his time is over, and the last
      return what.for_ms * ms + 2 * store + spare;
    case visit_place::none:
      break;
  }
  // The round under way, and the one behind it. Health asks three, the others one.
  const bool health = what.what == visit::kind::health;
  return 2 * (health ? 2 * memory + store : memory) + spare;
}

visitors::visitors(const plan& p, surroundings around)
    : planned_(p.visits),
      feed_forgets_(p.numbers.feed_kept < knobs{}.feed_kept),
      around_(std::move(around)) {}

void visitors::plan_visits() {
  for (const auto& one : planned_) around_.machine.at(one.at_ms * ms, [this, &one] { make(one); });
}

void visitors::house_is_built(const theatre& house, const theatre_options& options) {
  ++process_;
  if (planned_.empty()) return;
  house_ = house;
  options_ = options;
}

void visitors::house_is_open(caf::actor_system& system) {
  if (planned_.empty()) return;
  gateway::front_desk_limits limits;
  limits.store_reads_max = limits.mail_waiters_max = places;
  desk_ = gateway::make_caf_front_desk(system, house_, options_, limits);
  following_ = desk_->follow_feed([this](const gateway::feed_news& news) { hear(news.sequence); });
}

void visitors::house_closes() {
  closing_ = true;
  for (auto& one : records_)
    if (one.answers == 0 && one.process == process_) one.stopped = around_.machine.now();
  if (desk_) desk_->stop_waiting();
}

bool visitors::anybody_waits() const {
  return std::any_of(records_.begin(), records_.end(), [&](const visit_record& v) {
    return v.answers == 0 && v.process == process_ &&
           around_.machine.now() - v.asked <= surely_answered_within(v.what);
  });
}

bool visitors::anybody_is_kept_waiting() const {
  return std::any_of(records_.begin(), records_.end(), [&](const visit_record& v) {
    return v.what.what == visit::kind::wait && v.stopped != 0 && v.answers == 0 &&
           v.process == process_;
  });
}

void visitors::house_is_gone() {
  for (auto& one : records_)
    if (one.answers == 0 && one.process == process_ && one.gone == 0)
      one.gone = around_.machine.now();
  following_ = nullptr;
  desk_ = nullptr;
  house_ = {};
  under_way_.clear();
  closing_ = false;
  last_line_ = feeds_born_ = gaps_ = 0;
}

void visitors::play_chaos(const fault& f) {
  using gateway::service;
  gateway::chaos_order order;
  order.target = f.target == "inventory" ? service::inventory
                 : f.target == "payment" ? service::payment
                                         : service::notification;
  order.kind = f.what == fault::kind::recover ? "recover" : f.detail;
  order.delay_ms = f.value;
  order.rate_ppm = f.rate_ppm;
  order.for_ms = f.for_ms;
  order.times = f.times;
  desk_->chaos(order, [](const result<gateway::chaos_table>&) {});
}

void visitors::make(const visit& what) {
  if (!desk_) return;
  const auto number = records_.size();
  visit_record made;
  made.what = what;
  made.process = process_;
  made.asked = around_.machine.now();
  made.beside = under_way_[place_of(what.what)]++;
  records_.push_back(std::move(made));
  around_.note(true, words_of(what));
  ask(number);
}

void visitors::ask(std::size_t number) {
  using namespace gateway;
  const auto nothing = [](visit_record&, const auto&) {};
  const auto& what = records_[number].what;
  switch (what.what) {
    case visit::kind::health:
      return desk_->health(told<health_view>(number, [](visit_record& r, const health_view& seen) {
        r.ready = seen.ready;
        for (const auto& part : seen.parts)
          if (part.state != "up") r.absent.push_back(part.name);
      }));
    case visit::kind::events:
      return desk_->events(told<std::vector<event_view>>(number, nothing));
    case visit::kind::seats:
      return desk_->seats(both_halls().front().id, {}, seats_max,
                          told<std::vector<seat_view>>(number, note_seats));
    case visit::kind::chaos:
      return desk_->chaos_state(service::inventory, told<chaos_table>(number, nothing));
    case visit::kind::feed:
      return desk_->feed(last_line_ - std::min(last_line_, lines_back), lines_max,
                         told<std::vector<feed_line>>(number, nothing));
    case visit::kind::mailbox:
    case visit::kind::wait:
    case visit::kind::reservation:
    case visit::kind::reservations:
    case visit::kind::pending:
    case visit::kind::charges:
    case visit::kind::outbox:
      return read(number);
  }
}

/// What the store holds.
void visitors::read(std::size_t number) {
  auto& visit = records_[number];
  switch (visit.what.what) {
    case visit::kind::mailbox:
      return desk_->mailbox({}, told<mails>(number, note_mails));
    case visit::kind::wait:
      return desk_->wait_for_mail({email_of(visit.what.buyer), 100, {}}, visit.what.for_ms,
                                  told<mails>(number, note_mails));
    case visit::kind::reservation:
      visit.id = around_.sales.nth_confirmed(1);
      visit.sold = visit.id != 0;
      if (!visit.sold) visit.id = 1;
      return desk_->reservation_by_id(
          visit.id, told<reservation>(number, [](visit_record& r, const reservation& row) {
            r.rows.emplace_back(row.id, row.state);
          }));
    case visit::kind::reservations:
    case visit::kind::pending: {
      list_reservations filter;
      if (visit.what.what == visit::kind::pending)
        filter.state = "pending";
      else
        filter.email = email_of(visit.what.buyer);
      return desk_->reservations_like(filter, told<reservations>(number, note_rows));
    }
    case visit::kind::charges:
      return desk_->charges_like({}, told<charges>(number, [](visit_record& r, const charges& all) {
                                   for (const auto& one : all.list)
                                     r.charges.emplace_back(one.id, one.state);
                                 }));
    case visit::kind::outbox:
      return desk_->outbox({}, told<mails>(number, note_mails));
    default:
      throw std::logic_error{"no question for the store"};
  }
}

template <class T, class Shown>
gateway::reply<T> visitors::told(std::size_t number, Shown shown) {
  return [this, number, shown](const result<T>& answer) {
    auto& visit = records_[number];
    if (++visit.answers > 1) return;
    visit.answered = around_.machine.now();
    visit.answered_at = around_.wall_clock();
    visit.closing = closing_;
    if (answer) {
      shown(visit, *answer);
    } else {
      visit.why = answer.failure().code;
      visit.detail = answer.failure().detail;
    }
    over(number);
  };
}

void visitors::over(std::size_t number) {
  const auto& visit = records_[number];
  --under_way_[place_of(visit.what.what)];
  around_.machine.fold(static_cast<std::uint64_t>(visit.why) << 32 ^ visit.mails.size());
  around_.note(false, words_of(visit.what) + (visit.why == errc::none
                                                  ? ": answered"
                                                  : std::string{": "} + to_string(visit.why)));
}

/// A feed that is born again counts from above all numbers given before, and tells nobody what
/// happens until he follows it again: one gap for each birth.
void visitors::hear(std::uint64_t line) {
  const bool gap = last_line_ != 0 && line != last_line_ + 1;
  const bool may_be = line > last_line_ && (feed_forgets_ || feeds_born_ > gaps_ + 1);
  if (gap && !may_be && trouble_.empty())
    trouble_ =
        "line " + std::to_string(line) + " was told after line " + std::to_string(last_line_);
  if (gap) ++gaps_;
  last_line_ = line;
}

}  // namespace taquilla::simulation
