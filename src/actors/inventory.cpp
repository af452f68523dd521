#include "actors/inventory.hpp"

#include "actors/ask.hpp"
#include "domain/planted.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace taquilla {

namespace {

seat_map::owner owner_of(const live_seat& s) { return {s.identity, s.id, s.token}; }

class inventory_state {
 public:
  static inline const char* name = "inventory";
  using pointer = inventory_actor::stateful_pointer<inventory_state>;
  explicit inventory_state(pointer self) : self_(self), seats_(venue{}) {}

  inventory_actor::behavior_type start(const venue& plan, inventory_options options,
                                       store_actor store, duration_ms store_patience) {
    seats_ = seat_map{plan};
    options_ = options;
    store_ = std::move(store);
    store_patience_ = store_patience;
    rebuild_from(0);
    tick();
    return {[this](const hold_seat& hold) { return take(hold); },
            [this](const release_seat& release) { return give_back(release); },
            [this](const sell_seat& s) { sell(s); },
            [this](const recheck_seat& doubt) { check(doubt.event, doubt.seat, 0); },
            [this](const list_seats& page) { return list(page); },
            [this](const list_events&) { return events(); },
            [this](const report_ready&) { return ready(); },
            [this](const check_holds&) {
              check_overdue();
              compare();
              tick();
              if (planted::is(planted::bug::timers_multiply)) tick();
            }};
  }

 private:
  // -- rebuilding ---------------------------------------------------------------------------

  void rebuild_from(reservation_id after) {
    live_seats page{after, options_.page};
    ask<live_seats_page>(
        self_, store_, store_patience_, page, [this](live_seats_page& found) { place(found); },
        [this](const error& why) { rebuilt(why); }, errc::store_unavailable);
  }

  void place(const live_seats_page& found) {
    for (const auto& s : found.seats) seats_.place(s.event, s.seat, owner_of(s), s.confirmed);
    if (found.next != 0)
      rebuild_from(found.next);
    else
      rebuilt({});
  }

  void rebuilt(const error& why) {
    if (why.code != errc::none) return self_->quit(to_caf(why));  // the supervisor tries again
    rebuilt_ = true;
    for (auto& waiting : waiting_for_ready_) waiting.deliver(child_ready{});
    waiting_for_ready_.clear();
  }

  caf::result<child_ready> ready() {
    if (rebuilt_) return child_ready{};
    waiting_for_ready_.push_back(self_->make_response_promise<child_ready>());
    return waiting_for_ready_.back();
  }

  // -- holding --------------------------------------------------------------------------------

  caf::result<hold_answer> take(const hold_seat& hold) {
    if (!rebuilt_) return to_caf({errc::inventory_unavailable, "still rebuilding", 1000});
    const auto until = later(now_ms(self_), options_.hold_ms);
    const auto answer = seats_.hold(hold.event, hold.seat, hold.identity, hold.token, until);
    if (!std::holds_alternative<error>(answer)) touch(hold.event, hold.seat);
    if (std::holds_alternative<seat_map::held>(answer)) return hold_answer{0};
    if (const auto* yours = std::get_if<seat_map::yours>(&answer)) return hold_answer{yours->id};
    const auto& why = std::get<error>(answer);
    if (why.code == errc::seat_taken) check(hold.event, hold.seat, 0);
    return to_caf(why);
  }

  void sell(const sell_seat& s) {
    touch(s.event, s.seat);
    // Its cancellation came from elsewhere and was faster: at most its hold is left.
    if (std::find(vacated_.begin(), vacated_.end(), s.id) != vacated_.end())
      seats_.release(s.event, s.seat, s.token);
    else
      seats_.sell(s.event, s.seat, {s.identity, s.id, s.token});
  }

  seat_released give_back(const release_seat& release) {
    touch(release.event, release.seat);
    if (release.token != 0) seats_.release(release.event, release.seat, release.token);
    if (release.id == 0) return {};
    seats_.vacate(release.event, release.seat, release.id);
    vacated_.push_back(release.id);
    if (vacated_.size() > vacated_max) vacated_.pop_front();
    return {};
  }

  // -- doubting -------------------------------------------------------------------------------

  /// Asks the store who lives on a seat. `token`: the overdue hold that ends with the answer.
  void check(const std::string& event, const seat_id& seat, std::uint64_t token) {
    if (checking_) return;
    checking_ = true;
    checked_ = {event, seat};
    outdated_ = false;
    ask<live_seat>(
        self_, store_, store_patience_, find_seat_owner{event, seat},
        [this, event, seat, token](const live_seat& owner) {
          checking_ = false;
          // Somebody told us more about this seat while the store was answering: ask once more.
          if (outdated_) return check(event, seat, 0);
          if (token != 0) seats_.release(event, seat, token);
          seats_.place(event, seat, owner_of(owner), owner.confirmed);
          if (token != 0) check_overdue();
        },
        [this](const error&) { checking_ = false; }, errc::store_unavailable);
  }

