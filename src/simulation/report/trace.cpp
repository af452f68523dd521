#include "simulation/report/trace.hpp"

#include "simulation/cases/spans.hpp"
#include "simulation/report/story.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr std::size_t text_max = 110, ends_width = 42;

std::string clip(const std::string& text) {
  return text.size() <= text_max ? text : text.substr(0, text_max - 3) + "...";
}

// -- columns -------------------------------------------------------------------------------------

/// "client#1 -> door(inventory)", "-> inventory#1" from nobody, "client#1" of one alone.
std::string ends_of(const story_line& line) {
  const bool arrow =
      !line.to.empty() && (!line.from.empty() || line.what == story_line::kind::from_nobody);
  auto ends = line.from + (line.from.empty() || !arrow ? "" : " ") + (arrow ? "-> " : "") + line.to;
  ends.resize(std::max(ends.size(), ends_width), ' ');
  return ends;
}

void print_text(std::ostream& out, const std::vector<story_line>& story) {
  char head[96];
  std::snprintf(head, sizeof head, "%12s %5s  %-8s %-*s ", "time", "step", "what",
                static_cast<int>(ends_width), "who");
  out << head << "message, when it arrives\n";
  for (const auto& line : story) {
    std::snprintf(head, sizeof head, "%11.6fs %5llu  %-8s", static_cast<double>(line.now) / 1e9,
                  static_cast<unsigned long long>(line.step), line.word.c_str());
    const bool sentence = line.what == story_line::kind::of_all;
    out << head << ' ';
    if (sentence)
      out << line.text << "\n";
    else
      out << ends_of(line) << ' ' << clip(line.text) << "\n";
  }
}

// -- a sequence diagram --------------------------------------------------------------------------

std::string mermaid_safe(std::string text) {
  const std::string arrow = "->";
  for (auto at = text.find(arrow); at != std::string::npos; at = text.find(arrow, at))
    text.replace(at, arrow.size(), "\u2192");
  for (char& c : text) {
    if (c == '"') c = '\'';
    if (c == ';' || c == '#' || c == '<' || c == '>') c = ' ';
  }
  return clip(text);
}

/// The lanes of the diagram: whoever sends, gets or does something, in order of appearance. Who is
/// called by his role alone has no lane if somebody of that role has one.
class lanes {
 public:
  explicit lanes(const std::vector<story_line>& story) {
    for (const bool by_role : {false, true})
      for (const auto& line : story)
        if (line.what != story_line::kind::lost)
          for (const auto& who : {line.from, line.to})
            if (by_role ? !has(who) : who.find_first_of("#(") != std::string::npos) add(who);
    if (all_.empty()) all_.push_back("world");
  }

  const std::vector<std::string>& all() const { return all_; }

  /// A lane by its name; by its role alone the first that has it, else the first of all.
  std::string of(const std::string& who) const {
    for (const auto& lane : all_)
      if (is_of(lane, who)) return id_of(lane);
    return id_of(all_.front());
  }

  /// From the first to the last whom the name means: a role may be several.
  std::string all_of(const std::string& who) const {
    const auto is_one = [&](const auto& lane) { return is_of(lane, who); };
    const auto last = std::find_if(all_.rbegin(), all_.rend(), is_one);
    const auto first = of(who);
    return last == all_.rend() || id_of(*last) == first ? first : first + "," + id_of(*last);
  }

  static std::string id_of(std::string lane) {
    for (char& c : lane)
      if (c == '#' || c == '(') c = '_';
    lane.erase(std::remove(lane.begin(), lane.end(), ')'), lane.end());
    return lane;
  }

 private:
  static bool is_of(const std::string& lane, const std::string& who) {
    return lane == who || lane.substr(0, lane.find('#')) == who;
  }
  bool has(const std::string& who) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const auto& lane) { return is_of(lane, who); });
  }
  void add(const std::string& who) {
    if (!who.empty() && std::find(all_.begin(), all_.end(), who) == all_.end()) all_.push_back(who);
  }

  std::vector<std::string> all_;
};

void print_mermaid(std::ostream& out, const std::vector<story_line>& story) {
  using kind = story_line::kind;
  const lanes who{story};
  out << "sequenceDiagram\n";
  for (const auto& lane : who.all())
    out << "  participant " << lanes::id_of(lane) << " as " << mermaid_safe(lane) << "\n";
  const auto everybody = lanes::id_of(who.all().front()) +
                         (who.all().size() > 1 ? "," + lanes::id_of(who.all().back()) : "");
  virtual_ns told = -1;
  for (const auto& line : story) {
    if (line.now != std::exchange(told, line.now))
      out << "  Note over " << everybody << ": " << print_seconds(line.now) << "\n";
    const auto text = mermaid_safe(line.text);
    if (line.what == kind::message)
      out << "  " << who.of(line.from) << "->>" << who.of(line.to) << ": " << text << "\n";
    else if (line.what == kind::lost)
      out << "  " << who.of(line.from) << "-x" << who.of(line.to) << ": " << text << " (lost)\n";
    else
      out << "  Note over "
          << (line.what == kind::of_all ? everybody
                                        : who.all_of(line.from.empty() ? line.to : line.from))
          << ": " << (line.word.empty() ? "" : line.word + " ") << text << "\n";
  }
}

// -- everything ----------------------------------------------------------------------------------

void print_json(std::ostream& out, const std::vector<trace_event>& events) {
  for (const auto& e : events) {
    nlohmann::ordered_json line{{"step", e.step}, {"vtime_ns", e.now}, {"kind", to_string(e.what)},
                                {"from", e.from}, {"to", e.to},        {"text", e.text}};
    if (!e.fields.empty()) line["fields"] = e.fields;
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
  const auto story = story_of(events, result);
  if (format == trace_format::text)
    print_text(out, story);
  else
    print_mermaid(out, story);
}

}  // namespace taquilla::simulation
