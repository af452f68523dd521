#include "simulation/engine/links.hpp"

#include "simulation/engine/keyed_random.hpp"

namespace taquilla::simulation {

namespace {

std::uint64_t pack(std::uint32_t from, std::uint32_t to, std::uint32_t type) {
  return std::uint64_t{from} << 42 | std::uint64_t{to} << 21 | type;
}

}  // namespace

std::uint32_t link_layer::find(std::uint32_t from, std::uint32_t to, std::uint32_t type) const {
  auto found = index_.find(pack(from, to, type));
  return found == index_.end() ? unknown : found->second;
}

std::uint32_t link_layer::find(std::uint32_t from, std::uint32_t to, std::uint32_t type,
                               const std::string& name, bool lossy) {
  auto [place, fresh] =
      index_.emplace(pack(from, to, type), static_cast<std::uint32_t>(links_.size()));
  if (fresh)
    links_.push_back(
        {name, hash_text(name), lossy, 0, name == weather_.bad, name == weather_.tardy});
  return place->second;
}

std::uint64_t link_layer::propose_delay(const link& l) const {
  auto drawn = taken_.draw(choice::delay, l.hash, l.occurrences);
  if (l.tardy && one_in(scramble(drawn), weather_.tardy_ppm))
    return 1 + below(scramble(drawn + 1), weather_.late_max_us);
  if (!one_in(drawn, weather_.delay_ppm)) return 0;
  auto again = scramble(drawn);
  bool late = one_in(again, weather_.late_ppm);
  return 1 + below(scramble(again), late ? weather_.late_max_us : weather_.delay_max_us);
}

std::uint64_t link_layer::take(choice kind, const link& l, std::uint32_t ppm,
                               std::uint64_t value_max) {
  std::uint64_t proposal = 0;
  if (ppm != 0 && taken_.exploring()) {
    auto drawn = taken_.draw(kind, l.hash, l.occurrences);
    if (one_in(drawn, ppm)) proposal = 1 + below(scramble(drawn), value_max);
  }
  return taken_.take(kind, l.hash, l.name, l.occurrences, proposal);
}

message_fate link_layer::next(std::uint32_t index, bool request_or_answer) {
  auto& l = links_[index];
  ++l.occurrences;
  message_fate fate;
  auto proposal = weather_.delay_ppm != 0 && taken_.exploring() ? propose_delay(l) : 0;
  fate.delay_us = static_cast<std::int64_t>(
      taken_.take(choice::delay, l.hash, l.name, l.occurrences, proposal));
  if (!l.lossy || !request_or_answer) return fate;
  fate.lost = take(choice::lost, l, l.bad ? weather_.bad_ppm : weather_.lost_ppm, 1) != 0;
  fate.overtakes = take(choice::overtake, l, weather_.overtake_ppm, 1) != 0;
  fate.doubled_after_us = static_cast<std::int64_t>(
      take(choice::doubled, l, weather_.doubled_ppm, weather_.delay_max_us + 1));
  return fate;
}

}  // namespace taquilla::simulation
