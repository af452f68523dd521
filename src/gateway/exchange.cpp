#include "gateway/exchange.hpp"

namespace taquilla::gateway {

exchange::exchange(std::shared_ptr<context> house, std::size_t row, listener at, responder answer)
    : state_(std::make_shared<state>()) {
  state_->id = house->next_request_id();
  state_->started_ms = house->options.monotonic_ms();
  state_->house = std::move(house);
  state_->row = row;
  state_->at = at;
  state_->answer = std::move(answer);
}

void exchange::answer(std::string json, header_fields further) const {
  http_response response;
  response.body = std::move(json);
  response.headers = std::move(further);
  send(std::move(response));
}

void exchange::refuse(const error& why, const std::vector<field_error>& fields) const {
  finish(problem(why, state_->id, fields), why.code);
}

void exchange::send(http_response response) const {
  add_common_headers(response, state_->id);
  finish(std::move(response), errc::none);
}

void exchange::promise_header(std::string name, std::string value) const {
  state_->promised.emplace_back(std::move(name), std::move(value));
}

void exchange::finish(http_response response, errc why) const {
  if (state_->answered.exchange(true)) {
    if (response.stream) response.stream->closed();
    return;
  }
  for (auto& field : state_->promised) response.headers.push_back(std::move(field));
  auto& house = *state_->house;
  house.count_answer(state_->row, state_->at, response.status,
                     house.options.monotonic_ms() - state_->started_ms, why);
  state_->answer(std::move(response));
}

}  // namespace taquilla::gateway
