// A small application that can do all that the server has to cope with: answers at once, later,
// from another thread, twice, never; refuses; throws; streams. And a server around it on a port of
// the system's choice. Waits are on conditions, with a deadline.
#pragma once

#include "gateway/http.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace taquilla::gateway::testing {

/// Answers with what `push` puts in, until `finish`.
class fake_stream final : public byte_source {
 public:
  std::string take(std::size_t max) override;
  bool finished() const override;
  void on_ready(std::function<void()> wake) override;
  void closed() override;

  void push(const std::string& bytes);
  void finish();
  bool wait_closed();

 private:
  void ring();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string bytes_;
  std::size_t taken_ = 0;
  bool finished_ = false, closed_ = false;
  std::function<void()> wake_;
};

class fake_application final : public http_application {
 public:
  fake_application();
  ~fake_application() override;

  const std::vector<route>& routes() const override { return routes_; }
  std::optional<http_response> refuse(http_request& request) override;
  http_response unmatched(const http_request&, const std::vector<std::string>& allowed) override;
  http_response server_answer(listener, int status, std::string_view detail) override;
  http_response shed(listener, shed_reason why, std::string_view detail) override;
  bool is_one_client(const std::string&) const override { return has_shares; }

  /// Waits until `count` requests of /park hold their responders; they stay in `parked`.
  bool wait_parked(std::size_t count);
  /// Answers the parked request that asked for /park?name=...
  void answer_parked(const std::string& name, const std::string& body,
                     std::shared_ptr<byte_source> stream = nullptr);
  std::size_t release_all();
  /// How many clients of parked requests are still there.
  std::size_t clients_waiting();
  void drop_all();  ///< without an answer
  std::shared_ptr<fake_stream> stream = std::make_shared<fake_stream>();
  std::atomic<int> handled{0};
  std::atomic<bool> has_shares{false};  ///< the address of the tests is one client's

 private:
  void add(const std::string& method, const std::string& pattern,
           std::function<void(const http_request&, responder)> handle);
  void add_awkward_ones();

  struct parked_request {
    std::string name;
    std::weak_ptr<const void> client;
    responder answer;
  };
  std::vector<route> routes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<parked_request> parked_;
  std::vector<std::thread> threads_;
};

http_response text(std::string body, int status = 200);

/// Two reactors on 127.0.0.1, ports of the system's choice, the timeouts of the real thing; but no
/// request is shed for its age, which on a busy machine would be a matter of luck, and answers of
/// 30 MB, which only tests have, find room.
http_server_options test_options();
/// One reactor: what it has done for one connection, it has done for all that came before.
http_server_options one_reactor();

class running_server {
 public:
  explicit running_server(http_server_options options = test_options());

  std::uint16_t port() const { return server->port(listener::gateway); }
  /// Waits, at most 30 s, until the counters say so.
  bool wait_until(const std::function<bool(const http_server::counters&)>& holds) const;

  fake_application application;
  std::unique_ptr<http_server> server;
};

}  // namespace taquilla::gateway::testing
