// Goal: the same story as columns, as a diagram that others draw, and as JSON with everything in
// it. Method: small plans, what is printed of them.
#include "simulation/report/trace.hpp"

#include "small_plans.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace taquilla;
using namespace taquilla::simulation;

namespace {

std::string printed(const plan& p, trace_format format) {
  std::vector<trace_event> events;
  run_options how;
  how.trace = [&](const trace_event& e) { events.push_back(e); };
  const auto result = replay(p, how);
  std::ostringstream out;
  print_trace(out, format, events, result);
  return out.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

plan one_sale() {
  plan p;
  p.operations = {buy("A1")};
  return p;
}

}  // namespace

TEST_CASE("columns say when, in which step, who to whom, and what") {
  auto p = one_sale();
  p.script = {{choice::delay, "reservation_desk>client purchase_accepted", 1, 1'000, 0}};
  const auto text = printed(p, trace_format::text);
  CHECK(has(text, "        time  step  what     who "));
  CHECK(has(text, "   0.250000s "));
  CHECK(has(text, " reservation#1 -> inventory#1               hold_seat(EVT-001 A1, order ~1"));
  CHECK(has(text, "  ANSWER   client#1                                   accepted: reservation 1"));
}

TEST_CASE("a diagram has a lane for everybody, arrows for messages and crosses for lost ones") {
  auto p = one_sale();
  p.script = {{choice::lost, "store>reservation purchase_confirmed", 1, 1, 0}};
  const auto diagram = printed(p, trace_format::mermaid);
  CHECK(diagram.rfind("sequenceDiagram\n  participant client_1 as client 1\n", 0) == 0);
  CHECK(
      has(diagram, "\n  reservation_1->>inventory_1: hold_seat(EVT-001 A1, order ~1, token ~2)\n"));
  CHECK(has(diagram, "\n  store_1-xreservation_1: purchase_confirmed(reservation 1)  1 (lost)\n"));
  CHECK(has(diagram, "\n  Note over client_1: ASK buy seat=A1"));
  CHECK(has(diagram, "PROCESS process 1 starts\n"));
  CHECK(has(diagram, "VERDICT all promises kept\n"));
}

TEST_CASE("a diagram tells the time, and of a fault beside those whom it may strike") {
  auto p = one_sale();
  p.operations.push_back(buy("A2"));
  for (const std::uint64_t n : {1, 2})
    p.script.push_back({choice::delay, "reservation_desk>client purchase_accepted", n, 1'000, 0});
  p.faults = {fault_of(fault::kind::crash, "reservation", 3'000),
              fault_of(fault::kind::crash, "inventory", 4'000)};
  const auto diagram = printed(p, trace_format::mermaid);
  CHECK(has(diagram, ": 0.250000 s\n"));
  CHECK(has(diagram, ": 4.000000 s\n"));
  CHECK(has(diagram, "\n  Note over reservation_1,reservation_2: MISSED crash reservation"));
  CHECK_FALSE(has(diagram, " participant reservation as"));
  CHECK_FALSE(has(diagram, " participant inventory as"));
}

TEST_CASE("JSON has every event as it was, one a line") {
  const auto lines = printed(one_sale(), trace_format::json);
  CHECK(has(lines, "flush_batch"));
  CHECK(has(lines, "\"kind\":\"ask\""));
  CHECK_FALSE(has(lines, "~1"));
}
