// Promises 5 and 7: every request is answered in time; after healing nothing is left open; and the
// store can always be opened again.
#include "actors/errors.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace taquilla::simulation {

namespace {

class store_opens final : public oracle {
 public:
  const char* name() const override { return "store-opens"; }
  std::string at_end(const plan&, const history&, const final_state&, const run_facts& f) override {
    return f.store_readable ? std::string{} : "the store cannot be opened: " + f.store_trouble;
  }
};

/// A log of a thousand pages is a file of 4 MB; one that nobody moves fills the disk in weeks.
class minds_its_files final : public oracle {
 public:
  const char* name() const override { return "minds-its-files"; }
  std::string at_end(const plan& p, const history&, const final_state&,
                     const run_facts& f) override {
    if (!f.went_on_after.empty()) return "a store went on after a " + f.went_on_after + " failed";
    // A disk that is full or busy may keep it from being moved, and it grows.
    const bool failed = std::any_of(p.script.begin(), p.script.end(),
                                    [](const decision& d) { return d.kind == choice::disk_fault; });
    const bool excused = p.disk.full_ppm > 0 || p.disk.busy_ppm > 0 || failed;
    const auto pages = static_cast<std::int64_t>(f.log_bytes / page_of_log);
    if (excused || pages <= p.numbers.checkpoint_pages + batch_pages_max) return {};
    return "the log had " + std::to_string(pages) + " pages, and is moved into the database at " +
           std::to_string(p.numbers.checkpoint_pages);
  }

 private:
  static constexpr std::size_t page_of_log = 4'096 + 24;  // with its header
  /// What one batch adds, and the log that is written once more at an opening.
  static constexpr std::int64_t batch_pages_max = 16;
};

class comes_to_rest final : public oracle {
 public:
  const char* name() const override { return "comes-to-rest"; }
  std::string at_end(const plan&, const history&, const final_state& left,
                     const run_facts& f) override {
    if (f.came_to_rest || !f.store_readable || f.hall_wrong) return {};
    return f.still_open + which(left);
  }

 private:
  static std::string which(const final_state& left) {
    std::string out;
    for (const auto& row : left.all)
      if (row.state == reservation_state::pending)
        out += "; pending is reservation " + std::to_string(row.id);
    for (const auto& due : left.outbox) out += "; due is " + due.message_id;
    return out;
  }
};

/// "buy A1", "cancel reservation 3"
std::string wish_of(const history_entry& e) {
  const std::string verb = to_string(e.what.what);
  if (e.what.what == operation::kind::buy) return verb + " " + e.what.seat;
  return verb + " reservation " + std::to_string(e.id);
}

/// An error that nobody can expect is a bug, whether or not it broke a promise this time.
class no_surprises final : public oracle {
 public:
  explicit no_surprises(const plan& p) : full_alone_(can_only_be_full(p)) {}
  const char* name() const override { return "no-surprises"; }

  std::string on_sending(const sending_view& view) override {
    const auto& content = view.element.content();
    if (!full_alone_ || view.sender != "store" || !content.match_elements<caf::error>()) return {};
    const auto why = as_error(content.get_as<caf::error>(0), errc::internal_error);
    return why.code == errc::not_kept ? "the disk was full, and the store said not_kept"
                                      : std::string{};
  }

  std::string at_end(const plan& p, const history& h, const final_state&,
                     const run_facts& f) override {
    const bool quiet = is_quiet(p) && !f.disturbed && !f.duplicated;
    for (const auto& e : h.entries())
      if (e.how == outcome::refused && (is_surprising(e) || (quiet && !is_an_answer(e.why))))
        return "client " + std::to_string(e.what.client) + " was told " +
               taquilla::to_string(e.why) + " when it asked to " + wish_of(e);
    return {};
  }

 private:
  /// Nothing else can go wrong with the disk of this run.
  static bool can_only_be_full(const plan& p) {
    const bool ordered = std::any_of(p.script.begin(), p.script.end(), [](const decision& d) {
      return d.kind == choice::disk_fault;
    });
    return p.disk.full_ppm > 0 && p.disk.io_error_ppm == 0 && p.disk.busy_ppm == 0 &&
           p.disk.shaken_ppm == 0 && !ordered;
  }

  /// What these clients ask for is always in order.
  static bool is_surprising(const history_entry& e) {
    const bool buys = e.what.what == operation::kind::buy;
    return e.why == errc::internal_error || e.why == errc::invalid_field ||
           e.why == errc::unknown_event || e.why == errc::unknown_seat ||
           (buys && e.why == errc::unknown_reservation);
  }

  /// Where nothing is in the way, a no has a reason that is the buyers' own, or their number.
  static bool is_an_answer(errc why) {
    switch (why) {
      case errc::none:  // it was not even asked: there is nothing to cancel
      case errc::seat_taken:
      case errc::key_in_flight:
      case errc::key_reused:
      case errc::reservation_pending:
      case errc::unknown_reservation:
      case errc::rate_limited:
      case errc::overloaded:
        return true;
      default:
        return false;
    }
  }

  const bool full_alone_;
};

class in_time final : public oracle {
 public:
  const char* name() const override { return "answered-in-time"; }

  std::string at_end(const plan& p, const history& h, const final_state&,
                     const run_facts& f) override {
    if (f.disturbed) return {};
    for (const auto& e : h.entries()) {
      if (e.orphaned || e.how == outcome::running) continue;
      auto took_ms = (e.ended - e.invoked) / 1'000'000;
      bool hung_up_early =
          e.how == outcome::unknown && e.what.patience_ms < operation{}.patience_ms;
      if (hung_up_early || took_ms <= p.numbers.deadline_ms + grace_ms) continue;
      return std::string("client ") + std::to_string(e.what.client) + " waited " +
             std::to_string(took_ms) + " ms when it asked to " + wish_of(e);
    }
    return {};
  }

 private:
  // The deadline bounds waiting; the answer still has to be written down and to travel.
  static constexpr std::int64_t grace_ms = 6'000;
};

class audit_is_clean final : public oracle {
 public:
  const char* name() const override { return "audit-is-clean"; }
  std::string at_end(const plan&, const history&, const final_state&, const run_facts& f) override {
    return f.audit.empty() ? std::string{} : "taquilla audit found " + f.audit;
  }
};

}  // namespace

std::unique_ptr<oracle> make_audit() { return std::make_unique<audit_is_clean>(); }
std::unique_ptr<oracle> make_minds_its_files() { return std::make_unique<minds_its_files>(); }
std::unique_ptr<oracle> make_store_opens() { return std::make_unique<store_opens>(); }
std::unique_ptr<oracle> make_comes_to_rest() { return std::make_unique<comes_to_rest>(); }
std::unique_ptr<oracle> make_no_surprises(const plan& p) {
  return std::make_unique<no_surprises>(p);
}
std::unique_ptr<oracle> make_in_time() { return std::make_unique<in_time>(); }

}  // namespace taquilla::simulation
