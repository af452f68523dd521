#include "gateway/http_server/fake_application.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace taquilla::gateway::testing {

namespace {

constexpr std::chrono::seconds patience{30};

}  // namespace

std::string fake_stream::take(std::size_t max) {
  const std::lock_guard<std::mutex> lock{mutex_};
  auto taken = bytes_.substr(taken_, max);
  taken_ += taken.size();
  return taken;
}

bool fake_stream::finished() const {
  const std::lock_guard<std::mutex> lock{mutex_};
  return finished_ && taken_ == bytes_.size();
}

void fake_stream::on_ready(std::function<void()> wake) {
  const std::lock_guard<std::mutex> lock{mutex_};
  wake_ = std::move(wake);
}

void fake_stream::closed() {
  const std::lock_guard<std::mutex> lock{mutex_};
  closed_ = true;
  changed_.notify_all();
}

void fake_stream::push(const std::string& bytes) {
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    bytes_ += bytes;
  }
  ring();
}

void fake_stream::finish() {
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    finished_ = true;
  }
  ring();
}

void fake_stream::ring() {
  std::function<void()> wake;
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    wake = wake_;
  }
  if (wake) wake();
}

bool fake_stream::wait_closed() {
  std::unique_lock<std::mutex> lock{mutex_};
  return changed_.wait_for(lock, patience, [this] { return closed_; });
}

http_response text(std::string body, int status) {
  http_response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

fake_application::fake_application() {
  add("GET", "/hello", [](const http_request&, responder answer) { answer(text("hello")); });
  for (const char* method : {"POST", "PUT"})
    add(method, "/echo",
        [](const http_request& asked, responder answer) { answer(text(asked.body)); });
  add("GET", "/item/([0-9]+)/(.*)", [](const http_request& asked, responder answer) {
    const auto* q = asked.parameter("q");
    answer(text(asked.captures.at(0) + "|" + asked.captures.at(1) + "|" + (q ? *q : "")));
  });
  add("GET", "/peer",
      [](const http_request& asked, responder answer) { answer(text(asked.peer)); });
  add("GET", "/big/([0-9]+)", [](const http_request& asked, responder answer) {
    answer(text(std::string(std::stoul(asked.captures.at(0)), 'x')));
  });
  for (const char* method : {"GET", "POST"})
    add(method, "/park", [this](const http_request& asked, responder answer) {
      const auto* name = asked.parameter("name");
      const std::lock_guard<std::mutex> lock{mutex_};
      parked_.push_back({name ? *name : "", asked.client, std::move(answer)});
      changed_.notify_all();
    });
  add_awkward_ones();
}

void fake_application::add_awkward_ones() {
  add("GET", "/stream", [this](const http_request&, responder answer) {
    auto response = text("first ");
    response.stream = stream;
    answer(std::move(response));
  });
  routes_.back().alone = true;
  add("GET", "/never", [](const http_request&, responder) {});
  add("GET", "/throw", [](const http_request&, responder) { throw std::runtime_error{"secret"}; });
  add("GET", "/twice", [this](const http_request&, responder answer) {
    answer(text("one"));
    auto late = text("two");
    late.stream = stream;
    answer(std::move(late));
  });
  add("GET", "/thread", [this](const http_request&, responder answer) {
    const std::lock_guard<std::mutex> lock{mutex_};
    threads_.emplace_back([answer = std::move(answer)] { answer(text("from a thread")); });
  });
  add("GET", "/headers", [](const http_request&, responder answer) {
    auto response = text("x");
    response.headers = {{"X-Evil", "a\r\nSet-Cookie: b"},
                        {"Connection", "close"},
                        {"Content-Length", "99"},
                        {"Keep-Alive", "timeout=9"},
                        {"X-Good", "yes"}};
    answer(std::move(response));
  });
  add("GET", "/empty", [](const http_request&, responder answer) { answer(text("ignored", 204)); });
}

fake_application::~fake_application() {
  for (auto& one : threads_) one.join();
}

void fake_application::add(const std::string& method, const std::string& pattern,
                           std::function<void(const http_request&, responder)> handle) {
  routes_.push_back({{listener::gateway},
                     method,
                     pattern,
                     [this, handle = std::move(handle)](const http_request& asked, responder r) {
                       ++handled;
                       handle(asked, std::move(r));
                     }});
}

std::optional<http_response> fake_application::refuse(http_request& request) {
  if (request.path == "/judge") throw std::runtime_error{"secret"};
  if (request.header("Host") == "elsewhere") {
    auto refused = text("not here", 421);
    refused.close = true;
    return refused;
  }
  if (request.path != "/refused") return std::nullopt;
  return text("too often", 429);
}

http_response fake_application::unmatched(const http_request& asked,
                                          const std::vector<std::string>& allowed) {
  if (asked.path == "*") return text("", 204);
  auto response = text("nothing here", allowed.empty() ? 404 : 405);
  std::string list;
  for (const auto& method : allowed) list += (list.empty() ? "" : ", ") + method;
  if (!allowed.empty()) response.headers.emplace_back("Allow", list);
  return response;
}

http_response fake_application::server_answer(listener, int status, std::string_view detail) {
  return text(std::string{detail}, status);
}

http_response fake_application::shed(listener, shed_reason why, std::string_view detail) {
  return text((why == shed_reason::draining ? "draining: " : "overloaded: ") + std::string{detail},
              503);
}

bool fake_application::wait_parked(std::size_t count) {
  std::unique_lock<std::mutex> lock{mutex_};
  return changed_.wait_for(lock, patience, [&] { return parked_.size() >= count; });
}

void fake_application::answer_parked(const std::string& name, const std::string& body,
                                     std::shared_ptr<byte_source> stream) {
  responder answer;
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    const auto at = std::find_if(parked_.begin(), parked_.end(),
                                 [&](const parked_request& one) { return one.name == name; });
    if (at == parked_.end()) throw std::runtime_error{"nothing is parked as " + name};
    answer = std::move(at->answer);
    parked_.erase(at);
  }
  auto response = text(body);
  response.stream = std::move(stream);
  answer(std::move(response));
}

std::size_t fake_application::release_all() {
  std::vector<parked_request> all;
  {
    const std::lock_guard<std::mutex> lock{mutex_};
    all.swap(parked_);
  }
  for (auto& one : all) one.answer(text("released"));
  return all.size();
}

std::size_t fake_application::clients_waiting() {
  const std::lock_guard<std::mutex> lock{mutex_};
  return static_cast<std::size_t>(
      std::count_if(parked_.begin(), parked_.end(),
                    [](const parked_request& one) { return !one.client.expired(); }));
}

void fake_application::drop_all() {
  std::vector<parked_request> all;
  const std::lock_guard<std::mutex> lock{mutex_};
  all.swap(parked_);
}

http_server_options test_options() {
  http_server_options options;
  options.bind = {"127.0.0.1"};
  options.queue_age_max = std::chrono::seconds{30};
  options.outbound_max = 256 * 1024 * 1024;
  for (auto& port : options.ports) port = 0;
  return options;
}

http_server_options one_reactor() {
  auto options = test_options();
  options.threads = 1;
  return options;
}

running_server::running_server(http_server_options options)
    : server{make_http_server(std::move(options), application)} {
  bind_failure failed{};
  if (!server->start(failed)) throw std::runtime_error{"cannot bind " + failed.address};
}

bool running_server::wait_until(
    const std::function<bool(const http_server::counters&)>& holds) const {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds(server->read_counters())) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace taquilla::gateway::testing