  void touch(const std::string& event, const seat_id& seat) {
    if (checking_ && checked_ == std::make_pair(event, seat)) outdated_ = true;
    if (comparing_ && changed_.size() < changed_max) changed_.emplace(event, seat);
    seats_.spare(event, seat);
  }

  void check_overdue() {
    const auto overdue = seats_.overdue(now_ms(self_), 1);
    if (!overdue.empty()) check(overdue[0].event, overdue[0].seat, overdue[0].token);
  }

  // -- comparing ------------------------------------------------------------------------------

  /// Whatever word was lost, late or spoken to a closed door: every seat is compared with the store
  /// again and again, some pages a period, so that nothing wrong is shown for ever.
  void compare() {
    if (!rebuilt_ || comparing_) return;
    comparing_ = true;
    compare_page(1);
  }

  void compare_page(int nth) {
    changed_.clear();
    ask<live_seats_page>(
        self_, store_, store_patience_, live_seats{compared_to_, options_.page},
        [this, nth](const live_seats_page& page) { compare_with(page, nth); },
        [this](const error&) { comparing_ = false; }, errc::store_unavailable);
  }

  void compare_with(const live_seats_page& page, int nth) {
    comparing_ = changed_.size() < changed_max;
    if (!comparing_) return;  // the store took so long that the page is no news: again, next period
    for (const auto& s : page.seats)
      if (planted::is(planted::bug::stale_page_believed) || changed_.count({s.event, s.seat}) == 0)
        seats_.vouch(s.event, s.seat, owner_of(s), s.confirmed);
    compared_to_ = page.next;
    if (page.next == 0) seats_.free_unvouched();
    if (page.next != 0 && nth < options_.pages_a_period) return compare_page(nth + 1);
    comparing_ = false;
  }

  void tick() {
    const auto period = std::clamp<duration_ms>(options_.hold_ms / 4, 100, 5'000);
    self_->delayed_send(inventory_actor{self_}, std::chrono::milliseconds{period}, check_holds{});
  }

  // -- looking --------------------------------------------------------------------------------

  caf::result<seat_page> list(const list_seats& page) {
    std::optional<seat_id> after;
    if (!page.after.empty()) {
      after = parse_seat(page.after);
      if (!after) return to_caf({errc::unknown_seat, page.after, 0});
    }
    const auto found = seats_.list(page.event, after ? &*after : nullptr, page.limit);
    if (!found) return to_caf(found.failure());
    const auto now = now_ms(self_);
    seat_page out;
    for (const auto& line : *found)
      out.seats.push_back(
          {line.seat, line.state,
           line.held_until_ms == 0 ? 0 : std::max<std::int64_t>(0, line.held_until_ms - now)});
    return out;
  }

  event_list events() const {
    event_list out;
    for (auto& line : seats_.events())
      out.events.push_back({line.id, line.name, line.seats, line.held, line.sold});
    return out;
  }

  pointer self_;
  seat_map seats_;
  inventory_options options_;
  store_actor store_;
  duration_ms store_patience_ = 0;
  bool rebuilt_ = false;
  /// So many cancellations may come in between a sale's confirmation and the late word of it. A
  /// word that is later still shows its seat as sold, until the comparison with the store frees it.
  static constexpr std::size_t vacated_max = 64;
  std::deque<reservation_id> vacated_;  ///< whose seat was freed last
  bool checking_ = false;
  std::pair<std::string, seat_id> checked_;  ///< the seat that the store is asked about
  bool outdated_ = false;                    ///< it changed since the question
  bool comparing_ = false;
  reservation_id compared_to_ = 0;  ///< where the next page begins
  static constexpr std::size_t changed_max = 10'000;
  std::set<std::pair<std::string, seat_id>> changed_;  ///< since the page was asked for
  std::vector<caf::typed_response_promise<child_ready>> waiting_for_ready_;
};

}  // namespace

inventory_actor spawn_inventory(caf::actor_system& system, std::shared_ptr<const venue> plan,
                                inventory_options options, store_actor store,
                                duration_ms store_patience_ms) {
  return system.spawn(
      [](inventory_state::pointer self, std::shared_ptr<const venue> p, inventory_options o,
         store_actor s,
         duration_ms patience) { return self->state.start(*p, o, std::move(s), patience); },
      std::move(plan), options, std::move(store), store_patience_ms);
}

}  // namespace taquilla
