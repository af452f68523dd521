#include "simulation/report/summary.hpp"

#include "simulation/oracles/promises.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <ostream>

namespace taquilla::simulation {

namespace {

constexpr std::size_t shown_max = 20;

void print_troubles(std::ostream& err, const campaign_summary& s) {
  for (auto seed : s.crashed) err << "CRASH seed=" << seed << ": the worker process died\n";
  for (auto seed : s.unequal) err << "NOT DETERMINISTIC seed=" << seed << " gave two hashes\n";
  for (const auto& [seed, what] : s.unguarded)
    err << "NOT DETERMINISTIC seed=" << seed << " used " << what << "\n";
  std::size_t shown = 0;
  for (const auto& f : s.failures) {
    if (++shown > shown_max) break;
    err << f.line << "\n  " << f.what << "\n";
  }
  if (s.failures.empty()) return;
  const auto& first = s.failures.front().replay;
  auto shrink = first;
  const std::string seed = "--seed ";
  shrink.replace(shrink.find(seed), seed.size(), "--minimize ");
  err << s.failures.size() << (s.failures.size() == 1 ? " failure" : " failures") << "; see "
      << (s.failures.size() == 1 ? "it" : "the first") << ", and shrink it, with\n"
      << first << "\n"
      << shrink << "\n";
}

std::string bar(double share) {
  constexpr int width = 40;
  return std::string(static_cast<std::size_t>(share * width + 0.5), '#');
}

}  // namespace

void print_summary(std::ostream& out, std::ostream& err, const campaign_summary& s, bool coverage) {
  print_troubles(err, s);
  if (coverage || s.goals_due)
    for (const bool missing : {true, false})
      for (const auto& [goal, count] : s.goals)
        if (missing == (count == 0) && (coverage || missing))
          out << (missing ? "not reached" : std::to_string(count)) << "\t" << goal << "\n";
  char text[240];
  auto t = s.real_s > 0 ? s.real_s : 1e-9;
  std::snprintf(
      text, sizeof text,
      "%llu seeds, %zu failures; %llu run twice, %zu of them unequal; %.0f seeds/s, %.0f steps/s, "
      "%.0f virtual seconds a second, %.1f s\n",
      static_cast<unsigned long long>(s.seeds), s.failures.size(),
      static_cast<unsigned long long>(s.run_twice), s.unequal.size(),
      static_cast<double>(s.seeds) / t, static_cast<double>(s.steps) / t, s.virtual_s / t, t);
  out << text;
}

std::string summary_json(const campaign_summary& s) {
  nlohmann::ordered_json j{
      {"seeds", s.seeds},     {"steps", s.steps},         {"virtual_seconds", s.virtual_s},
      {"seconds", s.real_s},  {"run_twice", s.run_twice}, {"unequal", s.unequal},
      {"crashed", s.crashed}, {"goals", s.goals}};
  auto& failures = j["failures"] = nlohmann::ordered_json::array();
  for (const auto& f : s.failures)
    failures.push_back(
        {{"seed", f.seed}, {"oracle", f.oracle}, {"what", f.what}, {"line", f.line}});
  return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void print_explanation(std::ostream& out, const minimised& m, const explanation& e) {
  out << m.result.broken.oracle << ": " << m.result.broken.what
      << "\npromised: " << promise_of(m.result.broken.oracle)
      << "\n\nlikelihood of this failure, when the "
      << "first steps are kept and the rest is drawn anew:\n";
  char text[96];
  for (const auto& point : e.curve) {
    std::snprintf(text, sizeof text, "  step %6llu  %3.0f %%  ",
                  static_cast<unsigned long long>(point.step), point.share * 100);
    out << text << bar(point.share) << "\n";
  }
  if (!e.decisive_step)
    out << "no step decides: it comes bit by bit, or from the operations and faults alone\n";
  else if (*e.decisive_step == e.decisive_after + 1)
    out << "decisive step: " << *e.decisive_step << "\n";
  else
    out << "decisive: one of the steps from " << e.decisive_after + 1 << " to " << *e.decisive_step
        << "; the last of them\n";
  for (const auto& line : e.decisive) out << "  " << line << "\n";
  out << "\nleaving out one of these, and nothing else, makes it pass:\n";
  for (const auto& line : e.essential) out << "  " << line << "\n";
  if (!e.scenery.empty()) out << "it happens without each of these too:\n";
  for (const auto& line : e.scenery) out << "  " << line << "\n";
}

}  // namespace taquilla::simulation
