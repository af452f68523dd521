#include "gateway/fake_front_desk.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

constexpr std::uint32_t seats_a_row = 12;
constexpr wall_ms opening = 1'767'297'600'000;  // 2026-01-01T20:00:00Z

bool in_hall(const seat_id& seat) {
  return seat.row.size() == 1 && seat.row[0] <= 'J' && seat.number <= seats_a_row;
}

bool is_live(const reservation& record) { return record.state == reservation_state::confirmed; }

}  // namespace

fake_front_desk::fake_front_desk() {
  reported.ready = true;
  reported.breaker.state = "closed";
  reported.parts = {{"inventory", "up", opening, "", 0}, {"store", "up", opening, "", 2}};
}

void fake_front_desk::answer_all() {
  for (auto& deliver : std::exchange(later_, {})) deliver();
}

void fake_front_desk::tell(std::string kind, std::string data) {
  const auto sequence = kept_feed.empty() ? 1 : kept_feed.back().sequence + 1;
  kept_feed.push_back({sequence, std::move(kind), std::move(data)});
  const auto line = kept_feed.back();
  for (const auto& [id, told] : followers{*followers_}) told({sequence, [&line] { return line; }});
}

reservation* fake_front_desk::owner_of(const seat_id& seat) {
  for (auto& record : records_)
    if (record.seat == seat && is_live(record)) return &record;
  return nullptr;
}

result<purchase_answer> fake_front_desk::sell(const purchase_order& order) {
  if (order.event != "EVT-001") return errc::unknown_event;
  if (!in_hall(order.seat)) return errc::unknown_seat;
  const auto identity = identity_of(order);
  if (const auto& key = order.idempotency_key; !key.empty()) {
    const auto [place, fresh] = keys_.emplace(key, identity);
    if (!fresh && place->second != identity) return errc::key_reused;
  }
  if (const auto* owner = owner_of(order.seat)) {
    purchase_order sold;
    sold.event = owner->event;
    sold.seat = owner->seat;
    sold.email = owner->email;
    sold.amount = owner->amount;
    if (identity_of(sold) != identity) return errc::seat_taken;
    return purchase_answer{owner->id, true};
  }
  reservation record;
  record.id = records_.size() + 1;
  record.event = order.event;
  record.seat = order.seat;
  record.email = order.email;
  record.amount = order.amount;
  record.state = reservation_state::confirmed;
  record.created_at = opening;
  record.updated_at = opening + 42;
  record.timeline = {{opening + 1, 3, "hold", "excess 0", ""},
                     {opening + 4, 9, "charge", "", "f7"}};
  records_.push_back(record);
  return purchase_answer{record.id, false};
}

void fake_front_desk::buy(purchase_order order, reply<purchase_answer> done) {
  asked.push_back(order);
  give<purchase_answer>(std::move(done), trouble ? result<purchase_answer>{*trouble} : sell(order));
}

void fake_front_desk::cancel(reservation_id id, reply<reservation> done) {
  if (id > records_.size()) return give<reservation>(std::move(done), errc::unknown_reservation);
  auto& record = records_[id - 1];
  record.state = reservation_state::cancelled;
  give<reservation>(std::move(done), record);
}

void fake_front_desk::reservation_by_id(reservation_id id, reply<reservation> done) {
  if (id > records_.size()) return give<reservation>(std::move(done), errc::unknown_reservation);
  give<reservation>(std::move(done), records_[id - 1]);
}

void fake_front_desk::reservations_like(list_reservations filter, reply<reservations> done) {
  last_filter = filter;
  reservations found;
  for (const auto& record : records_) {
    if (record.id <= filter.after) continue;
    if (!filter.email.empty() && record.email != filter.email) continue;
    if (!filter.event.empty() && record.event != filter.event) continue;
    if (!filter.state.empty() && to_string(record.state) != filter.state) continue;
    if (found.list.size() == filter.limit) {
      found.next = found.list.back().id;
      break;
    }
    found.list.push_back(record);
    found.list.back().timeline.clear();
  }
  give<reservations>(std::move(done), found);
}

