// Puts the parts together behind `http_server`: reactors, doormen, and their common end.
#include "gateway/http_server/doorman.hpp"
#include "gateway/http_server/reactor.hpp"

#include <asio/ip/address.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace taquilla::gateway {

namespace {

// Port 0 has to be free on every address; how often to draw again when it is not.
constexpr int port_draws_max = 16;

class server final : public http_server, private socket_sink {
 public:
  server(http_server_options options, http_application& application)
      : options_{std::move(options)}, application_{application} {
    options_.threads = std::clamp<std::size_t>(options_.threads, 1, 64);
  }
  ~server() override { drain(std::chrono::milliseconds{0}); }

  bool start(bind_failure& failed) override;
  std::uint16_t port(listener which) const override {
    return ports_[static_cast<std::size_t>(which)];
  }
  void stop_accepting() override;
  void drain(std::chrono::milliseconds limit) override;
  counters read_counters() const override { return traffic_.read(); }

 private:
  bool listen(listener at, bind_failure& failed);
  bool listen_everywhere(listener at, std::uint16_t port, bind_failure& failed);
  std::error_code listen_on(listener at, const std::string& address, std::uint16_t port);
  asio::io_context& next_context() override { return reactors_[turn_]->context(); }
  void receive(asio::ip::tcp::socket socket, listener at, std::string peer,
               guest_list::place place) override;

  http_server_options options_;
  http_application& application_;
  traffic traffic_;
  std::unique_ptr<guest_list> guests_;  // outlives the connections
  std::vector<std::unique_ptr<reactor>> reactors_;
  std::vector<std::unique_ptr<doorman>> doormen_;
  std::size_t turn_ = 0;
  std::uint16_t ports_[listener_count] = {};
  bool running_ = false;
};

bool server::start(bind_failure& failed) {
  options_.connections_max = connections_possible(options_.connections_max);
  const guest_list::limits bounds{
      options_.connections_max, options_.connections_per_peer,
      [this](const std::string& address) { return application_.is_one_client(address); }};
  guests_ = std::make_unique<guest_list>(bounds, traffic_);
  for (std::size_t i = 0; i < options_.threads; ++i)
    reactors_.push_back(std::make_unique<reactor>(options_, application_, traffic_, *guests_));
  for (std::size_t i = 0; i < listener_count; ++i) {
    if (listen(static_cast<listener>(i), failed)) continue;
    doormen_.clear();
    reactors_.clear();
    return false;
  }
  for (auto& one : doormen_) one->start();
  for (auto& one : reactors_) one->start();
  running_ = true;
  return true;
}

bool server::listen(listener at, bind_failure& failed) {
  const auto wanted = options_.ports[static_cast<std::size_t>(at)];
  const int draws = wanted == 0 ? port_draws_max : 1;
  const auto doors_before = doormen_.size();
  for (int i = 0; i < draws; ++i) {
    if (listen_everywhere(at, wanted, failed)) return true;
    doormen_.resize(doors_before);
  }
  return false;
}

// A system without IPv6 has no ::1; that is no reason not to serve on 127.0.0.1. An address that is
// the only one, or a port that is taken, is.
bool server::listen_everywhere(listener at, std::uint16_t port, bind_failure& failed) {
  bool any = false;
  for (const auto& address : options_.bind) {
    const auto error = listen_on(at, address, port);
    if (!error) {
      any = true;
      port = ports_[static_cast<std::size_t>(at)] = doormen_.back()->port();
      continue;
    }
    failed = {at, address, port, error.value()};
    if (!is_missing_address(error)) return false;
  }
  return any;
}

std::error_code server::listen_on(listener at, const std::string& address, std::uint16_t port) {
  std::error_code error;
  const auto where = asio::ip::make_address(address, error);
  if (error) return error;
  socket_sink& sink = *this;
  auto door = std::make_unique<doorman>(reactors_.front()->context(), at, *guests_, traffic_, sink);
  error = door->open({where, port});
  if (!error) doormen_.push_back(std::move(door));
  return error;
}

void server::receive(asio::ip::tcp::socket socket, listener at, std::string peer,
                     guest_list::place place) {
  reactors_[turn_]->adopt(std::move(socket), at, std::move(peer), std::move(place));
  turn_ = (turn_ + 1) % reactors_.size();
  for (auto& one : reactors_) one->retire_resting();
}

// On the loop of the doormen, so that every socket accepted before is with its reactor already.
void server::stop_accepting() {
  if (!running_) return;
  std::promise<void> closed;
  asio::post(reactors_.front()->context(), [this, &closed] {
    for (auto& one : doormen_) one->close();
    closed.set_value();
  });
  closed.get_future().wait();
  for (auto& one : reactors_) one->leave();
}

void server::drain(std::chrono::milliseconds limit) {
  stop_accepting();
  if (!std::exchange(running_, false)) return;
  const auto until = std::chrono::steady_clock::now() + limit;
  std::vector<std::future<void>> ends;
  for (auto& one : reactors_) ends.push_back(one->drain());
  for (auto& end : ends) end.wait_until(until);
  for (auto& one : reactors_) one->stop();
  doormen_.clear();
  reactors_.clear();
}

}  // namespace

std::size_t connections_possible(std::size_t wanted) {
  const auto descriptors = allow_descriptors(wanted + other_descriptors);
  const bool plenty = descriptors > 2 * other_descriptors;
  return std::min(wanted, plenty ? descriptors - other_descriptors : descriptors / 2);
}

std::unique_ptr<http_server> make_http_server(http_server_options options,
                                              http_application& application) {
  return std::make_unique<server>(std::move(options), application);
}

}  // namespace taquilla::gateway
