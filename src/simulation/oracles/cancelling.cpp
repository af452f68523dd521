// Promise of a cancellation: whoever is told that his ticket is cancelled may buy the seat again at
// once, nobody has to ask for his money and his mail, and what he is shown is what became of it.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"

#include <caf/all.hpp>

#include <map>
#include <set>
#include <utility>

namespace taquilla::simulation {

namespace {

class cancels_in_order final : public oracle {
 public:
  const char* name() const override { return "cancels-in-order"; }

  void on_process_start(virtual_ns) override { *this = cancels_in_order{}; }
  void on_ended(const std::string& role, std::uint32_t incarnation) override {
    if (role == errand) all_.erase(incarnation);
  }

  void on_delivery(const delivery_view& view) override {
    if (view.receiver != errand || view.element == nullptr) return;
    auto& e = all_[view.incarnation];
    const auto& content = view.element->content();
    // A command that came twice is answered twice: who hears the second answer first knows no
    // better.
    if (view.is<purchase_cancelled>() && !std::exchange(e.store_heard, true))
      e.changed = content.get_as<purchase_cancelled>(0).changed;
    // Silence comes as an error too: then INVENTORY finds out by itself.
    if (view.is<seat_released>() || content.match_elements<caf::error>())
      e.seat_heard = e.seat_asked;
  }

  std::string on_sending(const sending_view& view) override {
    if (view.sender != errand || view.passed_on) return {};
    auto& e = all_[view.sender_incarnation];
    if (view.is<something_due>()) ++e.relays_told;
    if (view.is<release_seat>()) e.seat_asked = true;
    const auto& content = view.element.content();
    if (view.is<cancel_purchase>()) e.asked_at.insert(content.get_as<cancel_purchase>(0).at);
    if (!view.is<reservation>()) return {};
    const auto& shown = content.get_as<reservation>(0);
    const bool as_it_is =
        shown.state == reservation_state::cancelled && e.asked_at.count(shown.updated_at) != 0;
    if (e.changed && !as_it_is)
      return "a cancellation was answered with the ticket as it was before";
    if (!e.seat_heard) return "a cancellation was answered before INVENTORY had freed the seat";
    if (e.changed && e.relays_told < relays)
      return "a ticket was cancelled, and not both relays were told";
    return {};
  }

 private:
  static constexpr char errand[] = "cancellation";
  static constexpr int relays = 2;  ///< of the money and of the mail

  struct progress {
    bool store_heard = false;
    bool changed = false;     ///< the store has cancelled it just now
    bool seat_asked = false;  ///< INVENTORY was asked to free the seat
    bool seat_heard = false;  ///< and has answered, or will not
    int relays_told = 0;
    std::set<wall_ms> asked_at;  ///< the store, to cancel; a request that came twice asks twice
  };
  std::map<std::uint32_t, progress> all_;
};

}  // namespace

std::unique_ptr<oracle> make_cancels() { return std::make_unique<cancels_in_order>(); }

}  // namespace taquilla::simulation
