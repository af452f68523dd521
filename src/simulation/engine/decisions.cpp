#include "simulation/engine/decisions.hpp"

#include "simulation/engine/keyed_random.hpp"

#include <array>

namespace taquilla::simulation {

namespace {

struct kind_word {
  choice kind;
  const char* word;
};

constexpr std::array<kind_word, 11> kind_words{{{choice::pick, "pick"},
                                                {choice::early, "early"},
                                                {choice::delay, "delay"},
                                                {choice::lost, "lost"},
                                                {choice::doubled, "doubled"},
                                                {choice::overtake, "overtake"},
                                                {choice::disk_fault, "disk-fault"},
                                                {choice::disk_slow, "disk-slow"},
                                                {choice::power_cut, "power-cut"},
                                                {choice::post_fault, "post-fault"},
                                                {choice::post_slow, "post-slow"}}};

std::uint64_t identity(choice kind, std::uint64_t name, std::uint64_t occurrence) {
  return combine(combine(static_cast<std::uint64_t>(kind), name), occurrence);
}

}  // namespace

const char* to_string(choice kind) {
  for (const auto& entry : kind_words)
    if (entry.kind == kind) return entry.word;
  return "unknown";
}

bool parse_choice(const std::string& word, choice& kind) {
  for (const auto& entry : kind_words) {
    if (word != entry.word) continue;
    kind = entry.kind;
    return true;
  }
  return false;
}

decisions::decisions(std::uint64_t seed, const std::vector<decision>& script,
                     std::uint64_t boundary)
    : seed_(seed), boundary_(boundary) {
  for (const auto& d : script) script_[identity(d.kind, hash_text(d.name), d.occurrence)] = d.value;
}

std::uint64_t decisions::draw(choice kind, std::uint64_t name, std::uint64_t occurrence) const {
  return keyed(seed_, static_cast<std::uint64_t>(kind), name, occurrence);
}

std::uint64_t decisions::take(choice kind, std::uint64_t name, const std::string& name_text,
                              std::uint64_t occurrence, std::uint64_t proposal) {
  auto value = proposal;
  if (!exploring()) {
    if (script_.empty()) return 0;
    auto found = script_.find(identity(kind, name, occurrence));
    value = found == script_.end() ? 0 : found->second;
  }
  if (value != 0) taken_.push_back({kind, name_text, occurrence, value, step_});
  return value;
}

}  // namespace taquilla::simulation