void fake_front_desk::events(reply<std::vector<event_view>> done) {
  event_view hall{"EVT-001", "Noche de estreno", 10 * seats_a_row, 0, 0};
  hall.sold = static_cast<std::uint64_t>(std::count_if(records_.begin(), records_.end(), is_live));
  std::vector<event_view> all{hall};
  all.insert(all.end(), further_events.begin(), further_events.end());
  give<std::vector<event_view>>(std::move(done), std::move(all));
}

void fake_front_desk::seats(std::string event, std::string after, std::uint32_t limit,
                            reply<std::vector<seat_view>> done) {
  seats_limit = limit;
  if (event != "EVT-001") return give<std::vector<seat_view>>(std::move(done), errc::unknown_event);
  if (const auto seat = parse_seat(after); seat && !in_hall(*seat))
    return give<std::vector<seat_view>>(std::move(done), errc::unknown_seat);
  std::vector<seat_view> all;
  bool past = after.empty();
  for (char row = 'A'; row <= 'J'; ++row)
    for (std::uint32_t number = 1; number <= seats_a_row; ++number) {
      const seat_id seat{std::string(1, row), number};
      const auto state = owner_of(seat) != nullptr ? seat_state::sold : seat_state::free;
      if (past && all.size() < limit) all.push_back({seat, state, 0});
      past = past || to_string(seat) == after;
    }
  give<std::vector<seat_view>>(std::move(done), all);
}

void fake_front_desk::charges_like(list_charges filter, reply<charges> done) {
  charges found;
  for (const auto& record : records_) {
    const auto state = is_live(record) ? charge_state::charged : charge_state::refunded;
    if (record.id <= filter.after || (!filter.state.empty() && filter.state != to_string(state)))
      continue;
    if (found.list.size() == filter.limit) {
      found.next = found.list.back().id;
      break;
    }
    found.list.push_back({record.id, record.amount, state, opening + 20, true});
  }
  give<charges>(std::move(done), found);
}

void fake_front_desk::mailbox(list_mailbox filter, reply<mails> done) {
  last_mailbox = filter;
  mails found;
  for (const auto& message : delivered)
    if (filter.to.empty() || message.to == filter.to) found.list.push_back(message);
  give<mails>(std::move(done), found);
}

void fake_front_desk::wait_for_mail(list_mailbox filter, std::int64_t wait_ms, reply<mails> done,
                                    waiting_client who) {
  waited_ms = wait_ms;
  last_waiter = std::move(who);
  mailbox(std::move(filter), std::move(done));
}

void fake_front_desk::outbox(list_outbox, reply<mails> done) {
  give<mails>(std::move(done), mails{waiting, 0, ""});
}

void fake_front_desk::chaos(chaos_order order, reply<chaos_table> done) {
  set_chaos.push_back(order);
  auto& table = chaos_[order.target];
  table.target = order.target;
  if (order.kind == "recover") {
    table.active.clear();
    table.down = false;
  } else {
    table.down = table.down || order.kind == "crash";
    chaos_view rule;
    rule.id = "f" + std::to_string(set_chaos.size());
    rule.kind = order.kind;
    rule.delay_ms = order.delay_ms;
    rule.rate_ppm = order.rate_ppm;
    rule.for_ms = order.for_ms;
    rule.times = order.times;
    rule.since = opening;
    table.active.push_back(rule);
  }
  give<chaos_table>(std::move(done), table);
}

void fake_front_desk::chaos_state(service target, reply<chaos_table> done) {
  auto& table = chaos_[target];
  table.target = target;
  give<chaos_table>(std::move(done), table);
}

void fake_front_desk::health(reply<health_view> done) {
  give<health_view>(std::move(done), reported);
}

void fake_front_desk::feed(std::uint64_t after, std::uint32_t limit,
                           reply<std::vector<feed_line>> done) {
  std::vector<feed_line> lines;
  for (const auto& line : kept_feed)
    if (line.sequence > after && lines.size() < limit) lines.push_back(line);
  give<std::vector<feed_line>>(std::move(done), lines);
}

std::shared_ptr<void> fake_front_desk::follow_feed(std::function<void(const feed_news&)> tell) {
  const int id = next_follower_++;
  followers_->emplace(id, std::move(tell));
  return std::shared_ptr<void>(nullptr, [all = followers_, id](void*) { all->erase(id); });
}

}  // namespace taquilla::gateway
