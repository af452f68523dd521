// What INVENTORY's no means: a seat is taken only if, by what INVENTORY has heard, somebody may
// have it. Judged by a second reading of all that it is told, which forgets nobody: an owner goes
// when his end is told, and then for good, whatever a page says that the store read before; a hold
// goes when its purchase gives it back or sells on it.
#include "actors/errors.hpp"
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/hall.hpp"

#include <caf/all.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace taquilla::simulation {

namespace {

class taken_means_somebody final : public oracle {
 public:
  const char* name() const override { return "taken-means-somebody"; }

  void on_process_start(virtual_ns) override { *this = {}; }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role != "inventory") return {};
    *this = {};
    inventory_ = incarnation;
    return {};
  }

  void on_delivery(const delivery_view& view) override {
    asked_.reset();
    if (view.receiver != "inventory" || view.incarnation != inventory_) return;
    if (view.element == nullptr) return;
    const auto& what = view.element->content();
    if (view.is<hold_seat>()) asks(what.get_as<hold_seat>(0));
    if (view.is<release_seat>()) ends(what.get_as<release_seat>(0));
    if (view.is<sell_seat>()) sells(what.get_as<sell_seat>(0));
    if (what.match_elements<live_seat>()) lives(what.get_as<live_seat>(0));
    if (what.match_elements<live_seats_page>())
      for (const auto& one : what.get_as<live_seats_page>(0).seats) lives(one);
  }

  std::string on_sending(const sending_view& view) override {
    if (!asked_ || view.sender != "inventory" || view.sender_incarnation != inventory_) return {};
    const auto& what = view.element.content();
    if (view.is<hold_answer>()) return granted(what.get_as<hold_answer>(0).yours);
    if (!what.match_elements<caf::error>()) return {};
    holds_[asked_->seat].erase(asked_->token);
    const auto why = as_error(what.get_as<caf::error>(0), errc::internal_error);
    if (why.code != errc::seat_taken || asked_->somebody) return {};
    return "INVENTORY said that seat " + asked_->seat +
           " is taken, and all of whom it had heard were gone";
  }

 private:
  struct question {
    std::string seat;
    std::uint64_t token = 0;
    bool somebody = false;  ///< may have the seat
  };

  template <class Message>
  static std::string place_of(const Message& about) {
    return name_of_place(about.event, about.seat);
  }

  void asks(const hold_seat& what) {
    const auto seat = place_of(what);
    asked_ = {seat, what.token, !owners_[seat].empty() || !holds_[seat].empty()};
    holds_[seat].insert(what.token);  // unless it is refused
  }

  void ends(const release_seat& what) {
    const auto seat = place_of(what);
    holds_[seat].erase(what.token);
    if (what.id == 0) return;
    gone_.insert(what.id);
    owners_[seat].erase(what.id);
  }

  void sells(const sell_seat& what) {
    const auto seat = place_of(what);
    holds_[seat].erase(what.token);
    if (gone_.count(what.id) == 0) owners_[seat].insert(what.id);
  }

  void lives(const live_seat& who) {
    if (who.id != 0 && gone_.count(who.id) == 0) owners_[place_of(who)].insert(who.id);
  }

  std::string granted(reservation_id yours) const {
    if (yours == 0 || gone_.count(yours) == 0) return {};
    return "INVENTORY said that seat " + asked_->seat + " is his as reservation " +
           std::to_string(yours) + ", and had heard of its end";
  }

  std::uint32_t inventory_ = 0;  ///< the incarnation that counts
  std::map<std::string, std::set<reservation_id>> owners_;
  std::map<std::string, std::set<std::uint64_t>> holds_;
  std::set<reservation_id> gone_;
  std::optional<question> asked_;
};

}  // namespace

std::unique_ptr<oracle> make_refusals() { return std::make_unique<taken_means_somebody>(); }

}  // namespace taquilla::simulation
