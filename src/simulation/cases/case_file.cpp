#include "simulation/cases/case_file.hpp"

#include "policies/chaos.hpp"
#include "simulation/cases/spans.hpp"
#include "simulation/disk/sim_vfs.hpp"
#include "simulation/oracles/oracle.hpp"
#include "simulation/world/hall.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <set>
#include <sstream>
#include <utility>

namespace taquilla::simulation {

namespace {

/// What is wrong with a line; caught by parse_case alone.
struct bad_line {
  std::string why;
};

std::int64_t number(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  auto value = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || errno != 0 || end != text.c_str() + text.size())
    throw bad_line{"'" + text + "' is not a number"};
  return value;
}

std::int64_t span(const std::string& text, span_unit in) {
  if (const auto value = parse_span(text, in)) return *value;
  throw bad_line{"'" + text + "' is no time such as 250ms or 20s, in whole " +
                 (in == span_unit::us ? "microseconds" : "milliseconds")};
}

std::int64_t duration(const std::string& text, span_unit in) {
  const auto value = span(text, in);
  if (value < 0) throw bad_line{"'" + text + "' is negative"};
  return value;
}

std::string seat_in_hall(const std::string& text) {
  if (!parse_place(text))
    throw bad_line{"'" + text + "' is not a seat: A1 to A4, B1 to B4, EVT-002/A1 to EVT-002/B4"};
  return text;
}

std::uint32_t small(const std::string& text) {
  auto value = number(text);
  if (value < 0 || value > std::numeric_limits<std::uint32_t>::max())
    throw bad_line{"'" + text + "' is out of range"};
  return static_cast<std::uint32_t>(value);
}

std::uint64_t natural(const std::string& text, int base) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, base);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    throw bad_line{"'" + text + "' is not a number"};
  return value;
}

/// Nothing is ignored, not even behind what was understood.
void nothing_more(std::istringstream& line) {
  std::string word;
  if (line >> word) throw bad_line{"'" + word + "' is one word too many"};
}

/// Splits "key=value"; the key is empty where there is no '='.
std::pair<std::string, std::string> split(const std::string& word) {
  auto at = word.find('=');
  if (at == std::string::npos) return {"", word};
  return {word.substr(0, at), word.substr(at + 1)};
}

/// Of the words of a line those that are fields are handed to `set`; the only other one is the
/// kind.
/// @return whether the kind was named.
template <class Kind, class Set>
bool parse_kind_and_fields(std::istringstream& line, const char* noun, Kind& kind, Set set) {
  bool named = false;
  for (std::string word; line >> word;) {
    const auto [key, value] = split(word);
    if (!key.empty()) {
      set(key, value);
      continue;
    }
    if (std::exchange(named, true)) throw bad_line{"'" + value + "' is one word too many"};
    if (!parse_kind(value, kind))
      throw bad_line{std::string{"unknown "} + noun + " '" + value + "'"};
  }
  return named;
}

operation parse_operation(std::istringstream& line) {
  operation o;
  const auto set = [&o](const std::string& key, const std::string& value) {
    if (key == "client")
      o.client = small(value);
    else if (key == "think")
      o.think_us = duration(value, span_unit::us);
    else if (key == "seat")
      o.seat = seat_in_hall(value);
    else if (key == "buyer")
      o.buyer = small(value);
    else if (key == "cents")
      o.cents = number(value);
    else if (key == "key")
      o.key = value;
    else if (key == "target" || key == "id") {
      o.target = small(value);
      o.blind = key == "id";
    } else if (key == "patience")
      o.patience_ms = duration(value, span_unit::ms);
    else
      throw bad_line{"unknown field '" + key + "'"};
  };
  if (!parse_kind_and_fields(line, "operation", o.what, set))
    throw bad_line{"an operation is buy or cancel"};
  if (o.client == 0) throw bad_line{"clients are numbered from 1"};
  if (o.what == operation::kind::cancel && o.target == 0)
    throw bad_line{"cancel what? target=N: the N-th sale; id=N: that reservation"};
  return o;
}

void set_fault_field(fault& f, const std::string& key, const std::string& value) {
  if (key == "at")
    f.at_ms = duration(value, span_unit::ms);
  else if (key == "for")
    f.for_ms = duration(value, span_unit::ms);
  else if (key == "delay" || key == "jump")
    f.value = span(value, span_unit::ms);
  else if (key == "rate")
    f.rate_ppm = small(value);
  else if (key == "times")
    f.times = small(value);
  else
    throw bad_line{"unknown field '" + key + "'"};
}

