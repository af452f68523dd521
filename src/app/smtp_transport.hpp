// SMTP TRANSPORT: hands mails to an SMTP server, one after the other, over one connection that is
// kept. A thread of its own waits for the server, so no actor does; the queue before it is bounded,
// and every mail has a time limit. What the server refuses for good (5xx to the sender, the
// recipient or the message) bounces; anything else (no connection, 4xx, wrong password, too slow)
// is told as "try later", and the outbox does. A mail that was taken while its answer got lost is
// sent again under the same Message-ID. Any thread may send; the callbacks come from the
// transport's thread.
#pragma once

#include "actors/notification.hpp"
#include "app/settings.hpp"

#include <memory>

namespace taquilla::app {

class smtp_transport final : public mail_transport {
 public:
  /// @throws std::runtime_error when libcurl cannot be used or does not know the URL's scheme.
  explicit smtp_transport(const smtp_options& options);
  ~smtp_transport() override;

  void send(const mail& what, std::function<void(error)> done) override;

  /// Ends the delivery under way within its time limit and drops what waits without calling back:
  /// it is still in the outbox. Idempotent; later mails are told to come again.
  void stop();

 private:
  class worker;
  std::unique_ptr<worker> worker_;
};

}  // namespace taquilla::app
