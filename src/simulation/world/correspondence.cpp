#include "simulation/world/correspondence.hpp"

#include "simulation/cases/spans.hpp"
#include "store/commands.hpp"

#include <caf/all.hpp>

namespace taquilla::simulation {

namespace {

/// What is quicker is told by CHANCE alone.
constexpr virtual_ns a_while = 1'000'000;

std::string name_of(const std::string& role, std::uint32_t incarnation) {
  return role + "#" + std::to_string(incarnation);
}

/// Their answers sound as if all were done: "settled" to who will try again.
bool is_put_off(const caf::type_erased_tuple& content) {
  return content.match_elements<postpone_mail>() ||
         (content.match_elements<settle>() && !content.get_as<settle>(0).done);
}

}  // namespace

void correspondence::sent(const sending_view& view, const std::string& speaker) {
  under_way_[&view.element] = {view.now, view.sender.empty() ? speaker : std::string{}};
  const auto& content = view.element.content();
  const auto mid = view.element.mid;
  if (view.sender.empty() || !mid.is_request()) return;
  auto& asked =
      asked_[{name_of(view.sender, view.sender_incarnation), mid.request_id().integer_value()}];
  const auto& type = type_name_of(content);
  if (!view.passed_on)
    asked = {type, {}, is_put_off(content)};
  else if (type != asked.type)
    asked.passed_as = type;
}

std::string correspondence::speaker(const delivery_view& view) const {
  const auto letter = under_way_.find(view.element);
  return letter == under_way_.end() ? std::string{} : letter->second.speaker;
}

/// What it answers, if that is an error or sounds like something else.
std::string correspondence::answered_by(const delivery_view& view) const {
  const auto mid = view.element->mid;
  const auto asked =
      asked_.find({name_of(view.receiver, view.incarnation), mid.request_id().integer_value()});
  if (!mid.is_response() || asked == asked_.end()) return {};
  const auto& [type, passed_as, put_off] = asked->second;
  if (put_off) return ", to " + type + " again later";
  if (!view.element->content().match_elements<caf::error>()) return {};
  return ", to " + (passed_as.empty() ? type : passed_as + " for " + type);
}

std::string correspondence::remark(const delivery_view& view) {
  auto out = answered_by(view);
  const auto letter = under_way_.find(view.element);
  if (letter == under_way_.end()) return out;
  const auto sent_at = letter->second.sent_at;
  under_way_.erase(letter);
  if (view.sender.empty()) return out;
  if (view.element->mid.is_request() && ended_.count(name_of(view.sender, view.sender_incarnation)))
    out += ", whose sender has ended";
  if (view.now - sent_at >= a_while) out += ", sent at " + print_seconds(sent_at);
  return out;
}

}  // namespace taquilla::simulation
