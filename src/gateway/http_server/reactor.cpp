#include "gateway/http_server/reactor.hpp"

#include "domain/time_text.hpp"
#include "gateway/http_server/platform.hpp"

#include <asio/post.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace taquilla::gateway {

namespace {

// How long handlers run before input is looked at again: enough for the requests of one look (128
// sockets) when handlers are as quick as they should be, so that the queue fills, and sheds, only
// when they are not; and no more than a refusal or a fresh connection can wait.
constexpr std::chrono::milliseconds handlers_turn{2};
// Wake-ups are bundled: no deadline of this server needs to be more exact.
constexpr std::chrono::milliseconds timer_grain{5};

auto now() { return std::chrono::steady_clock::now(); }

/// When even the application's error answer cannot be had.
http_response bare(int status) {
  http_response response;
  response.status = status;
  response.content_type.clear();
  return response;
}

}  // namespace

// Each reactor has its part of what all may hold: so it need not ask the others who is to give way.
reactor::reactor(const http_server_options& options, http_application& application,
                 traffic& counters, const guest_list& guests)
    : options_{options},
      application_{application},
      counters_{counters},
      guests_{guests},
      inbound_{options.inbound_max / options.threads, options.inbound_max / options.connections_max,
               counters.inbound_bytes},
      outbound_{options.outbound_max / options.threads,
                options.outbound_max / options.connections_max, counters.outbound_bytes},
      guard_{context_.get_executor()},
      timer_{context_},
      queue_max_{(options.queue_max + options.threads - 1) / options.threads} {
  box_ = std::make_shared<answer_box>([this] { asio::post(context_, [this] { deliver(); }); });
  for (std::size_t i = 0; i < listener_count; ++i)
    matchers_[i] = std::make_unique<route_matcher>(application.routes(), static_cast<listener>(i));
  for (const auto& one : application.routes())
    if (one.alone) alone_.push_back(one.pattern);
}

reactor::~reactor() { stop(); }

void reactor::start() {
  thread_ = std::thread{[this] {
    name_this_thread("taquilla.http");
    loop();
  }};
}

// Connections guard themselves (`pump`); what still comes out of a handler is an allocation that
// failed between two of them. The loop goes on: the deadlines tidy up after it.
void reactor::loop() {
  for (;;) {
    try {
      context_.run();
      return;
    } catch (const std::exception&) {
      continue;
    }
  }
}

void reactor::adopt(asio::ip::tcp::socket socket, listener at, std::string peer,
                    guest_list::place place) {
  asio::post(context_, [this, socket = std::move(socket), at, peer = std::move(peer),
                        place = std::move(place)]() mutable {
    std::shared_ptr<connection> fresh;
    try {
      // Not make_shared: its memory must not wait for the last responder of a client that has gone.
      if (!draining_)
        fresh.reset(
            new connection{*this, std::move(socket), at, std::move(peer), std::move(place)});
      if (fresh) connections_.insert(fresh);
    } catch (const std::bad_alloc&) {
      fresh.reset();
    }
    if (fresh) fresh->start();
  });
}

void reactor::retire_resting() {
  if (!guests_.short_of_places()) return;
  asio::post(context_, [this] {
    while (guests_.short_of_places() && resting_.first() != nullptr) resting_.first()->retire();
  });
}

void reactor::make_room(std::size_t inbound) {
  while (auto* one = outbound_.first_to_go(0)) one->cut_off();
  while (auto* one = inbound_.first_to_go(inbound)) one->give_way();
}

void reactor::leave() {
  asio::post(context_, [this] { leaving_ = true; });
}

std::future<void> reactor::drain() {
  std::promise<void> promise;
  auto drained = promise.get_future();
  asio::post(context_, [this, promise = std::move(promise)]() mutable {
    draining_ = true;
    drained_.push_back(std::move(promise));
    const std::vector<std::shared_ptr<connection>> all{connections_.begin(), connections_.end()};
    for (const auto& one : all) one->drain();
    announce_empty();
  });
  return drained;
}

void reactor::announce_empty() {
  if (!draining_ || !connections_.empty()) return;
  for (auto& promise : std::exchange(drained_, {})) promise.set_value();
}

void reactor::stop() {
  if (!thread_.joinable()) return;
  asio::post(context_, [this] {
    draining_ = true;
    const std::vector<std::shared_ptr<connection>> all{connections_.begin(), connections_.end()};
    for (const auto& one : all) one->stop();
    box_->close();
    counters_.queued -= queue_.size();
    queue_.clear();
    context_.stop();
  });
  thread_.join();
}

void reactor::forget(const std::shared_ptr<connection>& gone) {
  connections_.erase(gone);
  announce_empty();
}

void reactor::pump_later(std::shared_ptr<connection> who) {
  asio::post(context_, [who = std::move(who)] { who->pump(); });
}

// -- requests ------------------------------------------------------------------------------------

bool reactor::submit(connection& from, pipeline::ticket ticket, framed_request framed,
                     connection::time_point now) {
  ++counters_.requests;
  auto answer = verdict_of(framed.request);
  if (!answer && !framed.method_known)
    answer = protocol_error(framed.request.at, 501, "The method is not implemented.");
  const auto memory = memory_of(framed);
  if (!answer) answer = out_of_room(framed.request.at, memory);
  if (answer) {
    from.answer(ticket, std::move(*answer));
    return false;
  }
  queue_.push_back({from.weak_from_this(), ticket, std::move(framed), memory, now});
  ++counters_.queued;
  inbound_.add(memory);
  schedule_work();
  return true;
}

