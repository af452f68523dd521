// LEFTOVER SWEEP: in which order the RESERVATION DESK goes through what is pending in the store, to
// resume what a death or a lost answer left behind. Page by page, the oldest first, to the end; if
// there is more than may be resumed at once it stops there, and the next sweep goes on from there.
// That is the next period, or as soon as half of the places are free again because leftovers have
// ended: one whose end is not known would be found again at once, as fast as the machine can.
//
// It only decides; the desk asks the store and resumes. Belongs to the desk's actor.
#pragma once

#include "actors/options.hpp"
#include "store/commands.hpp"

#include <optional>
#include <utility>

namespace taquilla {

class leftover_sweep {
 public:
  enum class verdict { passed, no_room };

  /// @param page how many the store is asked for at once.
  explicit leftover_sweep(std::uint32_t page = reservation_options{}.sweep_page) : page_(page) {}

  /// The question to begin with; nothing if one is under way.
  std::optional<open_purchases> begin() {
    if (std::exchange(under_way_, true)) return std::nullopt;
    crowded_ = false;
    return from_;
  }

  /// Goes through a page. @param take what becomes of a row: `no_room` ends the sweep before it.
  /// @return the next question; nothing: the sweep is over.
  template <class Take>
  std::optional<open_purchases> found(const reservations& rows, Take take) {
    for (const auto& row : rows.list) {
      crowded_ = take(row) == verdict::no_room;
      if (crowded_) break;
      from_ = {row.created_at, row.id, page_};
    }
    under_way_ = rows.list.size() == page_ && !crowded_;
    if (under_way_) return from_;
    if (!crowded_) from_ = beginning();
    return std::nullopt;
  }

  void failed() { under_way_ = false; }

  /// A leftover has ended for good, and so many are still under way, of so many that may be.
  bool is_due(std::size_t left, std::size_t limit) const { return crowded_ && left <= limit / 2; }

 private:
  open_purchases beginning() const { return {0, 0, page_}; }

  std::uint32_t page_;
  open_purchases from_ = beginning();
  bool under_way_ = false;
  bool crowded_ = false;  ///< the last one found more than may be resumed at once
};

}  // namespace taquilla
