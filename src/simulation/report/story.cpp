#include "simulation/report/story.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>

namespace taquilla::simulation {

namespace {

// -- what is left out --------------------------------------------------------------------------

bool begins(const std::string& text, const char* with) { return text.rfind(with, 0) == 0; }

std::string type_in(const std::string& text) { return text.substr(0, text.find('(')); }

bool is_small_talk(const std::string& text) {
  static const std::array<const char*, 28> types{
      {"report_ready", "child_ready",    "check_holds",     "look_again",
       "sweep_open",   "open_purchases", "know_supervisor", "look_around",
       "report_desk",  "desk_report",    "start_children",  "children_started",
       "flush_batch",  "commit_due",     "show_rules",      "end_rules",
       "set_rule",     "chaos_report",   "do_operation",    "inventory_heard",
       "down",         "exit",           "due_mails",       "due_settlements",
       "live_seats",   "revive_mails",   "happened",        "errand_slip"}};
  const auto type = type_in(text);
  return std::any_of(types.begin(), types.end(), [&](const char* dull) { return type == dull; });
}

bool found_nothing(const std::string& text) {
  static const std::array<const char*, 5> answers{
      {"mails([]", "settlements([]", "reservations([]", "live_seats_page([]", "mails_revived(0)"}};
  return std::any_of(answers.begin(), answers.end(),
                     [&](const char* empty) { return begins(text, empty); });
}

bool is_about(const trace_event& e, const char* role) {
  return begins(e.from, role) || begins(e.to, role);
}

/// Keeps what a reader would miss. Remembers whether the theatre is open: how it opens is the same
/// every time.
class selection {
 public:
  bool keeps(const trace_event& e) {
    if (e.what == trace_event::kind::start) return false;
    if (e.what == trace_event::kind::process) open_ = e.text == serving_words;
    if (e.what != trace_event::kind::message) return true;
    const bool opening = begins(e.text, "open_door(") || begins(e.text, "close_door(") ||
                         begins(e.text, "service_healed(");
    return !(opening && !open_) && !is_small_talk(e.text) && !found_nothing(e.text) &&
           !is_about(e, "event_feed#") && !is_about(e, "operator#");
  }

 private:
  bool open_ = false;
};

// -- numbers -------------------------------------------------------------------------------------

constexpr std::size_t clock_digits = 13, long_digits = 15;
constexpr long long first_wall_ms = 1'800'000'000'000, clock_may_be_off_ms = 1'000'000'000;

class shortener {
 public:
  std::string operator()(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const auto digits = count_digits(text, at);
      if (digits == 0) {
        out += text[at++];
        continue;
      }
      out += shorter(text.substr(at, digits));
      at += digits;
    }
    return out;
  }

 private:
  static std::size_t count_digits(const std::string& text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    return end - at;
  }

  std::string shorter(const std::string& number) {
    if (number.size() == clock_digits) {
      const auto since = std::strtoll(number.c_str(), nullptr, 10) - first_wall_ms;
      if (std::llabs(since) > clock_may_be_off_ms) return number;
      char text[32];
      std::snprintf(text, sizeof text, "T%+.3fs", static_cast<double>(since) / 1000);
      return text;
    }
    if (number.size() < long_digits) return number;
    const auto next = names_.size() + 1;
    return "~" + std::to_string(names_.emplace(number, next).first->second);
  }

  std::map<std::string, std::size_t> names_;  // of long numbers, in order of their first use
};

// -- decisions -----------------------------------------------------------------------------------

/// In a run that was drawn nearly every message is a little late; that is weather, not the story.
constexpr std::size_t few_decisions = 40;
constexpr std::uint64_t long_us = 50'000;

std::string seconds(std::uint64_t us) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f s", static_cast<double>(us) / 1e6);
  return text;
}