bool reactor::may_run_beside(const http_request& request) const {
  return request.is_safe() && std::find(alone_.begin(), alone_.end(), request.path) == alone_.end();
}

/// What the application says before it looks at the route.
std::optional<http_response> reactor::verdict_of(http_request& request) {
  try {
    auto answer = application_.refuse(request);
    if (answer) ++counters_.refused;
    return answer;
  } catch (const std::exception&) {
    return unanswered(request.at, 500, "The request could not be judged.");
  }
}

// A small request passes always: the queue has room for as many, and it is gone in a moment.
std::optional<http_response> reactor::out_of_room(listener at, std::size_t memory) {
  if (draining_) return shed(at, shed_reason::draining, "The server is going down.");
  if (queue_.size() >= queue_max_)
    return shed(at, shed_reason::overloaded, "Too many requests wait already.");
  if (!inbound_.above_share(memory)) return std::nullopt;
  make_room(memory);
  if (!inbound_.has_room(memory))
    return shed(at, shed_reason::overloaded, "Too much waits already.");
  return std::nullopt;
}

http_response reactor::shed(listener at, shed_reason why, std::string_view detail) {
  ++counters_.shed;
  try {
    return application_.shed(at, why, detail);
  } catch (const std::exception&) {
    return bare(503);
  }
}

http_response reactor::protocol_error(listener at, int status, std::string_view detail) {
  ++counters_.protocol_errors;
  return server_answer(at, status, detail);
}

http_response reactor::unanswered(listener at, int status, std::string_view detail) {
  ++counters_.unanswered;
  return server_answer(at, status, detail);
}

http_response reactor::server_answer(listener at, int status, std::string_view detail) {
  try {
    return application_.server_answer(at, status, detail);
  } catch (const std::exception&) {
    return bare(status);
  }
}

std::string reactor::write(http_response response, const answer_shape& shape) {
  if (options_.wall_ms) response.headers.emplace_back("Date", date());
  return writer_.write(std::move(response), shape);
}

const std::string& reactor::date() {
  const auto second = options_.wall_ms() / 1000;
  if (second != date_second_) date_ = http_date(second);
  date_second_ = second;
  return date_;
}

void reactor::schedule_work() {
  if (work_scheduled_) return;
  asio::post(context_, [this] { run_some(); });
  work_scheduled_ = true;  // not before: this may throw, and nobody would ever run again
}

void reactor::run_some() {
  work_scheduled_ = false;
  const auto until = now() + handlers_turn;
  while (!queue_.empty() && now() < until) {
    auto item = std::move(queue_.front());
    queue_.pop_front();
    --counters_.queued;
    inbound_.remove(item.memory);
    run(std::move(item));
  }
  if (!queue_.empty()) schedule_work();
}

// An answer given inside a handler needs no wake-up: it is collected right here. A handler that
// throws has dropped its responder, which reports the request as abandoned.
void reactor::run(work item) {
  const auto from = item.from.lock();
  if (!from) return;
  from->left_queue();
  box_->expect();
  try {
    begin_answer(*from, item);
  } catch (const std::exception&) {
    from->fail(item.ticket, 500, "The request could not be answered.");
  }
  deliver();
  from->pump();
}

/// By whoever is to give it: the route's handler, or nobody's route, or the clock.
void reactor::begin_answer(connection& from, work& item) {
  const auto& request = item.framed.request;
  if (now() - item.queued_at > options_.queue_age_max)
    return from.answer(item.ticket,
                       shed(request.at, shed_reason::overloaded, "The request waited too long."));
  auto& matcher = *matchers_[static_cast<std::size_t>(request.at)];
  if (const auto* chosen = matcher.match(item.framed))
    return chosen->handle(request, make_responder(box_, item.from, item.ticket));
  from.answer(item.ticket, application_.unmatched(request, matcher.allowed(request.path)));
}

void reactor::deliver() {
  for (auto& one : box_->collect()) deliver(one);
}

void reactor::deliver(arrival& one) {
  const auto to = one.to.lock();
  if (!to) return discard(one.response);
  if (one.what == arrival::kind::wake) return to->on_stream_ready();
  if (one.what == arrival::kind::abandoned)
    to->fail(one.ticket, 500, "The request was not answered.");
  else
    to->answer(one.ticket, std::move(one.response));
  to->pump();
}

void reactor::watch(byte_source& stream, connection& reader,
                    std::shared_ptr<std::atomic<bool>> bell) {
  stream.on_ready([box = box_, to = reader.weak_from_this(), bell = std::move(bell)] {
    if (bell->exchange(true)) return;
    try {
      box->post({arrival::kind::wake, to, 0, {}});
    } catch (...) {
      *bell = false;  // it did not ring: the next line may
      throw;
    }
  });
}

// -- time ----------------------------------------------------------------------------------------

void reactor::wake_at(connection& who, deadlines::handle& mine, connection::time_point when) {
  deadlines_.set(mine, &who, when);
  arm_timer();
}

void reactor::arm_timer() {
  const auto next = deadlines_.next();
  if (!next || (timer_set_for_ && *timer_set_for_ <= *next)) return;
  timer_set_for_.reset();
  timer_.expires_at(*next + timer_grain);
  timer_.async_wait([this](const std::error_code& error) {
    if (!error) on_timer();
  });
  timer_set_for_ = *next;
}

void reactor::on_timer() {
  const auto at = now();
  timer_set_for_.reset();
  for (auto turns = deadlines_.size(); turns > 0; --turns) {
    auto* one = deadlines_.first_due(at);
    if (one == nullptr) break;
    const auto alive = one->shared_from_this();
    alive->on_alarm(at);
  }
  arm_timer();
}

}  // namespace taquilla::gateway
