#include "simulation/report/selection.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace taquilla::simulation {

namespace {

bool begins(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

std::string type_in(const std::string& text) { return text.substr(0, text.find('(')); }

bool is_small_talk(const std::string& type) {
  static const std::array<const char*, 29> types{{"report_ready",
                                                  "child_ready",
                                                  "check_holds",
                                                  "look_again",
                                                  "sweep_open",
                                                  "open_purchases",
                                                  "know_supervisor",
                                                  "look_around",
                                                  "report_desk",
                                                  "desk_report",
                                                  "start_children",
                                                  "children_started",
                                                  "flush_batch",
                                                  "commit_due",
                                                  "show_rules",
                                                  "end_rules",
                                                  "set_rule",
                                                  "chaos_report",
                                                  "do_operation",
                                                  "inventory_heard",
                                                  "down",
                                                  "exit",
                                                  "exit_reason",
                                                  "due_mails",
                                                  "due_settlements",
                                                  "live_seats",
                                                  "revive_mails",
                                                  "happened",
                                                  "errand_slip"}};
  return std::any_of(types.begin(), types.end(), [&](const char* dull) { return type == dull; });
}

bool found_nothing(const std::string& text) {
  static const std::array<const char*, 5> answers{{"mails(none", "settlements(none",
                                                   "reservations(none", "live_seats_page(none",
                                                   "mails_revived(0"}};
  return std::any_of(answers.begin(), answers.end(),
                     [&](const char* empty) { return begins(text, empty); });
}

bool is_about_doors(const std::string& type) {
  return type == "open_door" || type == "close_door" || type == "service_healed";
}

bool is_of_the_house(const trace_event& e) {
  for (const char* role : {"event_feed#", "operator#", "feed_follower#"})
    if (begins(e.from, role) || begins(e.to, role)) return true;
  return false;
}

std::string role_in(const std::string& name) { return name.substr(0, name.find_first_of("#(")); }

std::string link_of(const trace_event& e, const std::string& type) {
  return role_in(e.from) + ">" + role_in(e.to) + " " + type;
}

}  // namespace

bool is_news(const trace_event& e) {
  static const std::array<const char*, 4> kinds{
      {"breaker.", "actor.", "fault.", "reservation.lost"}};
  const std::string happened{"happened("};
  if (e.what != trace_event::kind::message || !begins(e.text, happened.c_str())) return false;
  const auto kind = e.text.substr(happened.size());
  return std::any_of(kinds.begin(), kinds.end(), [&](const char* k) { return begins(kind, k); }) &&
         !begins(kind, "actor.forgiven") && !begins(kind, "fault.touched");
}

// INVENTORY asks for all live seats every few seconds: that is told where chance touched an answer.
selection::wanted questions_in(const std::vector<trace_event>& events,
                               const selection::touches& touched) {
  static const std::map<std::string, std::string> answered_by{{"due_mails", "mails"},
                                                              {"due_settlements", "settlements"},
                                                              {"live_seats", "live_seats_page"}};
  // By who asks, whom, and what he will hear.
  std::map<std::string, std::uint64_t> open;
  selection::wanted out;
  for (const auto& e : events) {
    if (e.what != trace_event::kind::message) continue;
    const auto type = type_in(e.text);
    const auto question = answered_by.find(type);
    if (question != answered_by.end()) open[e.from + ">" + e.to + question->second] = e.step;
    const auto asked = open.find(e.to + ">" + e.from + type);
    const bool dull = found_nothing(e.text) ||
                      (type == "live_seats_page" && touched.count(link_of(e, type)) == 0);
    if (asked != open.end() && !dull) out.insert(asked->second);
  }
  return out;
}

selection::selection(touches touched, wanted questions)
    : touched_(std::move(touched)), questions_(std::move(questions)) {
  for (const auto& [link, step] : touched_)
    opening_matters_ = opening_matters_ || is_about_doors(link.substr(link.find(' ') + 1));
}

bool selection::keeps(const trace_event& e) {
  if (e.what == trace_event::kind::start) return false;
  if (e.what == trace_event::kind::process) {
    open_ = e.text == serving_words;
    opened_ += unsigned{open_};
    if (!open_) looked_.clear();
  }
  return e.what != trace_event::kind::message || keeps_message(e);
}

bool selection::keeps_message(const trace_event& e) {
  const auto type = type_in(e.text);
  const auto touched = touched_.find(link_of(e, type));
  if (touched != touched_.end() && e.step > touched->second) return true;
  if (is_news(e)) return open_;
  if (type == "drain_desk" || type == "desk_drained") return true;
  if (open_ && questions_.count(e.step) > 0) return true;
  if (is_of_the_house(e) || is_small_talk(type)) return false;
  if (is_about_doors(type)) return open_ || opening_matters_;
  return !found_nothing(e.text) || is_first_look(type);
}

/// What a new process looked for and did not find may be what was forgotten; the first process of a
/// run has nothing to find.
bool selection::is_first_look(const std::string& type) {
  return opened_ > 1 && looked_.insert(type).second;
}

}  // namespace taquilla::simulation
