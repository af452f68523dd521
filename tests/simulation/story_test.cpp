// Goal: a trace tells the story of a run: what was asked and answered, what chance did, what broke
// and by whom, and nothing that would hide it. Method: small plans and planted bugs, the lines as
// story_of makes them.
#include "simulation/report/story.hpp"

#include "domain/planted.hpp"
#include "simulation/disk/sim_vfs.hpp"
#include "simulation/oracles/promises.hpp"
#include "small_plans.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace taquilla;
using planted::planting;
using namespace taquilla::simulation;

namespace {

struct recorded {
  std::vector<trace_event> events;
  run_result result;
};

recorded record(const plan& p) {
  recorded out;
  run_options how;
  how.trace = [&](const trace_event& e) { out.events.push_back(e); };
  out.result = replay(p, how);
  return out;
}

/// Word, ends and text of each line, without times and steps.
std::string told(const plan& p) {
  const auto run = record(p);
  std::string out;
  for (const auto& line : story_of(run.events, run.result))
    out += line.word + "|" + line.from + "|" + line.to + "|" + line.text + "\n";
  return out;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

operation cancel_first() {
  operation o;
  o.what = operation::kind::cancel;
  o.target = 1;
  return o;
}

plan one_sale() {
  plan p;
  p.operations = {buy("A1")};
  return p;
}

}  // namespace

TEST_CASE("a sale in which nothing is in the way is told in a line, and so is its mail") {
  const auto story = told(one_sale());
  CHECK(std::count(story.begin(), story.end(), '\n') == 8);
  CHECK(has(story,
            "PROCESS|||the theatre is open\n"
            "ASK|client#1||buy seat=A1 buyer=1 cents=5000\n"
            "SALE|client#1||EVT-001 A1 to buyer1@test.example for 50.00: reservation 1, by"
            " reservation#1, token ~2 (to step "));
  CHECK(
      has(story, "\nMAIL|mail_relay#1||1-confirmed to buyer1@test.example: answered as done (to"));
  CHECK(has(story,
            "|supervisor#1||tells reservation_desk#1, settlement#1, mail_relay#1: healed are"
            " inventory, payment, notification\n"
            "VERDICT|||all promises kept\n"));
}

TEST_CASE("what the verdict is about is told in all, though it was answered as done") {
  auto p = one_sale();
  p.operations.push_back(cancel_first());
  p.operations.back().think_us = 1'000'000;
  planting b{planted::bug::refund_ignored};
  const auto story = told(p);
  CHECK(has(story, "BROKEN|||every-charge-has-its-ticket: reservation 1"));
  CHECK(has(story,
            "|||the store has: reservation 1 is cancelled, its charge is charged, mailed:"
            " 1-confirmed, 1-cancelled\n"));
  CHECK_FALSE(has(story, "MONEY|"));
  CHECK(has(story, "|settlement#1|payment#1|refund_payment(reservation 1)\n"));
}

TEST_CASE("a cancellation is told in a line, and so is the money that goes back") {
  auto p = one_sale();
  p.operations.push_back(cancel_first());
  p.operations.back().think_us = 1'000'000;
  const auto story = told(p);
  CHECK(has(story, "CANCEL|client#1||reservation 1: the seat is free again, relays are told, by"));
  CHECK(has(story, "MONEY|settlement#1||refund of reservation 1: answered as done"));
  CHECK(has(story, "MAIL|mail_relay#1||1-cancelled to buyer1@test.example: answered"));
}

TEST_CASE("what differs from routine in one message is told in all") {
  auto p = one_sale();
  p.operations.push_back(cancel_first());
  p.operations.back().think_us = 1'000'000;
  const auto line = [&](planted::bug bug) {
    planting b{bug};
    return told(p);
  };
  const auto unfreed = line(planted::bug::cancelled_too_early);
  CHECK_FALSE(has(unfreed, "CANCEL|"));
  CHECK(has(unfreed, "|cancel_purchase(reservation 1)\n"));
  auto late = p;
  late.script = {{choice::delay, "settlement>payment refund_payment", 1, 1'000, 0}};
  CHECK_FALSE(has(told(late), "MONEY|"));
  CHECK(has(told(late), "|refund_payment(reservation 1), sent at 1.250000 s\n"));
  auto twice = p;
  twice.script = {{choice::doubled, "reservation>inventory hold_seat", 1, 20'000, 0}};
  CHECK_FALSE(has(told(twice), "SALE|"));
}

/// Of whom it is told message by message, for his answer comes late.
plan one_slow_sale() {
  auto p = one_sale();
  p.script = {{choice::delay, "reservation_desk>client purchase_accepted", 1, 1'000, 0}};
  return p;
}

TEST_CASE("a sale is told in a screen, from the question to the verdict") {
  const auto story = told(one_slow_sale());
  CHECK(
      has(story,
          "PROCESS|||process 1 starts\nPROCESS|||the theatre is open\n"
          "ASK|client#1||buy seat=A1 buyer=1 cents=5000\n"
          "|client#1|reservation_desk#1|purchase_order(EVT-001 A1, buyer1@test.example, 50.00)\n"));
  CHECK(has(story, "|reservation#1|inventory#1|hold_seat(EVT-001 A1, order ~1, token ~2)\n"));
  CHECK(has(story, "|inventory#1|reservation#1|hold_answer(held)\n"));
  CHECK(has(story, "|reservation#1|store#1|record_charge(reservation 1, 50.00)\n"));
  CHECK(has(story, "ANSWER|client#1||accepted: reservation 1\n"));
  CHECK(has(story, "NOTE|||everything is healed: all has been asked, and all faults are over\n"));
  CHECK(has(story, "VERDICT|||all promises kept\n"));
  CHECK(std::count(story.begin(), story.end(), '\n') < 40);
  for (const char* small_talk : {"flush_batch", "commit_due", "show_rules", "report_ready",
                                 "happened", "open_door", "mails(none", "look_again"})
    CHECK_MESSAGE(!has(story, small_talk), std::string{small_talk});
}

TEST_CASE("who asked is told where something was found") {
  auto p = one_sale();
  p.script = {{choice::delay, "store>mail_relay mail_filed", 1, 1'000, 0}};
  const auto story = told(p);
  const auto asked = story.find("|mail_relay#1|store#1|due_mails(");
  REQUIRE(asked != std::string::npos);
  CHECK(story.find("|mail_relay#1|store#1|due_mails(", asked + 1) == std::string::npos);
  CHECK(story.find("|store#1|mail_relay#1|mails(1-confirmed") > asked);
  CHECK_FALSE(has(story, "live_seats("));  // asked every few seconds, and nothing happened to it
}

TEST_CASE("what chance did stands before what happened later, though no step lies between") {
  auto p = one_sale();
  p.script = {{choice::delay, "inventory>reservation hold_answer", 1, 900'000, 0}};
  p.operations.push_back(buy("A2", 500'000));
  p.operations.back().client = 2;
  const auto story = told(p);
  const auto chance = story.find("CHANCE|||inventory>reservation hold_answer #1");
  REQUIRE(chance != std::string::npos);
  CHECK(chance < story.find("ASK|client#2|"));
}

TEST_CASE("what chance did stands where it was decided") {
  auto p = one_sale();
  p.script = {{choice::delay, "reservation>payment charge_card", 1, 1'500'000, 0},
              {choice::doubled, "reservation>inventory hold_seat", 1, 20'000, 0},
              {choice::lost, "store>reservation purchase_confirmed", 1, 1, 0}};
  const auto story = told(p);
  CHECK(has(story,
            "CHANCE|||reservation>payment charge_card #1 (reservation 1, 50.00, attempt 1) "
            "comes 1.500000 s later, at 1.750000 s\n"));
  CHECK(
      has(story, "CHANCE|||reservation>inventory hold_seat #1 comes twice, the second 0.020000 s"));
  CHECK(has(story, "LOST|store|reservation|purchase_confirmed(reservation 1) #1\n"));
  const auto late = story.find("charge_card #1 (");
  const auto arrives = story.find("|charge_card(reservation 1");
  REQUIRE(arrives != std::string::npos);
  CHECK(late < arrives);
}

TEST_CASE("a fault that finds nothing to strike is told as that, and is not counted") {
  auto p = one_sale();
  p.operations.push_back(buy("A2"));
  p.operations[1].think_us = 9'000'000;
  p.faults = {fault_of(fault::kind::chaos, "payment", 0),
              fault_of(fault::kind::crash, "reservation", 3'000),
              fault_of(fault::kind::crash, "inventory", 4'000)};
  p.faults[0].detail = "decline";
  const auto story = told(p);
  CHECK(has(story, "MISSED||payment|chaos payment decline: the theatre is not open yet\n"));
  CHECK(has(story, "MISSED||reservation|crash reservation: none is alive\n"));
  CHECK(has(story, "FAULT||inventory|crash inventory\n"));
  const auto goals = replay(p).goals;
  CHECK(std::count(goals.begin(), goals.end(), "fault-crash") == 1);
  CHECK(std::count(goals.begin(), goals.end(), "fault-chaos-decline") == 0);
  p.faults = {fault_of(fault::kind::kill, "", 300), fault_of(fault::kind::crash, "store", 301)};
  p.faults[0].for_ms = 500;
  CHECK(has(told(p), "MISSED||store|crash store: the process is down\n"));
  p.faults = {fault_of(fault::kind::stop, "", 300), fault_of(fault::kind::stop, "", 300)};
  CHECK(has(told(p), "MISSED|||stop: it is stopping already\n"));
}

TEST_CASE("every question has its answer, also that nobody gave") {
  plan p;
  p.operations = {cancel_first(), buy("A1"), cancel_first()};
  auto story = told(p);
  CHECK(has(story, "ASK|client#1||cancel target=1\nANSWER|client#1||nothing to cancel yet\n"));
  CHECK(has(story, "ASK|client#1||cancel target=1, which is reservation 1\n"));
  CHECK(has(story, "ANSWER|client#1||accepted: reservation 1 is cancelled\n"));
  p.operations.assign(8, buy("A1"));
  CHECK(has(told(p), "ANSWER|client#1||refused: rate_limited\n"));
  p.operations = {buy("A1")};
  p.faults = {fault_of(fault::kind::chaos, "payment", 10), fault_of(fault::kind::kill, "", 900)};
  p.faults[0].detail = "stall";
  p.faults[1].value = -225'000;
  p.script = {{choice::delay, "client>reservation_desk purchase_order", 1, 1, 0}};
  story = told(p);
  CHECK(has(story, "ANSWER|client#1||unknown: the process is gone\n"));
  CHECK(has(story, "PROCESS|||process 2 starts, its clock 225.000 s behind\n"));
  p.faults.pop_back();
  p.operations[0].patience_ms = 500;
  CHECK(has(told(p), "ANSWER|client#1||unknown: gave up after 500 ms\n"));
}

TEST_CASE(
    "small talk that chance touched is told, and how doors open when it touched one of them") {
  auto p = one_sale();
  p.script = {{choice::delay, "store>supervisor child_ready", 1, 20'000, 0}};
  CHECK(has(told(p), "|store#1|supervisor#1|child_ready()"));
  CHECK_FALSE(has(told(p), "open_door"));
  p.script = {{choice::delay, "supervisor>door open_door", 2, 20'000, 0}};
  CHECK(has(told(p), "|supervisor#1|door(payment)|open_door(to the new one)\n"));
  CHECK(has(told(p), "|supervisor#1|door(inventory)|open_door(to the new one)"));
}

TEST_CASE("what actors and breakers went through is news") {
  auto p = one_sale();
  p.operations.assign(6, buy("A1"));
  for (auto& o : p.operations) o.think_us = 1'100'000;
  p.faults = {fault_of(fault::kind::chaos, "inventory", 100)};
  p.faults[0].detail = "crash";
  const auto story = told(p);
  CHECK(has(story, "NEWS|supervisor#1||actor.down, inventory, crash ordered\n"));
  CHECK(has(story, "NEWS|door(inventory)||fault.set, inventory#1, crash\n"));
  CHECK(has(story, "NEWS|reservation_desk#1||breaker.open, inventory, closed -> open: failures\n"));
}

TEST_CASE("what a second process looked for and did not find is told once") {
  auto p = one_sale();
  p.faults = {fault_of(fault::kind::kill, "", 900)};
  const auto story = told(p);
  const auto second = story.find("process 2 starts");
  CHECK(story.find("|store#1|reservation_desk#1|reservations(none)\n") > second);
  CHECK(story.find("|store#1|reservation_desk#1|reservations(none)\n") ==
        story.rfind("|store#1|reservation_desk#1|reservations(none)\n"));
}

TEST_CASE("lines that come again and again are told once") {
  auto p = one_sale();
  p.operations.push_back(buy("A2"));
  p.operations[1].think_us = 60'000'000;
  const auto story = told(p);
  const std::string seats =
      "|store#1|inventory#1|live_seats_page(EVT-001 A1: reservation 1, sold)\n";
  CHECK(has(story, seats + "|||... the line above 10 times more\n"));
  CHECK_FALSE(has(story, seats + seats));
}

TEST_CASE("who sends a message that nobody waits for is named") {
  auto p = one_sale();
  p.faults = {fault_of(fault::kind::chaos, "payment", 10)};
  p.faults[0].detail = "decline";
  CHECK(has(told(p), "|reservation#1|inventory#1|release_seat(EVT-001 A1, token ~2"));
}

TEST_CASE("an answer that sounds as if all were done says what it answers") {
  auto p = one_sale();
  p.faults = {fault_of(fault::kind::chaos, "notification", 10)};
  p.faults[0].detail = "bounce";
  CHECK(
      has(told(p), "|store#1|mail_relay#1|mail_filed(1-confirmed), to postpone_mail again later"));
}

TEST_CASE("a question of somebody who has ended says so, and so does a last step") {
  auto p = one_sale();
  p.script = {{choice::delay, "reservation>payment charge_card", 1, 20'000'000, 0}};
  p.faults = {fault_of(fault::kind::last_step, "settlement", 20'000)};
  const auto story = told(p);
  CHECK(
      has(story, "|charge_card(reservation 1, 50.00, attempt 1), whose sender has ended, sent at"));
  CHECK(has(story, "NOTE|settlement#1||that was its last step: what it said in it is never sent"));
}

TEST_CASE("a story about money tells who looked for it and found none") {
  auto p = one_sale();
  p.operations.push_back(cancel_first());
  p.operations.back().think_us = 1'000'000;
  p.operations.push_back(buy("B1", 9'000'000));
  CHECK_FALSE(has(told(p), "settlements(none)"));
  planting b{planted::bug::refund_ignored};
  CHECK(has(told(p), "settlement#1|store#1|due_settlements(now)\n"));
  CHECK(has(told(p), "store#1|settlement#1|settlements(none)\n"));
}

TEST_CASE("once a promise is broken the second sale of a seat is told whole") {
  auto p = one_sale();
  p.operations.push_back(cancel_first());
  p.operations.back().think_us = 1'000'000;
  p.operations.push_back(buy("A1", 1'000'000));
  CHECK_FALSE(has(told(p), "|purchase_order("));
  planting b{planted::bug::refund_ignored};
  const auto story = told(p);
  CHECK(has(story, "SALE|client#1||EVT-001 A1 "));
  CHECK(has(story, "|client#1|reservation_desk#1|purchase_order(EVT-001 A1, "));
}

TEST_CASE("the promises are told in the words of the docs") {
  std::ifstream file{TAQUILLA_SOURCE_DIR "/docs/simulation.md"};
  const std::string docs{std::istreambuf_iterator<char>{file}, {}};
  plan p;
  p.visits.resize(1);
  for (const auto& oracle : make_oracles(p)) {
    const std::string name = oracle->name();
    CHECK_MESSAGE(has(docs, "\n| `" + name + "` | " + promise_of(name)), name);
    CHECK_MESSAGE(!promise_of(name).empty(), name);
  }
}

TEST_CASE("a door is called by what is behind it, and an error by its name") {
  auto p = one_sale();
  p.operations[0].think_us = 500'000;
  p.faults = {fault_of(fault::kind::chaos, "inventory", 100)};
  p.faults[0].detail = "crash";
  const auto story = told(p);
  CHECK(has(story, "|reservation#1|door(inventory)|hold_seat("));
  CHECK(has(story, "|door(inventory)|reservation#1|error inventory_unavailable: "));
}

TEST_CASE("a power cut says what the disk kept") {
  auto p = one_sale();
  p.fast_disk = false;
  constexpr auto power = static_cast<std::uint64_t>(disk_fault::power);
  p.script = {{choice::disk_fault, "wal sync", 1, power, 0}, {choice::power_cut, "power", 1, 7, 0}};
  const auto story = told(p);
  CHECK(has(story, "FAULT||disk|wal sync: power\nPROCESS|||died during wal sync\n"));
  CHECK(has(story, " sectors without a sync "));
}

TEST_CASE("what was broken stands at the end, with the message that broke it") {
  plan p;
  p.operations = {buy("A1"), cancel_first()};
  {
    const planting bug{planted::bug::refund_not_owed};
    CHECK(has(told(p), "BROKEN|||every-charge-has-its-ticket: "));
    CHECK(has(told(p), " (seen at the end)\n|||the store has: reservation 1 is "));
  }
  const planting bug{planted::bug::hold_overwritten};
  run_result failed;
  for (std::uint64_t seed = 1; !failed.failed() && seed < 200; ++seed) {
    p = draw_plan(seed, "calm", {});
    failed = explore(p);
    p.script = failed.taken;
  }
  REQUIRE(failed.broken.oracle == "holds-exclude");
  CHECK(has(told(p), "\n|||by "));
  CHECK_FALSE(has(told(p), "(seen at the end)"));
}