/// A fault that strikes nobody would be a case of something else.
void check_whom(const fault& f) {
  using kind = fault::kind;
  const bool of_role = f.what == kind::crash || f.what == kind::last_step || f.what == kind::stall;
  if (of_role && f.target.empty())
    throw bad_line{std::string{to_string(f.what)} + " needs a role, for example inventory"};
  if (f.what != kind::chaos && f.what != kind::recover) return;
  if (f.target != "inventory" && f.target != "payment" && f.target != "notification")
    throw bad_line{"unknown service '" + f.target + "': inventory, payment, notification"};
  if (f.what == kind::chaos && !chaos_kind_of(f.detail))
    throw bad_line{"unknown kind of chaos '" + f.detail + "'"};
}

fault parse_fault(std::istringstream& line) {
  fault f;
  std::string word;
  int bare = 0;
  while (line >> word) {
    auto [key, value] = split(word);
    if (!key.empty()) {
      set_fault_field(f, key, value);
      continue;
    }
    ++bare;
    if (bare == 1 && !parse_kind(value, f.what)) throw bad_line{"unknown fault '" + value + "'"};
    if (bare == 2) f.target = value;
    if (bare == 3) f.detail = value;
    if (bare > 3) throw bad_line{"'" + value + "' is one word too many"};
  }
  if (bare == 0) throw bad_line{"a fault needs a kind"};
  check_whom(f);
  return f;
}

visit parse_visit(std::istringstream& line) {
  visit v;
  const auto set = [&v](const std::string& key, const std::string& value) {
    if (key == "at")
      v.at_ms = duration(value, span_unit::ms);
    else if (key == "buyer")
      v.buyer = small(value);
    else if (key == "for")
      v.for_ms = duration(value, span_unit::ms);
    else
      throw bad_line{"unknown field '" + key + "'"};
  };
  if (!parse_kind_and_fields(line, "visit", v.what, set))
    throw bad_line{"a visit needs a kind, for example health"};
  return v;
}

constexpr std::array<disk_fault, 5> disk_faults{{disk_fault::io_error, disk_fault::full,
                                                 disk_fault::busy, disk_fault::kill,
                                                 disk_fault::power}};

std::uint64_t disk_fault_of(const std::string& word) {
  std::string all;
  for (const auto one : disk_faults) {
    if (word == to_string(one)) return static_cast<std::uint64_t>(one);
    all += (all.empty() ? "" : ", ") + std::string{to_string(one)};
  }
  throw bad_line{"unknown disk-fault '" + word + "': " + all};
}

std::uint64_t post_fault_of(const std::string& word) {
  post_fault out{};
  if (!parse_kind(word, out) || out == post_fault::none)
    throw bad_line{"unknown post-fault '" + word + "': later, never"};
  return static_cast<std::uint64_t>(out);
}

std::uint64_t value_of(choice kind, const std::string& word) {
  if (kind == choice::disk_fault) return disk_fault_of(word);
  if (kind == choice::post_fault) return post_fault_of(word);
  const bool has_unit = !word.empty() && std::isdigit(static_cast<unsigned char>(word.back())) == 0;
  if (is_span(kind) && has_unit) return static_cast<std::uint64_t>(duration(word, span_unit::us));
  return natural(word, 10);
}

/// "8", or "8..18": the same for each of them.
void add_decisions(std::vector<decision>& script, decision d, const std::string& numbers) {
  constexpr std::uint64_t longest = 10'000;
  const auto dots = numbers.find("..");
  const auto first = natural(numbers.substr(0, dots), 10);
  const auto last = dots == std::string::npos ? first : natural(numbers.substr(dots + 2), 10);
  if (last < first || last - first >= longest)
    throw bad_line{"'" + numbers + "' is no row of at most " + std::to_string(longest)};
  for (d.occurrence = first; d.occurrence <= last; ++d.occurrence) script.push_back(d);
}

void parse_decisions(std::vector<decision>& script, const std::string& rest) {
  decision d;
  auto open = rest.find('"');
  auto close = rest.rfind('"');
  if (open == std::string::npos || close == open || open == 0)
    throw bad_line{"expected: take KIND \"NAME\" #N = VALUE, or #N..M"};
  auto kind = rest.substr(0, rest.find(' '));
  if (!parse_choice(kind, d.kind)) throw bad_line{"unknown decision '" + kind + "'"};
  d.name = rest.substr(open + 1, close - open - 1);
  std::istringstream tail(rest.substr(close + 1));
  std::string sharp, equals, value, more;
  tail >> sharp >> equals >> value;
  if (sharp.rfind('#', 0) != 0 || equals != "=" || value.empty() || tail >> more)
    throw bad_line{"expected: #N = VALUE"};
  d.value = value_of(d.kind, value);
  add_decisions(script, d, sharp.substr(1));
}

