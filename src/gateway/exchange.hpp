// One request on its way to its answer. A handle that callbacks of the front desk copy and keep: it
// knows the request id, what to count, and the header fields every answer carries, so a handler
// says only what is particular. Exactly one of its answering functions is to be called, from any
// thread; of several, which a handler calls that throws behind its answer, the first one counts.
#pragma once

#include "gateway/context.hpp"
#include "gateway/problem.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace taquilla::gateway {

class exchange {
 public:
  using header_fields = std::vector<std::pair<std::string, std::string>>;

  exchange(std::shared_ptr<context> house, std::size_t row, listener at, responder answer);

  /// 200 with a JSON body.
  void answer(std::string json, header_fields further = {}) const;
  void refuse(const error& why, const std::vector<field_error>& fields = {}) const;
  /// 422, naming the fields.
  void refuse(const std::vector<field_error>& fields) const {
    refuse(error{errc::invalid_field, {}, 0}, fields);
  }
  /// Anything else. Adds the common header fields.
  void send(http_response response) const;

  /// A header field that the answer will carry, whatever it will be. Before the answer, and not
  /// while another thread may give it.
  void promise_header(std::string name, std::string value) const;

  context& house() const { return *state_->house; }
  std::shared_ptr<context> shared_house() const { return state_->house; }
  front_desk& desk() const { return state_->house->desk; }

 private:
  struct state {
    std::shared_ptr<context> house;
    std::size_t row;
    listener at;
    responder answer;
    std::string id;
    std::int64_t started_ms;
    header_fields promised;
    std::atomic<bool> answered{false};
  };
  void finish(http_response response, errc why) const;

  std::shared_ptr<state> state_;
};

/// A reply for the front desk that refuses on an error and calls `then` with the value otherwise.
template <class T, class Then>
reply<T> answer_with(const exchange& out, Then then) {
  return [out, then = std::move(then)](result<T> answer) {
    if (answer)
      then(out, *answer);
    else
      out.refuse(answer.failure());
  };
}

}  // namespace taquilla::gateway
