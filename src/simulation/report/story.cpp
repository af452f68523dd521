#include "simulation/report/story.hpp"

#include "simulation/cases/spans.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/report/folding.hpp"
#include "simulation/report/routine.hpp"
#include "simulation/report/selection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace taquilla::simulation {

namespace {

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
  return print_seconds(static_cast<std::int64_t>(us) * 1'000);
}

/// The message that is late, when it comes; null if it never does, or if that is not plain.
const trace_event* late_message(const std::vector<trace_event>& events, const decision& d,
                                virtual_ns now) {
  if (d.kind != choice::delay) return nullptr;
  const auto due = now + static_cast<virtual_ns>(d.value) * 1'000;
  const auto found = std::find_if(events.begin(), events.end(), [&](const trace_event& e) {
    return e.step > d.step && e.now >= due && e.what == trace_event::kind::message &&
           link_of(e) == d.name;
  });
  return found == events.end() ? nullptr : &*found;
}

/// " (reservation 1, 50.00)"
std::string contents_of(const trace_event* message) {
  if (message == nullptr) return {};
  const auto open = message->text.find('('), close = message->text.find(')', open);
  if (open == std::string::npos || close == open + 1) return {};
  return " " + message->text.substr(open, message->text.rfind(')') + 1 - open);
}

std::string arrival_of(const trace_event* message) {
  return message == nullptr ? "" : ", at " + print_seconds(message->now);
}

/// What chance did to a message or a sync; empty for what has a line of its own.
/// @param late the message that it is about, if that is known.
std::string words_of(const decision& d, const trace_event* late) {
  const auto which = d.name + " #" + std::to_string(d.occurrence);
  switch (d.kind) {
    case choice::delay:
      return which + contents_of(late) + " comes " + seconds(d.value) + " later" + arrival_of(late);
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
      return which + ": not the first of those who can go on, but number " +
             std::to_string(d.value + 1);
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

/// Whose messages the decisions that are told concern.
selection::touches links_in(const std::vector<decision>& taken) {
  selection::touches out;
  for (const auto& d : taken)
    if (d.name.find('>') != std::string::npos && is_told(d, taken.size()))
      out.emplace(d.name, d.step);
  return out;
}

// -- one line each -------------------------------------------------------------------------------

/// The name in capitals; what is said and done as a matter of course has none.
std::string word(trace_event::kind kind) {
  if (kind == trace_event::kind::message || kind == trace_event::kind::start) return {};
  std::string out = to_string(kind);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

/// Which of its kind, as a case file numbers them.
std::string number_of(const trace_event& lost, const std::vector<decision>& taken) {
  const auto found = std::find_if(taken.begin(), taken.end(), [&](const decision& d) {
    return d.kind == choice::lost && d.step == lost.step && d.name == lost.text;
  });
  return found == taken.end() ? "" : " #" + std::to_string(found->occurrence);
}

/// "settlement>store settle": who, whom; and what it would have said.
story_line lost_line(const trace_event& e, const std::vector<decision>& taken) {
  const auto arrow = e.text.find('>'), blank = e.text.find(' ');
  return {story_line::kind::lost,
          e.now,
          e.step,
          word(e.what),
          e.text.substr(0, arrow),
          e.text.substr(arrow + 1, blank - arrow - 1),
          e.fields + number_of(e, taken)};
}

/// "happened(breaker.open, inventory, ...)": what is between the parentheses.
story_line news_line(const trace_event& e) {
  const auto open = e.text.find('(') + 1;
  return {story_line::kind::of_one,
          e.now,
          e.step,
          word(e.what),
          e.from,
          {},
          e.text.substr(open, e.text.size() - open - 1)};
}

story_line::kind kind_of(const trace_event& e) {
  using kind = story_line::kind;
  if (e.what == trace_event::kind::message)
    return e.from.empty() ? kind::from_nobody : kind::message;
  return e.from.empty() != e.to.empty() ? kind::of_one : kind::of_all;
}

story_line line_of(const trace_event& e, const std::vector<decision>& taken) {
  if (e.what == trace_event::kind::lost) return lost_line(e, taken);
  if (e.what == trace_event::kind::news) return news_line(e);
  return {kind_of(e), e.now, e.step, word(e.what), e.from, e.to, e.text};
}

bool is_between_steps(const trace_event& e) {
  using kind = trace_event::kind;
  return e.what == kind::invoked || e.what == kind::fault || e.what == kind::missed ||
         e.what == kind::process || e.what == kind::note;
}

std::vector<story_line> verdict(const run_result& result) {
  const auto& broken = result.broken;
  std::vector<story_line> out;
  const auto say = [&](const char* word, std::uint64_t step, const std::string& text) {
    out.push_back({story_line::kind::of_all, result.ended_at, step, word, {}, {}, text});
  };
  if (broken.oracle.empty()) {
    say("VERDICT", result.steps, "all promises kept");
    return out;
  }
  const bool at_end = broken.step == 0;
  const auto step = at_end ? result.steps : broken.step;
  say("BROKEN", step, broken.oracle + ": " + broken.what + (at_end ? " (seen at the end)" : ""));
  if (!broken.message.empty()) say("", step, "by " + broken.message);
  if (!broken.evidence.empty()) say("", step, "the store has: " + broken.evidence);
  const auto promise = promise_of(broken.oracle);
  if (!promise.empty()) say("", step, "promised: " + promise);
  return out;
}

}  // namespace

const char* to_string(trace_event::kind kind) {
  static constexpr std::array<const char*, 11> names{{"message", "start", "lost", "end", "fault",
                                                      "missed", "ask", "answer", "process", "note",
                                                      "news"}};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<story_line> story_of(const std::vector<trace_event>& events, const run_result& result) {
  std::vector<story_line> out;
  const auto touched = links_in(result.taken);
  selection selected{touched, questions_in(events, touched), result.broken};
  auto next = result.taken.begin();
  virtual_ns now = 0;
  // A decision is taken while a message is handled, and that is shown when it is handed over.
  const auto decisions_before = [&](std::uint64_t step) {
    for (; next != result.taken.end() && next->step < step; ++next) {
      const auto text = words_of(*next, late_message(events, *next, now));
      if (text.empty() || !is_told(*next, result.taken.size())) continue;
      out.push_back({story_line::kind::of_all, now, next->step, "CHANCE", {}, {}, text});
    }
  };
  for (const auto& e : events) {
    // What happens between two steps has the number of the first: if time has moved, all that
    // chance did in that step is over.
    decisions_before(is_between_steps(e) && e.now > now ? e.step + 1 : e.step);
    now = e.now;
    if (selected.keeps(e)) out.push_back(line_of(e, result.taken));
  }
  decisions_before(decisions::never);
  const auto end = verdict(result);
  out.insert(out.end(), end.begin(), end.end());
  shortener shorten;
  for (auto& line : out) line.text = shorten(line.text);
  return folded(without_routine(std::move(out), result.broken));
}

}  // namespace taquilla::simulation
