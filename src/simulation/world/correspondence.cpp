#include "simulation/world/correspondence.hpp"

#include "simulation/cases/spans.hpp"

#include <caf/all.hpp>

namespace taquilla::simulation {

namespace {

/// What is quicker is told by CHANCE alone.
constexpr virtual_ns a_while = 1'000'000;

std::string name_of(const std::string& role, std::uint32_t incarnation) {
  return role + "#" + std::to_string(incarnation);
}

}  // namespace

void correspondence::sent(const sending_view& view) {
  if (view.sender.empty()) return;
  under_way_[&view.element] = view.now;
  const auto mid = view.element.mid;
  if (mid.is_request() && !view.passed_on)
    asked_[{name_of(view.sender, view.sender_incarnation), mid.request_id().integer_value()}] =
        type_name_of(view.element.content());
}

std::string correspondence::remark(const delivery_view& view) {
  std::string out;
  const auto mid = view.element->mid;
  if (mid.is_response() && view.element->content().match_elements<caf::error>()) {
    const auto question =
        asked_.find({name_of(view.receiver, view.incarnation), mid.request_id().integer_value()});
    if (question != asked_.end()) out = ", to " + question->second;
  }
  const auto letter = under_way_.find(view.element);
  if (letter == under_way_.end() || view.sender.empty()) return out;
  if (view.now - letter->second >= a_while) out += ", sent at " + print_seconds(letter->second);
  under_way_.erase(letter);
  return out;
}

}  // namespace taquilla::simulation
