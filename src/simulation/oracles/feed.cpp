// Promise of the event feed: whoever reads or follows it is told what happened, all of it that is
// still kept, in order, and each line under a number that no other line ever had.
#include "simulation/oracles/news.hpp"
#include "simulation/oracles/promises.hpp"
#include "simulation/world/plan.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace taquilla::simulation {

namespace {

constexpr virtual_ns ms = 1'000'000;

bool same(const happened& a, const happened& b) {
  return a.kind == b.kind && a.service == b.service && a.id == b.id && a.subject == b.subject &&
         a.detail == b.detail;
}

/// Keeps beside each feed what it was told, from its birth on.
class feed_in_order final : public oracle {
 public:
  explicit feed_in_order(std::size_t kept_max) : kept_max_(kept_max) {}

  const char* name() const override { return "feed-in-order"; }

  void on_process_start(virtual_ns now) override {
    now_ = now;
    begin_feed();
    last_number_ = 0;  // its clock may be behind
    ever_followed_ = false;
  }

  std::string on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns) override {
    if (role != "event_feed") return {};
    begin_feed();
    incarnation_ = incarnation;
    return {};
  }

  void on_delivery(const delivery_view& view) override {
    now_ = view.now;
    if (view.receiver != "event_feed" || view.incarnation != incarnation_) return;
    if (!born_) born_ = now_;  // it sets up before the first thing that it does
    if (view.element == nullptr) return;
    const auto& content = view.element->content();
    if (view.is<happened>()) lines_.push_back({view.now, content.get_as<happened>(0)});
    if (view.is<read_feed>()) read_ = content.get_as<read_feed>(0);
    if (!view.is<follow_feed>()) return;
    ever_followed_ = true;
    if (!followed_) followed_ = lines_.size();
  }

  std::string on_sending(const sending_view& view) override {
    if (!view.is<feed_page>()) return {};
    const auto& page = view.element.content().get_as<feed_page>(0);
    // What is told to followers has no sender.
    if (view.sender == "event_feed") return wrong_answer(page);
    if (!view.sender.empty()) return {};
    if (page.events.empty()) return "an empty page was told";
    if (auto wrong = wrong_lines(page); !wrong.empty()) return wrong;
    return wrong_news(page, told_[{view.receiver, view.receiver_incarnation}]);
  }

  std::string at_end(const plan& p, const history&, const final_state&,
                     const run_facts& facts) override {
    if (!facts.trouble_with_feed.empty()) return facts.trouble_with_feed;
    if (!facts.came_to_rest) return {};
    const bool long_alive = born_ && *born_ + surely < now_;
    if (!followed_ && ever_followed_ && long_alive)
      return "nobody follows the feed that was reborn";
    if (!followed_) return {};
    const auto limit = is_quiet(p) ? soon : surely;
    const auto first = lines_.begin() + static_cast<std::ptrdiff_t>(*followed_);
    const auto old =
        std::find_if(std::make_reverse_iterator(lines_.end()), std::make_reverse_iterator(first),
                     [&](const line& one) { return one.at + limit < now_; });
    if (old == std::make_reverse_iterator(first)) return {};
    const auto number = static_cast<std::uint64_t>(old.base() - lines_.begin());
    if (before_ && facts.last_line >= *before_ + number) return {};
    return "nobody was told of " + old->what.kind + " " + old->what.subject;
  }

 private:
  struct line {
    virtual_ns at;
    happened what;
  };

  void begin_feed() {
    if (before_) last_number_ = *before_ + lines_.size();
    born_.reset();
    lines_.clear();
    before_.reset();
    followed_.reset();
    told_.clear();
  }

  /// As it counts the lines of this feed, from 1.
  std::string number(std::uint64_t sequence) const {
    return before_ && sequence > *before_ ? std::to_string(sequence - *before_)
                                          : std::to_string(sequence);
  }

  /// The last number that is kept no more. Precondition: before_.
  std::uint64_t forgotten() const {
    return *before_ + lines_.size() - std::min(lines_.size(), kept_max_);
  }

