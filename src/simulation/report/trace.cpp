#include "simulation/report/trace.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>
#include <set>

namespace taquilla::simulation {

namespace {

constexpr std::size_t text_max = 110;

const char* word(trace_event::kind kind) {
  switch (kind) {
    case trace_event::kind::message:
      return "";
    case trace_event::kind::start:
      return "start";
    case trace_event::kind::lost:
      return "LOST";
    case trace_event::kind::ended:
      return "END";
    case trace_event::kind::fault:
      return "FAULT";
    case trace_event::kind::invoked:
      return "ASK";
    case trace_event::kind::answered:
      return "ANSWER";
    case trace_event::kind::process:
      return "PROCESS";
    case trace_event::kind::note:
      return "NOTE";
  }
  return "";
}

std::string role_of(const std::string& actor) { return actor.substr(0, actor.find('#')); }

/// What a reader of the business story does not miss.
bool is_noise(const trace_event& e) {
  if (e.what == trace_event::kind::start) return true;
  if (e.what != trace_event::kind::message) return false;
  static const std::array<const char*, 12> dull{
      {"report_ready", "child_ready", "check_holds", "look_again", "sweep_open", "know_supervisor",
       "open_purchases", "look_around", "service_healed", "report_desk", "desk_report", "start_"}};
  for (const char* prefix : dull)
    if (e.text.rfind(prefix, 0) == 0) return true;
  auto to = role_of(e.to);
  return to == "event_feed" || to == "operator" || role_of(e.from) == "operator" ||
         role_of(e.from) == "event_feed" || e.text.rfind("happened", 0) == 0;
}

std::string clip(const std::string& text) {
  return text.size() <= text_max ? text : text.substr(0, text_max - 3) + "...";
}

void print_text(std::ostream& out, const std::vector<trace_event>& events) {
  for (const auto& e : events) {
    if (is_noise(e)) continue;
    char head[96];
    std::snprintf(head, sizeof head, "%11.6fs %5llu  %-8s", static_cast<double>(e.now) / 1e9,
                  static_cast<unsigned long long>(e.step), word(e.what));
    auto ends = e.from + (e.to.empty() ? "" : (e.from.empty() ? "" : " -> ") + e.to);
    ends.resize(std::max<std::size_t>(ends.size(), 42), ' ');
    out << head << " " << ends << " " << clip(e.text) << "\n";
  }
}

// -- mermaid -------------------------------------------------------------------------------------

std::string mermaid_safe(std::string text) {
  for (char& c : text)
    if (c == ';' || c == '#' || c == '<' || c == '>' || c == '"') c = ' ';
  return clip(text);
}

void print_mermaid(std::ostream& out, const std::vector<trace_event>& events) {
  out << "sequenceDiagram\n";
  std::vector<std::string> seen;
  for (const auto& e : events) {
    if (is_noise(e)) continue;
    for (auto role : {role_of(e.from), role_of(e.to)})
      if (!role.empty() && std::find(seen.begin(), seen.end(), role) == seen.end())
        seen.push_back(role);
  }
  for (const auto& role : seen) out << "  participant " << role << "\n";
  auto anybody = seen.empty() ? std::string("world") : seen.front();
  for (const auto& e : events) {
    if (is_noise(e)) continue;
    auto from = role_of(e.from);
    auto to = role_of(e.to);
    if (e.what == trace_event::kind::message && !from.empty())
      out << "  " << from << "->>" << to << ": " << mermaid_safe(e.text) << "\n";
    else
      out << "  Note over "
          << (!to.empty()     ? to
              : !from.empty() ? from
                              : anybody)
          << ": " << word(e.what) << " " << mermaid_safe(e.text) << "\n";
  }
}

void print_json(std::ostream& out, const std::vector<trace_event>& events) {
  for (const auto& e : events) {
    nlohmann::ordered_json line{
        {"step", e.step}, {"vtime_ns", e.now}, {"kind", *word(e.what) ? word(e.what) : "message"},
        {"from", e.from}, {"to", e.to},        {"text", e.text}};
    out << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  }
}

}  // namespace

bool parse_trace_format(const std::string& word_in, trace_format& out) {
  if (word_in == "text") return out = trace_format::text, true;
  if (word_in == "mermaid") return out = trace_format::mermaid, true;
  if (word_in == "json") return out = trace_format::json, true;
  return false;
}

void print_trace(std::ostream& out, trace_format format, const std::vector<trace_event>& events,
                 const run_result& result) {
  if (format == trace_format::json) return print_json(out, events);
  auto verdict = result.failed() ? result.broken.oracle + ": " + result.broken.what
                                 : std::string("all promises kept");
  if (format == trace_format::text) {
    print_text(out, events);
    out << "VERDICT " << verdict << "\n";
    return;
  }
  print_mermaid(out, events);
  out << "  %% " << mermaid_safe(verdict) << "\n";
}

}  // namespace taquilla::simulation
