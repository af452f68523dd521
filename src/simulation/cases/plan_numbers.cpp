#include "simulation/cases/plan_numbers.hpp"

#include <cstddef>
#include <type_traits>

namespace taquilla::simulation {

namespace {

template <class List, class Member>
plan_number number_at(List plan::*list, std::size_t i, Member member, std::int64_t calm,
                      bool is_time = true) {
  return {[=](const plan& p) { return static_cast<std::int64_t>((p.*list)[i].*member); },
          [=](plan& p, std::int64_t value) {
            auto& place = (p.*list)[i].*member;
            place = static_cast<std::decay_t<decltype(place)>>(value);
          },
          calm, is_time};
}

}  // namespace

std::vector<plan_number> numbers_of(const plan& p) {
  std::vector<plan_number> out;
  for (std::size_t i = 0; i < p.operations.size(); ++i) {
    out.push_back(number_at(&plan::operations, i, &operation::think_us, 0));
    out.push_back(number_at(&plan::operations, i, &operation::cents, operation{}.cents, false));
    out.push_back(
        number_at(&plan::operations, i, &operation::patience_ms, operation{}.patience_ms, false));
  }
  for (std::size_t i = 0; i < p.faults.size(); ++i) {
    out.push_back(number_at(&plan::faults, i, &fault::at_ms, 0));
    out.push_back(number_at(&plan::faults, i, &fault::for_ms, 0));
    out.push_back(number_at(&plan::faults, i, &fault::value, 0, false));
    out.push_back(number_at(&plan::faults, i, &fault::times, 0, false));
  }
  for (std::size_t i = 0; i < p.visits.size(); ++i) {
    out.push_back(number_at(&plan::visits, i, &visit::at_ms, 0));
    out.push_back(number_at(&plan::visits, i, &visit::for_ms, 0));
  }
  for (std::size_t i = 0; i < p.script.size(); ++i)
    if (is_delay(p.script[i].kind) || p.script[i].kind == choice::doubled)
      out.push_back(number_at(&plan::script, i, &decision::value, 1));
  return out;
}

std::int64_t sum_of_times(const plan& p) {
  std::int64_t sum = 0;
  for (const auto& number : numbers_of(p))
    if (number.is_time) sum += number.get(p);
  return sum;
}

}  // namespace taquilla::simulation
