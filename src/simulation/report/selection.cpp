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

/// What actors, breakers and faults went through.
bool is_big(const trace_event& news) {
  static const std::array<const char*, 4> kinds{
      {"breaker.", "actor.", "fault.", "reservation.lost"}};
  const auto kind = news.text.substr(std::string{"happened("}.size());
  return std::any_of(kinds.begin(), kinds.end(), [&](const char* k) { return begins(kind, k); }) &&
         !begins(kind, "actor.forgiven") && !begins(kind, "fault.touched");
}

using types = std::set<std::string>;

const types mail_looks{"due_mails", "mails", "revive_mails", "mails_revived"};
const types money_looks{"due_settlements", "settlements"};
const types leftover_looks{"open_purchases", "reservations"};
const types breaker_reports{"inventory_heard"};

types operator+(types a, const types& b) {
  a.insert(b.begin(), b.end());
  return a;
}

/// Small talk that may be the very thing, by the promise that was broken.
types evidence_for(const violation& broken) {
  static const std::map<std::string, types> by_promise{
      {"mailed-once", mail_looks},
      {"every-charge-has-its-ticket", money_looks},
      {"relays-go-on", mail_looks + money_looks},
      {"seen-to-at-once", mail_looks + money_looks},
      {"breaker-holds", breaker_reports}};
  const auto found = by_promise.find(broken.oracle);
  if (found != by_promise.end()) return found->second;
  if (broken.oracle != "comes-to-rest") return {};
  const auto none = [&](const char* what) { return broken.what.find(what) != std::string::npos; };
  types out = none(" 0 pending") ? types{} : leftover_looks;
  if (!none(" 0 settlements")) out = out + money_looks;
  return none(" 0 mails") ? out : out + mail_looks;
}

}  // namespace

std::string link_of(const trace_event& message) {
  return role_in(message.from) + ">" + role_in(message.to) + " " + type_in(message.text);
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
    const bool dull =
        found_nothing(e.text) || (type == "live_seats_page" && touched.count(link_of(e)) == 0);
    if (asked != open.end() && !dull) out.insert(asked->second);
  }
  return out;
}

selection::selection(touches touched, wanted questions, const violation& broken)
    : touched_(std::move(touched)),
      questions_(std::move(questions)),
      evidence_(evidence_for(broken)) {
  about_no_message_ = begins(broken.what, "the log had");  // of what is written, whoever asked
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
  if (e.what == trace_event::kind::news) return open_ && is_big(e);
  return e.what != trace_event::kind::message || keeps_message(e);
}

bool selection::keeps_message(const trace_event& e) {
  const auto type = type_in(e.text);
  const auto touched = touched_.find(link_of(e));
  if (touched != touched_.end() && e.step > touched->second) return true;
  if (about_no_message_) return false;
  if (type == "drain_desk" || type == "desk_drained") return true;
  if (open_ && questions_.count(e.step) > 0) return true;
  if (is_evidence(e, type)) return true;
  if (is_of_the_house(e) || is_small_talk(type)) return false;
  if (is_about_doors(type)) return open_ || opening_matters_;
  return !found_nothing(e.text) || is_first_look(type);
}

/// What a new process looked for and did not find may be what was forgotten; the first process of a
/// run has nothing to find.
bool selection::is_first_look(const std::string& type) {
  return opened_ > 1 && looked_.insert(type).second;
}

/// While the house is open, and not of those who only look at it.
bool selection::is_evidence(const trace_event& e, const std::string& type) const {
  return open_ && evidence_.count(type) > 0 && role_in(e.from) != "clerk" &&
         role_in(e.to) != "clerk";
}

}  // namespace taquilla::simulation
