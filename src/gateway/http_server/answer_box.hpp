// Where answers arrive from any thread, for one reactor to collect. Outlives the reactor as long as
// somebody still holds a responder: what comes after `close` is dropped in silence. The lock is
// held for a few instructions only.
#pragma once

#include "gateway/http.hpp"
#include "gateway/http_server/pipeline.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace taquilla::gateway {

class connection;

struct arrival {
  enum class kind { answer, abandoned, wake };
  kind what = kind::wake;
  std::weak_ptr<connection> to;
  pipeline::ticket ticket = 0;
  http_response response{};  ///< of an answer
};

/// Tells the stream of an answer that nobody will ever take, if it has one.
void discard(http_response& response);

class answer_box {
 public:
  /// `ring` is called when there is something to collect and nobody knows yet; it may only queue.
  explicit answer_box(std::function<void()> ring) : ring_{std::move(ring)} {}

  void post(arrival one);  ///< any thread
  std::vector<arrival> collect();
  /// The owner promises to call `collect` soon: no need to ring until then.
  void expect();
  void close();

 private:
  std::mutex mutex_;
  std::vector<arrival> arrivals_;
  bool rung_ = false;
  bool closed_ = false;
  std::function<void()> ring_;
};

/// The one-shot responder of a request: the first call counts; if the last copy goes uncalled, the
/// reactor is told that the request was abandoned.
responder make_responder(std::shared_ptr<answer_box> box, std::weak_ptr<connection> to,
                         pipeline::ticket ticket);

}  // namespace taquilla::gateway