  /// A follower is told what happens after he came, each line once, if it is still kept.
  std::string wrong_news(const feed_page& page, std::uint64_t& told) const {
    const auto first = page.events.front().sequence;
    if (told != 0 && first != std::max(told, forgotten()) + 1)
      return "a follower was told line " + number(first) + " next after line " + number(told) +
             what_is_between(told, first);
    if (first <= *before_ + followed_.value_or(0))
      return "line " + number(first) + " was told to one who came after it";
    told = page.events.back().sequence;
    return {};
  }

  /// "; line 16 is reservation.confirmed EVT-001 A1", if one was left out.
  std::string what_is_between(std::uint64_t told, std::uint64_t first) const {
    if (first <= told + 1 || told < *before_) return {};
    const auto& left_out = lines_[told - *before_].what;
    return "; line " + number(told + 1) + " is " + left_out.kind + " " + left_out.subject;
  }

  /// The answer to the question that was delivered last.
  std::string wrong_answer(const feed_page& page) {
    if (auto wrong = wrong_lines(page); !wrong.empty()) return wrong;
    if (!before_) return {};
    for (const auto& [follower, told] : told_)
      if (told < *before_ + lines_.size())
        return "a reader was shown what the followers had not been told yet";
    const auto from = std::max(read_.after, forgotten());
    const auto there = *before_ + lines_.size() - std::min(from, *before_ + lines_.size());
    const auto wanted = std::min<std::uint64_t>(there, read_.limit);
    if (page.events.size() != wanted)
      return "who asked for " + std::to_string(read_.limit) + " lines after line " +
             number(read_.after) + " was shown " + std::to_string(page.events.size()) + " of " +
             std::to_string(there);
    if (wanted > 0 && page.events.front().sequence != from + 1)
      return "who asked for what is after line " + number(read_.after) + " was shown line " +
             number(page.events.front().sequence) + " first";
    return {};
  }

  /// Each is what the feed was told at that place, and follows the one before.
  std::string wrong_lines(const feed_page& page) {
    for (const auto& event : page.events) {
      if (!before_) find_beginning(event);
      const auto which = number(event.sequence);
      if (!before_ || event.sequence <= *before_ || event.sequence > *before_ + lines_.size())
        return "line " + which + " is of nothing that happened";
      if (*before_ < last_number_) return "line " + which + " has the number of an older one";
      if (&event != &page.events.front() && event.sequence != (&event - 1)->sequence + 1)
        return "line " + which + " is shown behind line " + number((&event - 1)->sequence);
      if (!same(event.what, lines_[event.sequence - *before_ - 1].what))
        return "line " + which + " says " + event.what.kind + " " + event.what.subject +
               ", and what happened was " + lines_[event.sequence - *before_ - 1].what.kind;
    }
    return {};
  }

  /// Numbers begin with the millisecond of the feed's birth, by the clock of the process; that
  /// clock is in each line.
  void find_beginning(const feed_event& event) {
    constexpr std::uint64_t numbers_per_ms = 1'000;
    for (std::size_t i = 0; i < lines_.size() && !before_; ++i) {
      const auto born_at =
          static_cast<std::uint64_t>(event.at - lines_[i].at / ms + born_.value_or(0) / ms);
      if (event.sequence == born_at * numbers_per_ms + i + 1) before_ = event.sequence - i - 1;
    }
  }

  static constexpr virtual_ns soon = 2'000 * ms;
  static constexpr virtual_ns surely = 25'000 * ms;  ///< late messages: 20 s, stalls: 18 s

  std::size_t kept_max_;
  virtual_ns now_ = 0;
  // Of the feed that lives:
  std::uint32_t incarnation_ = 0;
  std::optional<virtual_ns> born_;
  std::deque<line> lines_;
  std::optional<std::uint64_t> before_;  ///< the number before its first line, once it is known
  std::optional<std::size_t> followed_;  ///< by somebody, since so many lines
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> told_;  ///< the last, by follower
  read_feed read_;                                                       ///< the last question
  bool ever_followed_ = false;     ///< in this process, this feed or another
  std::uint64_t last_number_ = 0;  ///< that a feed before it in this process gave to a line
};

}  // namespace

std::unique_ptr<oracle> make_feed(const plan& p) {
  return std::make_unique<feed_in_order>(static_cast<std::size_t>(p.numbers.feed_kept));
}

}  // namespace taquilla::simulation
