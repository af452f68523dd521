#include "gateway/overview.hpp"

#include <memory>
#include <mutex>

namespace taquilla::gateway {

namespace {

struct collection {
  explicit collection(std::function<void(const overview&)> told) : done(std::move(told)) {}

  /// Puts one answer in its place; the last one reports.
  template <class T>
  void arrived(std::optional<T>& place, result<T> answer) {
    bool last = false;
    {
      const std::lock_guard lock{mutex};
      if (answer) place = std::move(*answer);
      last = --missing == 0;
    }
    if (last) done(seen);
  }

  std::mutex mutex;
  overview seen;
  std::size_t missing = 2 + all_services.size();
  std::function<void(const overview&)> done;
};

}  // namespace

void take_overview(front_desk& desk, std::function<void(const overview&)> done) {
  const auto all = std::make_shared<collection>(std::move(done));
  desk.health(
      [all](result<health_view> answer) { all->arrived(all->seen.health, std::move(answer)); });
  desk.events([all](result<std::vector<event_view>> answer) {
    all->arrived(all->seen.events, std::move(answer));
  });
  for (std::size_t i = 0; i < all_services.size(); ++i)
    desk.chaos_state(all_services[i], [all, i](result<chaos_table> answer) {
      all->arrived(all->seen.chaos[i], std::move(answer));
    });
}

}  // namespace taquilla::gateway
