// How a case file is written: see case_file.hpp.
#include "simulation/cases/case_file.hpp"
#include "simulation/cases/spans.hpp"
#include "simulation/disk/sim_vfs.hpp"

#include <cinttypes>
#include <cstdio>
#include <set>
#include <sstream>
#include <tuple>

namespace taquilla::simulation {

namespace {

std::string word_of_value(const decision& d) {
  if (d.kind == choice::disk_fault) return to_string(static_cast<disk_fault>(d.value));
  if (d.kind == choice::post_fault) return to_string(static_cast<post_fault>(d.value));
  if (is_span(d.kind)) return print_span(static_cast<std::int64_t>(d.value), span_unit::us);
  return std::to_string(d.value);
}

std::string ms(std::int64_t count) { return print_span(count, span_unit::ms); }

std::string print(const decision_line& l) {
  const auto first = l.first.occurrence, last = first + l.times - 1;
  return std::string("take ") + to_string(l.first.kind) + " \"" + l.first.name + "\" #" +
         std::to_string(first) + (last == first ? "" : ".." + std::to_string(last)) + " = " +
         word_of_value(l.first);
}

std::string hex(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, value);
  return text;
}

}  // namespace

std::string print(const operation& o) {
  std::string out = "op client=" + std::to_string(o.client) +
                    " think=" + print_span(o.think_us, span_unit::us) + " " + to_string(o.what);
  if (o.what == operation::kind::cancel)
    out += (o.blind ? " id=" : " target=") + std::to_string(o.target);
  if (o.what == operation::kind::buy) {
    out += " seat=" + o.seat + " buyer=" + std::to_string(o.buyer) +
           " cents=" + std::to_string(o.cents);
    if (!o.key.empty()) out += " key=" + o.key;
  }
  if (o.patience_ms != operation{}.patience_ms) out += " patience=" + ms(o.patience_ms);
  return out;
}

std::string print(const fault& f) {
  std::string out = "fault at=" + ms(f.at_ms) + " " + to_string(f.what);
  if (!f.target.empty()) out += " " + f.target;
  if (!f.detail.empty()) out += " " + f.detail;
  bool process =
      f.what == fault::kind::kill || f.what == fault::kind::power || f.what == fault::kind::stop;
  if (f.value != 0) out += (process ? " jump=" : " delay=") + ms(f.value);
  if (f.rate_ppm != fault{}.rate_ppm) out += " rate=" + std::to_string(f.rate_ppm);
  if (f.for_ms != 0) out += " for=" + ms(f.for_ms);
  if (f.times != 0) out += " times=" + std::to_string(f.times);
  return out;
}

std::string print(const visit& v) {
  std::string out = "visit at=" + ms(v.at_ms) + " " + to_string(v.what);
  const bool waits = v.what == visit::kind::wait;
  if (waits || v.what == visit::kind::reservations) out += " buyer=" + std::to_string(v.buyer);
  if (waits) out += " for=" + ms(v.for_ms);
  return out;
}

std::string print(const decision& d) { return print(decision_line{d, 1}); }

std::vector<decision_line> lines_of(const std::vector<decision>& script) {
  const auto with_number = [](const decision& d, std::uint64_t n) {
    return std::make_tuple(d.kind, d.name, d.value, n);
  };
  std::set<std::tuple<choice, std::string, std::uint64_t, std::uint64_t>> all;
  for (const auto& d : script) all.insert(with_number(d, d.occurrence));
  std::vector<decision_line> out;
  for (const auto& d : script) {
    if (all.count(with_number(d, d.occurrence - 1)) > 0) continue;  // told with the one before
    std::uint64_t times = 1;
    while (all.count(with_number(d, d.occurrence + times)) > 0) ++times;
    out.push_back({d, times});
  }
  return out;
}

std::string print_case(const case_file& c) {
  const auto& p = c.what;
  std::ostringstream out;
  out << "simcase 1\n";
  for (const auto& comment : c.comments) out << "#" << comment << "\n";
  out << "commit " << c.commit << "\nprofile " << p.profile << "\nstrategy "
      << to_string(p.strategy) << "\nseed " << p.seed << "\noracle " << c.oracle << "\n";
  if (c.hash != 0) out << "hash " << hex(c.hash) << "\n";
  out << "disk " << (p.fast_disk ? "fast" : "real") << "\n";
  if (p.post.there) out << "post smtp\n";
  if (p.early_within_ms != 0) out << "early-within " << ms(p.early_within_ms) << "\n";
  out << "heal " << ms(p.heal_at_ms) << "\n";
  for (const auto& known : all_knobs)
    if (p.numbers.*known.member != knobs{}.*known.member)
      out << "knob " << known.name << " " << p.numbers.*known.member << "\n";
  for (const auto& o : p.operations) out << print(o) << "\n";
  for (const auto& f : p.faults) out << print(f) << "\n";
  for (const auto& v : p.visits) out << print(v) << "\n";
  for (const auto& line : lines_of(p.script)) out << print(line) << "\n";
  return out.str();
}

}  // namespace taquilla::simulation
