#include "actors/notification.hpp"

#include "actors/ask.hpp"

#include <caf/all.hpp>

#include <map>
#include <utility>

namespace taquilla {

namespace {

class notification_state {
 public:
  static inline const char* name = "notification";
  using pointer = notification_actor::stateful_pointer<notification_state>;
  explicit notification_state(pointer self) : self_(self) {}

  notification_actor::behavior_type start(store_actor store, duration_ms patience, wall_clock wall,
                                          mail_transport* transport) {
    store_ = std::move(store);
    patience_ = patience;
    wall_ = wall;
    transport_ = transport;
    return {[this](const send_mail& send) { return deliver(send.what); },
            [](const report_ready&) { return child_ready{}; },
            [this](const transport_answered& answer) { handed_over(answer); }};
  }

 private:
  using promise = caf::typed_response_promise<mail_filed>;

  caf::result<mail_filed> deliver(const mail& what) {
    const auto& id = what.message_id;
    // Filing is all there is to do, so the store's answer is ours.
    if (transport_ == nullptr) return self_->delegate(store_, filing(id));
    auto answer = self_->make_response_promise<mail_filed>();
    const bool fresh = in_hand_.insert_or_assign(id, answer).second;
    if (fresh)
      transport_->send(what, [me = notification_actor{self_}, id](error why) {
        caf::anon_send(me, transport_answered{id, std::move(why)});
      });
    return answer;
  }

  void handed_over(const transport_answered& answer) {
    const auto entry = in_hand_.find(answer.message_id);
    if (entry == in_hand_.end()) return;
    auto waiting = std::move(entry->second);
    in_hand_.erase(entry);
    if (answer.why.code == errc::none)
      file(answer.message_id, waiting);
    else
      waiting.deliver(to_caf(answer.why));
  }

  deliver_mail filing(const std::string& message_id) const {
    return {message_id, wall_.at(now_ms(self_))};
  }

  void file(const std::string& message_id, promise answer) {
    ask<mail_filed>(
        self_, store_, patience_, filing(message_id),
        [answer](mail_filed& filed) mutable { answer.deliver(std::move(filed)); },
        [answer](const error& why) mutable { answer.deliver(to_caf(why)); },
        errc::notification_unavailable);
  }

  pointer self_;
  store_actor store_;
  duration_ms patience_ = 0;
  wall_clock wall_;
  mail_transport* transport_ = nullptr;
  std::map<std::string, promise> in_hand_;  ///< of the transport, by message id
};

}  // namespace

notification_actor spawn_notification(caf::actor_system& system, store_actor store,
                                      duration_ms store_patience_ms, wall_clock wall,
                                      mail_transport* transport) {
  return system.spawn(
      [](notification_state::pointer self, store_actor s, duration_ms p, wall_clock w,
         mail_transport* t) { return self->state.start(std::move(s), p, w, t); },
      std::move(store), store_patience_ms, wall, transport);
}

}  // namespace taquilla
