// The words of case files for operations, faults and what the mail server says.
#include "simulation/world/plan.hpp"

#include <array>

namespace taquilla::simulation {

namespace {

constexpr std::array<const char*, 2> operation_words{{"buy", "cancel"}};
constexpr std::array<const char*, 8> fault_words{
    {"crash", "last-step", "stall", "chaos", "recover", "kill", "power", "stop"}};
constexpr std::array<const char*, visit::kinds> visit_words{
    {"health", "events", "seats", "chaos", "feed", "mailbox", "wait", "reservation", "reservations",
     "pending", "charges", "outbox"}};
constexpr std::array<const char*, 3> post_words{{"none", "later", "never"}};

template <class Kind, std::size_t N>
bool parse(const std::array<const char*, N>& words, const std::string& word, Kind& out) {
  for (std::size_t i = 0; i < N; ++i) {
    if (word != words[i]) continue;
    out = static_cast<Kind>(i);
    return true;
  }
  return false;
}

}  // namespace

const char* to_string(operation::kind kind) {
  return operation_words[static_cast<std::size_t>(kind)];
}
const char* to_string(fault::kind kind) { return fault_words[static_cast<std::size_t>(kind)]; }
const char* to_string(visit::kind kind) { return visit_words[static_cast<std::size_t>(kind)]; }
const char* to_string(post_fault what) { return post_words[static_cast<std::size_t>(what)]; }
bool parse_kind(const std::string& word, operation::kind& out) {
  return parse(operation_words, word, out);
}
bool parse_kind(const std::string& word, fault::kind& out) { return parse(fault_words, word, out); }
bool parse_kind(const std::string& word, visit::kind& out) { return parse(visit_words, word, out); }
bool parse_kind(const std::string& word, post_fault& out) { return parse(post_words, word, out); }

}  // namespace taquilla::simulation
