// What INVENTORY promises: a held seat is held for one buyer and for so long, one that it knows to
// be sold for nobody, and what it shows is what the store knows. When it looks for holds that are
// overdue it looks for all of them.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/hall.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace taquilla::simulation {

namespace {

/// Holds of the INVENTORY that lives, as far as it is sure that they are there. A look at those
/// that are overdue goes from one to the next, and ends early only where the store is silent or the
/// seat that it is asked about changes meanwhile.
class overdue_holds {
 public:
  explicit overdue_holds(std::int64_t hold_ms) : lasts_(hold_ms * 1'000'000) {}

  void granted(const std::string& seat, virtual_ns now) { until_[seat] = now + lasts_; }
  void asks(std::uint64_t question, const std::string& seat) {
    question_ = question;
    asked_for_ = seat;
  }

  /// @return the seat of one that was passed over; empty: none was.
  std::string hears(const delivery_view& view) {
    const auto& what = view.element->content();
    if (view.is<hold_seat>()) touched(name_of_place(what.get_as<hold_seat>(0)));
    if (view.is<release_seat>()) touched(name_of_place(what.get_as<release_seat>(0)));
    if (view.is<sell_seat>()) touched(name_of_place(what.get_as<sell_seat>(0)));
    if (what.match_elements<live_seats_page>())
      for (const auto& one : what.get_as<live_seats_page>(0).seats) forget(name_of_place(one));
    const auto& mid = view.element->mid;
    if (mid.is_response() && mid.request_id().integer_value() == question_) {
      question_ = 0;
      forget(asked_for_);
      if (!what.match_elements<live_seat>()) passed_over_.clear();
    }
    return view.is<check_holds>() && question_ == 0 ? looks(view.now) : std::string{};
  }

 private:
  template <class Message>
  static std::string name_of_place(const Message& about) {
    return simulation::name_of_place(about.event, about.seat);
  }

  void forget(const std::string& seat) {
    until_.erase(seat);
    passed_over_.erase(seat);
  }

  void touched(const std::string& seat) {
    forget(seat);
    if (question_ != 0 && seat == asked_for_) passed_over_.clear();
  }

  std::string looks(virtual_ns now) {
    if (!passed_over_.empty()) return *passed_over_.begin();
    for (const auto& [seat, until] : until_)
      if (until + rounding <= now) passed_over_.insert(seat);
    return {};
  }

  static constexpr virtual_ns rounding = 2'000'000;
  virtual_ns lasts_;
  std::map<std::string, virtual_ns> until_;  ///< by seat
  std::set<std::string> passed_over_;        ///< overdue when it looked, and still there
  std::uint64_t question_ = 0;               ///< that the store has not answered
  std::string asked_for_;
};

/// Follows who was granted a hold. A purchase gives its hold back at its end at the latest; a new
/// INVENTORY knows no holds, and what a dying one still grants the store will refuse. A grant to a
/// purchase that has ended is on its way back.
class holds_exclude final : public oracle {
 public:
  explicit holds_exclude(std::int64_t hold_ms) : hold_ms_(hold_ms), overdue_(hold_ms) {}
  const char* name() const override { return "holds-exclude"; }

