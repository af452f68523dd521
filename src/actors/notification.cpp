#include "actors/notification.hpp"

#include "actors/ask.hpp"
#include "domain/planted.hpp"

#include <caf/all.hpp>

#include <map>
#include <set>
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
    return {[this](const send_mail& send) { return deliver(send); },
            [](const report_ready&) { return child_ready{}; },
            [this](const transport_answered& answer) { handed_over(answer); }};
  }

 private:
  using promise = caf::typed_response_promise<mail_filed>;

  /// With the transport, about one mail.
  struct conversation {
    std::uint64_t era = 0;    ///< in which it began
    std::uint64_t asked = 0;  ///< the era of who waits for its end now
    promise answer;
  };

  caf::result<mail_filed> deliver(const send_mail& send) {
    const auto& id = send.what.message_id;
    // Filing is all there is to do, so the store's answer is ours.
    if (transport_ == nullptr) return self_->delegate(store_, filing(id));
    auto answer = self_->make_response_promise<mail_filed>();
    if (is_taken(id)) return file(id, answer), answer;
    const auto [talk, fresh] = in_hand_.try_emplace(id, conversation{send.era, send.era, answer});
    talk->second.asked = send.era;
    talk->second.answer = answer;
    if (fresh)
      transport_->send(send.what, [me = notification_actor{self_}, id](error why) {
        caf::anon_send(me, transport_answered{id, std::move(why)});
      });
    return answer;
  }

  void handed_over(const transport_answered& answer) {
    const auto entry = in_hand_.find(answer.message_id);
    if (entry == in_hand_.end()) return;
    auto talk = std::move(entry->second);
    in_hand_.erase(entry);
    if (answer.why.code == errc::none) remember(answer.message_id);
    if (answer.why.code == errc::none || planted::is(planted::bug::mail_filed_unsent))
      file(answer.message_id, talk.answer);
    else if (talk.era == talk.asked)
      talk.answer.deliver(to_caf(answer.why));
    else  // a no from before a healing says nothing about who asks after it
      talk.answer.deliver(to_caf({errc::notification_unavailable, answer.why.detail, 0}));
  }

  deliver_mail filing(const std::string& message_id) const {
    return {message_id, wall_.at(now_ms(self_))};
  }

  /// While the store does not keep it, or our answer is lost, the relay asks again and again; the
  /// mail is not to be sent as often.
  void remember(const std::string& message_id) {
    if (taken_.size() >= taken_max) taken_before_ = std::exchange(taken_, {});
    taken_.insert(message_id);
  }

  bool is_taken(const std::string& message_id) const {
    if (planted::is(planted::bug::taken_forgotten)) return false;
    return taken_.count(message_id) != 0 || taken_before_.count(message_id) != 0;
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
  std::map<std::string, conversation> in_hand_;  ///< by message id
  static constexpr std::size_t taken_max = 5'000;
  std::set<std::string> taken_, taken_before_;  ///< by the other side: the latest, in two lots
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
