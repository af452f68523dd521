#include "gateway/overview.hpp"

#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace taquilla::gateway {

namespace {

struct collection {
  collection(std::size_t answers, std::function<void(const overview&)> told)
      : missing(answers), done(std::move(told)) {}

  /// Puts one answer in its slot; the last one reports.
  template <class Slot, class T>
  void arrived(Slot& slot, result<T> answer) {
    bool last = false;
    {
      const std::lock_guard lock{mutex};
      if constexpr (std::is_same_v<Slot, result<T>>)
        slot = std::move(answer);
      else if (answer)
        slot = std::move(*answer);
      last = --missing == 0;
    }
    if (last) done(seen);
  }

  std::mutex mutex;
  overview seen;
  std::size_t missing;
  std::function<void(const overview&)> done;
};

constexpr std::size_t health_and_chaos = 1 + all_services.size();

void ask_for_health(front_desk& desk, const std::shared_ptr<collection>& all) {
  desk.health(
      [all](result<health_view> answer) { all->arrived(all->seen.health, std::move(answer)); });
  for (std::size_t i = 0; i < all_services.size(); ++i)
    desk.chaos_state(all_services[i], [all, i](result<chaos_table> answer) {
      all->arrived(all->seen.chaos[i], std::move(answer));
    });
}

}  // namespace

void take_overview(front_desk& desk, std::function<void(const overview&)> done) {
  const auto all = std::make_shared<collection>(health_and_chaos + 1, std::move(done));
  ask_for_health(desk, all);
  desk.events([all](result<std::vector<event_view>> answer) {
    all->arrived(all->seen.events, std::move(answer));
  });
}

void take_health(front_desk& desk, std::function<void(const overview&)> done) {
  ask_for_health(desk, std::make_shared<collection>(health_and_chaos, std::move(done)));
}

}  // namespace taquilla::gateway