void parse_knob(knobs& k, std::istringstream& line) {
  std::string name;
  std::string value;
  line >> name >> value;
  for (const auto& known : all_knobs)
    if (name == known.name) {
      k.*known.member = number(value);
      const bool may_be_none =
          known.member == &knobs::commit_delay_ms || known.member == &knobs::retry_base_ms;
      const int least = may_be_none ? 0 : 1;
      if (k.*known.member < least) throw bad_line{"knobs are positive"};
      const auto wrong = problem(breaker_of(k));
      if (!wrong.empty()) throw bad_line{std::string{wrong}};
      return;
    }
  throw bad_line{"unknown knob '" + name + "'"};
}

void parse_choice_of_few(plan& p, const std::string& word, const std::string& value) {
  const auto wants = [&](bool known, const char* choices) {
    if (!known) throw bad_line{"unknown " + word + " '" + value + "': " + choices};
  };
  if (word == "disk") {
    wants(value == "fast" || value == "real", "fast, real");
    p.fast_disk = value == "fast";
  } else if (word == "post") {
    wants(value == "smtp" || value == "none", "smtp, none");
    p.post.there = value == "smtp";
  } else if (word == "profile") {
    wants(is_profile(value), "swarm, calm, crash, disk, slow");
    p.profile = value;
  } else if (word == "strategy") {
    wants(parse_strategy(value, p.strategy), "auto, fifo, random, pct:D, pos");
  } else {
    throw bad_line{"unknown line '" + word + " " + value + "'"};
  }
}

bool is_promise(const std::string& name) {
  if (name == "none") return true;
  plan with_visitors;  // two more promises
  with_visitors.visits.emplace_back();
  const auto all = make_oracles(with_visitors);
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return name == one->name(); });
}

void parse_head(case_file& c, const std::string& word, std::istringstream& line) {
  std::string value;
  line >> value;
  if (word == "commit")
    c.commit = value;
  else if (word == "oracle") {
    if (!is_promise(value)) throw bad_line{"unknown promise '" + value + "'"};
    c.oracle = value;
  } else if (word == "hash")
    c.hash = natural(value, 16);
  else if (word == "seed")
    c.what.seed = natural(value, 10);
  else if (word == "heal")
    c.what.heal_at_ms = duration(value, span_unit::ms);
  else if (word == "early-within")
    c.what.early_within_ms = duration(value, span_unit::ms);
  else
    parse_choice_of_few(c.what, word, value);
}

/// @param stated the words that may come once, of the lines so far.
void parse_line(case_file& c, std::set<std::string>& stated, const std::string& text) {
  std::istringstream line(text);
  std::string word;
  if (!(line >> word)) return;
  if (word[0] == '#') return c.comments.push_back(text.substr(text.find('#') + 1));
  if (word == "op") return c.what.operations.push_back(parse_operation(line));
  if (word == "fault") return c.what.faults.push_back(parse_fault(line));
  if (word == "visit") return c.what.visits.push_back(parse_visit(line));
  if (word == "take") {
    std::string rest;
    std::getline(line >> std::ws, rest);
    return parse_decisions(c.what.script, rest);
  }
  if (word == "knob") {
    parse_knob(c.what.numbers, line);
  } else {
    if (!stated.insert(word).second) throw bad_line{"a second line '" + word + "'"};
    parse_head(c, word, line);
  }
  nothing_more(line);
}

}  // namespace

bool parse_case(const std::string& text, case_file& out, std::string& error) {
  out = case_file{};
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line) || line != "simcase 1") {
    error = "line 1: a case file begins with 'simcase 1'";
    if (line == "simcase 1\r") error += ", and its lines do not end in CR LF";
    return false;
  }
  std::set<std::string> stated;
  for (int n = 2; std::getline(lines, line); ++n) {
    try {
      parse_line(out, stated, line);
    } catch (const bad_line& bad) {
      error = "line " + std::to_string(n) + ": " + bad.why;
      return false;
    }
  }
  return true;
}

}  // namespace taquilla::simulation