  void on_process_start(virtual_ns) override { *this = holds_exclude{hold_ms_}; }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role != "inventory") return {};
    inventory_ = incarnation;
    overdue_ = overdue_holds{hold_ms_};
    holders_.clear();
    owners_.clear();
    return {};
  }

  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    if (role != "reservation") return;
    ended_.insert(incarnation);
    for (auto i = holders_.begin(); i != holders_.end();)
      i = i->second == incarnation ? holders_.erase(i) : std::next(i);
  }

  /// A cancellation whose caller has given up is answered to nobody.
  void on_delivery(const delivery_view& view) override {
    if (view.element == nullptr) return;
    const auto& content = view.element->content();
    if (view.receiver == "inventory" && view.incarnation == inventory_)
      passed_over_ = overdue_.hears(view);
    if (view.receiver == "inventory" && view.incarnation == inventory_ && view.is<sell_seat>())
      sold(content.get_as<sell_seat>(0));
    if (view.receiver == "inventory" && view.is<list_seats>())
      listed_ = content.get_as<list_seats>(0).event;
    if (view.receiver != "store" || !content.match_elements<cancel_purchase>()) return;
    vacated_.insert(content.get_as<cancel_purchase>(0).id);
    const auto seller = recorded_.find(content.get_as<cancel_purchase>(0).id);
    if (seller == recorded_.end()) return;
    const auto& hold = asked_[seller->second];
    given_back(place_of(hold), hold.token);
  }

  std::string on_sending(const sending_view& view) override {
    const auto& content = view.element.content();
    if (!passed_over_.empty())
      return "INVENTORY looked for overdue holds, and passed over that of seat " + passed_over_;
    if (view.sender == "inventory" && view.sender_incarnation == inventory_ &&
        view.is<find_seat_owner>()) {
      const auto& asked = content.get_as<find_seat_owner>(0);
      overdue_.asks(view.element.mid.request_id().integer_value(), place_of(asked));
    }
    if (view.sender == "reservation" && view.is<hold_seat>())
      asked_[view.sender_incarnation] = content.get_as<hold_seat>(0);
    // From its commit on a failed purchase has no claim, nor has a cancelled one that has not heard
    // yet that it was sold; and INVENTORY may hear that from the store.
    if (view.receiver == "reservation" && view.is<purchase_failed>())
      on_ended(view.receiver, view.receiver_incarnation);
    if (view.receiver == "cancellation" && view.is<purchase_cancelled>())
      ended_sale(content.get_as<purchase_cancelled>(0).record);
    if (view.receiver == "reservation" && view.is<purchase_recorded>())
      recorded_[content.get_as<purchase_recorded>(0).id] = view.receiver_incarnation;
    // A sale ends its own hold, and not one that the same buyer has taken since.
    if (view.receiver == "inventory" && view.is<sell_seat>())
      given_back(place_of(content.get_as<sell_seat>(0)), content.get_as<sell_seat>(0).token);
    if (view.receiver == "inventory" && view.is<release_seat>())
      given_back(content.get_as<release_seat>(0));
    // A door that loses answers asks by itself: whose hold that is only the token would tell.
    if (view.sender == "inventory" && view.sender_incarnation == inventory_ &&
        view.receiver == "reservation" && view.is<hold_answer>() &&
        content.get_as<hold_answer>(0).yours == 0)
      return granted(view.receiver_incarnation, view.now);
    if (view.sender == "inventory" && view.sender_incarnation == inventory_ && view.is<seat_page>())
      return shown(content.get_as<seat_page>(0), view.now);
    return {};
  }

 private:
  template <class Message>
  static std::string place_of(const Message& about) {
    return name_of_place(about.event, about.seat);
  }

  void given_back(const std::string& seat, std::uint64_t token) {
    auto holder = holders_.find(seat);
    if (holder != holders_.end() && asked_[holder->second].token == token) holders_.erase(holder);
  }

  void given_back(const release_seat& release) {
    given_back(place_of(release), release.token);
    ended_sale(release);
  }

  /// Its purchase may not have heard yet that it was one.
  template <class Message>
  void ended_sale(const Message& about) {
    const auto seller = recorded_.find(about.id);
    if (seller != recorded_.end()) given_back(place_of(about), asked_[seller->second].token);
  }

  std::string granted(std::uint32_t to, virtual_ns now) {
    if (ended_.count(to) != 0) return {};
    const auto& wish = asked_[to];
    auto seat = place_of(wish);
    const auto owner = owners_.find(seat);
    if (owner != owners_.end() && vacated_.count(owner->second) == 0)
      return "INVENTORY had heard that seat " + seat + " is sold, and held it for somebody";
    auto [holder, fresh] = holders_.emplace(seat, to);
    if (!fresh && holder->second != to && asked_[holder->second].identity != wish.identity)
      return "seat " + seat + " was held for two buyers at once: by reservation#" +
             std::to_string(holder->second) + ", and then by reservation#" + std::to_string(to);
    holder->second = to;
    granted_at_[to] = now;
    overdue_.granted(seat, now);
    return {};
  }

  /// It has heard so: only a cancellation can make the seat free again.
  void sold(const sell_seat& sale) {
    auto& owner = owners_[place_of(sale)];
    owner = std::max(owner, sale.id);
  }

  std::string shown(const seat_page& page, virtual_ns now) {
    for (const auto& line : page.seats) {
      if (line.held_for_ms > hold_ms_)
        return "seat " + to_string(line.seat) + " is held for longer than a hold lasts";
      const auto place = name_of_place(listed_, line.seat);
      const auto holder = holders_.find(place);
      if (line.state == seat_state::free && holder != holders_.end() &&
          now + second < granted_at_[holder->second] + hold_ms_ * 1'000'000)
        return "seat " + to_string(line.seat) + " is held by reservation#" +
               std::to_string(holder->second) + ", and INVENTORY showed it free";
      const auto owner = owners_.find(place);
      const bool sold = owner != owners_.end() && vacated_.count(owner->second) == 0;
      if (sold && line.state != seat_state::sold)
        return "INVENTORY had heard that seat " + to_string(line.seat) +
               " is sold, and showed it " + taquilla::to_string(line.state);
    }
    return {};
  }

  static constexpr virtual_ns second = 1'000'000'000;
  std::int64_t hold_ms_;
  overdue_holds overdue_;
  std::string passed_over_;      ///< a seat
  std::uint32_t inventory_ = 0;  ///< the incarnation that counts
  std::map<std::uint32_t, hold_seat> asked_;
  std::map<reservation_id, std::uint32_t> recorded_;  ///< which purchase wrote it down
  std::map<std::string, std::uint32_t> holders_;
  std::map<std::uint32_t, virtual_ns> granted_at_;
  std::set<std::uint32_t> ended_;
  std::map<std::string, reservation_id> owners_;  ///< of whom this incarnation has been told
  std::string listed_;                            ///< the event that it is asked to show
  std::set<reservation_id> vacated_;              ///< whose cancellation has reached the store
};

class seat_map_is_true final : public oracle {
 public:
  const char* name() const override { return "seat-map-is-true"; }

  std::string at_end(const plan&, const history&, const final_state& f,
                     const run_facts& facts) override {
    if (facts.hall_wrong)
      return "long after everything was healed INVENTORY still shows what is not so";
    if (!facts.came_to_rest || !facts.store_readable || !facts.hall_settled) return {};
    std::set<std::string> sold;
    for (const auto& row : f.all)
      if (row.state == reservation_state::confirmed)
        sold.insert(name_of_place(row.event, row.seat));
    for (const auto& seat : facts.hall) {
      auto truth = sold.count(seat.seat) != 0 ? seat_state::sold : seat_state::free;
      if (seat.state != truth)
        return "seat " + seat.seat + " is " + taquilla::to_string(truth) +
               " and INVENTORY shows it as " + taquilla::to_string(seat.state);
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<oracle> make_holds(const plan& p) {
  return std::make_unique<holds_exclude>(p.numbers.hold_ms);
}
std::unique_ptr<oracle> make_seat_map() { return std::make_unique<seat_map_is_true>(); }

}  // namespace taquilla::simulation
