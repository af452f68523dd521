#include "actors/doorway.hpp"

#include <caf/all.hpp>

#include <utility>

namespace taquilla {

namespace {

/// An actor without a mailbox, as CAF's own decorators are.
class doorway final : public caf::monitorable_actor {
 public:
  doorway(caf::actor door, std::shared_ptr<threshold> shared)
      : caf::monitorable_actor(caf::actor_config{}.add_flag(is_actor_dot_decorator_flag)),
        door_(std::move(door)),
        shared_(std::move(shared)) {}

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override {
    if (handle_system_message(*what, host, false)) return;
    auto next = shared_->straight_to();
    if (!next) next = exclusive_critical_section([this] { return door_; });
    if (next)
      next->enqueue(std::move(what), host);
    else
      bounce(what);
  }

  const char* name() const override { return "doorway"; }

 protected:
  void on_cleanup(const caf::error&) override {
    door_ = nullptr;
    shared_->let_through(nullptr);
  }

 private:
  caf::actor door_;  ///< guarded by the actor's own lock
  const std::shared_ptr<threshold> shared_;
};

}  // namespace

caf::actor threshold::straight_to() {
  const std::lock_guard<std::mutex> hold{lock_};
  if (child_ && with_door_ == 0) return child_;
  ++with_door_;
  return nullptr;
}

void threshold::let_through(caf::actor child) {
  const std::lock_guard<std::mutex> hold{lock_};
  if (child && child.id() == ended_) child = nullptr;
  std::swap(child_, child);  // the last reference to an actor is let go outside the lock
}

void threshold::has_ended(caf::actor_id child) {
  caf::actor let_go;
  const std::lock_guard<std::mutex> hold{lock_};
  ended_ = child;
  if (child_ && child_.id() == child) std::swap(child_, let_go);
}

bool threshold::is_over(caf::actor_id child) {
  const std::lock_guard<std::mutex> hold{lock_};
  return child == ended_;
}

void threshold::passed() {
  const std::lock_guard<std::mutex> hold{lock_};
  if (with_door_ > 0) --with_door_;  // a message may have been doubled on its way (simulation)
}

caf::actor make_doorway(caf::actor_system& system, caf::actor door,
                        std::shared_ptr<threshold> shared) {
  return caf::make_actor<doorway, caf::actor>(system.next_actor_id(), system.node(), &system,
                                              std::move(door), std::move(shared));
}

}  // namespace taquilla
