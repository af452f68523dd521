// Promise 5, for the store: whoever asks it is answered as soon as a commit is due, however slow
// the purchases of others are. Judged where the disk is no excuse and time stands still while
// messages wait: then an answer comes within the delay of a commit.
#include "actors/protocol.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace taquilla::simulation {

namespace {

/// The store counts whole milliseconds.
constexpr virtual_ns ms = 1'000'000, rounding = 2 * ms;

class store_answers final : public oracle {
 public:
  explicit store_answers(virtual_ns limit) : limit_(limit) {}
  const char* name() const override { return "store-answers-at-once"; }

  void on_process_start(virtual_ns) override { asked_.clear(); }
  void on_ended(const std::string& role, std::uint32_t) override {
    if (role == "store") asked_.clear();
  }

  void on_delivery(const delivery_view& view) override {
    if (view.receiver != "store" || view.element == nullptr || !view.element->sender ||
        !view.element->mid.is_request())
      return;
    asked_.emplace(key{view.element->sender->id(), view.element->mid.request_id().integer_value()},
                   view.now);
  }

  std::string on_sending(const sending_view& view) override {
    if (view.sender != "store" || !view.element.mid.is_response()) return {};
    const auto asked = asked_.find({view.to, view.element.mid.request_id().integer_value()});
    if (asked == asked_.end()) return {};
    const auto took = view.now - asked->second;
    asked_.erase(asked);
    if (took <= limit_) return {};
    return std::string{view.receiver} + " waited " + std::to_string(took / ms) +
           " ms for the store, and a commit may wait for " +
           std::to_string((limit_ - rounding) / ms);
  }

 private:
  using key = std::pair<std::uint64_t, std::uint64_t>;  // whose question, and which

  virtual_ns limit_;
  std::map<key, virtual_ns> asked_;
};

}  // namespace

bool store_has_no_excuse(const plan& p) {
  return p.fast_disk && p.early_within_ms == 0 &&
         std::none_of(p.faults.begin(), p.faults.end(),
                      [](const fault& f) { return f.target == "store"; });
}

std::unique_ptr<oracle> make_store_answers(const plan& p) {
  return std::make_unique<store_answers>(p.numbers.commit_delay_ms * ms + rounding);
}

}  // namespace taquilla::simulation