/// What chance did to a message or a sync; empty for what has a line of its own.
std::string words_of(const decision& d) {
  const auto which = d.name + " #" + std::to_string(d.occurrence);
  switch (d.kind) {
    case choice::delay:
      return which + " comes " + seconds(d.value) + " later";
    case choice::doubled:
      return which + " comes twice, the second " + seconds(d.value) + " later";
    case choice::overtake:
      return which + " may pass earlier ones";
    case choice::early:
      return "a timer goes off while messages wait";
    case choice::disk_slow:
    case choice::post_slow:
      return which + " takes " + seconds(d.value);
    case choice::pick:
    case choice::lost:
    case choice::disk_fault:
    case choice::post_fault:
    case choice::power_cut:
      return {};
  }
  return {};
}

bool is_told(const decision& d, std::size_t of) {
  return of <= few_decisions || (is_delay(d.kind) && d.value >= long_us);
}

// -- one line each -------------------------------------------------------------------------------

/// The name in capitals; what is said and done as a matter of course has none.
std::string word(trace_event::kind kind) {
  if (kind == trace_event::kind::message || kind == trace_event::kind::start) return {};
  std::string out = to_string(kind);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

/// "settlement>store settle": who, whom, what.
story_line lost_line(const trace_event& e) {
  const auto arrow = e.text.find('>'), blank = e.text.find(' ');
  return {story_line::kind::lost,
          e.now,
          e.step,
          word(e.what),
          e.text.substr(0, arrow),
          e.text.substr(arrow + 1, blank - arrow - 1),
          e.text.substr(blank + 1)};
}

story_line line_of(const trace_event& e) {
  using kind = story_line::kind;
  if (e.what == trace_event::kind::lost) return lost_line(e);
  const bool message = e.what == trace_event::kind::message;
  const bool alone = e.from.empty() != e.to.empty();
  return {message && !e.from.empty() ? kind::message
          : alone                    ? kind::of_one
                                     : kind::of_all,
          e.now,
          e.step,
          word(e.what),
          e.from,
          e.to,
          e.text};
}

std::vector<story_line> verdict(const run_result& result) {
  using kind = story_line::kind;
  const auto& broken = result.broken;
  if (broken.oracle.empty())
    return {{kind::of_all, result.ended_at, result.steps, "VERDICT", {}, {}, "all promises kept"}};
  const auto what = broken.oracle + ": " + broken.what;
  if (broken.step == 0)
    return {{kind::of_all,
             result.ended_at,
             result.steps,
             "BROKEN",
             {},
             {},
             what + " (seen at the end)"}};
  std::vector<story_line> out{{kind::of_all, result.ended_at, broken.step, "BROKEN", {}, {}, what}};
  if (!broken.message.empty())
    out.push_back({kind::of_all, result.ended_at, broken.step, "", {}, {}, "by " + broken.message});
  return out;
}

}  // namespace

const char* to_string(trace_event::kind kind) {
  static constexpr std::array<const char*, 10> names{
      {"message", "start", "lost", "end", "fault", "missed", "ask", "answer", "process", "note"}};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<story_line> story_of(const std::vector<trace_event>& events, const run_result& result) {
  std::vector<story_line> out;
  selection selected;
  shortener shorten;
  auto next = result.taken.begin();
  virtual_ns now = 0;
  // A decision is taken while a message is handled, and that is shown when it is handed over.
  const auto decisions_before = [&](std::uint64_t step) {
    for (; next != result.taken.end() && next->step < step; ++next) {
      const auto text = words_of(*next);
      if (text.empty() || !is_told(*next, result.taken.size())) continue;
      out.push_back({story_line::kind::of_all, now, next->step, "CHANCE", {}, {}, text});
    }
  };
  for (const auto& e : events) {
    decisions_before(e.step);
    now = e.now;
    if (!selected.keeps(e)) continue;
    out.push_back(line_of(e));
    out.back().text = shorten(out.back().text);
  }
  decisions_before(decisions::never);
  for (auto& line : verdict(result)) {
    line.text = shorten(line.text);
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace taquilla::simulation
