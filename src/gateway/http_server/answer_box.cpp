#include "gateway/http_server/answer_box.hpp"

#include <atomic>
#include <exception>
#include <utility>

namespace taquilla::gateway {

namespace {

class one_shot {
 public:
  one_shot(std::shared_ptr<answer_box> box, std::weak_ptr<connection> to, pipeline::ticket ticket)
      : box_{std::move(box)}, to_{std::move(to)}, ticket_{ticket} {}
  one_shot(const one_shot&) = delete;
  one_shot& operator=(const one_shot&) = delete;
  ~one_shot() {
    try {
      if (!used_) box_->post({arrival::kind::abandoned, to_, ticket_});
    } catch (const std::exception&) {
      // Memory is out. The request ends with its deadline.
    }
  }

  void fire(http_response response) {
    if (used_.exchange(true)) return discard(response);
    box_->post({arrival::kind::answer, to_, ticket_, std::move(response)});
  }

 private:
  std::shared_ptr<answer_box> box_;
  std::weak_ptr<connection> to_;
  pipeline::ticket ticket_;
  std::atomic<bool> used_{false};
};

}  // namespace

void discard(http_response& response) {
  if (response.stream) response.stream->closed();
}

// The ring happens under the lock: `close` then guarantees that no ring is under way any more, and
// the reactor that it would wake may go. It only queues a task.
void answer_box::post(arrival one) {
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    if (!closed_) {
      arrivals_.push_back(std::move(one));
      if (!rung_) ring_();
      rung_ = true;
      return;
    }
  }
  discard(one.response);
}

std::vector<arrival> answer_box::collect() {
  const std::lock_guard<std::mutex> lock{mutex_};
  rung_ = false;
  return std::exchange(arrivals_, {});
}

void answer_box::expect() {
  const std::lock_guard<std::mutex> lock{mutex_};
  rung_ = true;
}

void answer_box::close() {
  std::vector<arrival> dropped;
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    closed_ = true;
    dropped.swap(arrivals_);
  }
  for (auto& one : dropped) discard(one.response);
}

responder make_responder(std::shared_ptr<answer_box> box, std::weak_ptr<connection> to,
                         pipeline::ticket ticket) {
  auto shot = std::make_shared<one_shot>(std::move(box), std::move(to), ticket);
  return [shot](http_response response) { shot->fire(std::move(response)); };
}

}  // namespace taquilla::gateway
