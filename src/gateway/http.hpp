// The HTTP edge in plain C++: what a request is, what an answer is, and the two sides that meet
// here.
//
//   bytes -> http_server (sockets, framing, cpp-httplib) -> route -> responder -> bytes
//
// The server side (http_server/) knows sockets and nothing of tickets; the application side
// (application.hpp) knows tickets and nothing of sockets. Handlers never block: they take a
// `responder`, return at once, and the answer may come later and from any thread. That is why a
// purchase in flight costs memory and not a thread. No CAF and no httplib here; of the other side
// each of the two includes this header and no other; the words of HTTP that both have to compare
// are in ascii.hpp and authority.hpp.
#pragma once

#include "policies/rate_limiter.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taquilla::gateway {

/// The four doors of the house, in the order of `config` and `endpoints.json`.
enum class listener : std::uint8_t { gateway, inventory, payment, notification };
inline constexpr std::size_t listener_count = 4;
inline constexpr const char* listener_names[listener_count] = {"gateway", "inventory", "payment",
                                                               "notification"};

/// One request, completely read and strictly framed. Names of headers compare without case; values
/// are the raw bytes of the wire, trimmed of blanks and never percent-decoded.
struct http_request {
  listener at = listener::gateway;
  std::string method;  ///< "GET", "POST", ...
  /// Without the query. Percent-decoded but for "%2F", which separates nothing, and for "%25", so
  /// that "%252F", a name with an escape in it, is not taken for one.
  std::string path;
  /// Percent-decoded, '+' as a blank, in the order sent.
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;  ///< as sent, in order
  std::vector<std::string> captures;                         ///< the groups of the route's pattern
  std::string body;
  std::string peer;  ///< address of the socket, no port
  /// Expires when the client has gone, and nobody waits for the answer any more.
  std::weak_ptr<const void> client;
  /// What the limiter decided, where `refuse` asked it: the handler tells of that very moment.
  std::optional<limit_decision> limit;

  /// First value of header `name`; empty when absent.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const;
  /// GET, HEAD or OPTIONS: it asks for nothing to be changed (RFC 9110 9.2.1).
  bool is_safe() const;
  /// The only value of header `name`, empty when absent; nothing when it was sent twice, which no
  /// client of good will does.
  std::optional<std::string_view> single(std::string_view name) const;
  /// First value of query parameter `name`; nullptr when absent.
  const std::string* parameter(std::string_view name) const;
};

/// What a long answer (server-sent events) is read from. Bounded by its owner; never blocks.
class byte_source {
 public:
  virtual ~byte_source() = default;
  /// Moves out what there is, at most `max` bytes; empty means "nothing yet". Reactor thread.
  virtual std::string take(std::size_t max) = 0;
  /// True once `take` has given the last byte there will ever be: the server ends the answer.
  virtual bool finished() const = 0;
  /// The server's wake-up: the owner calls it (any thread) whenever `take` has something to give or
  /// `finished` has become true. It stays callable, and harmless, after `closed`.
  virtual void on_ready(std::function<void()> wake) = 0;
  /// The client has gone, or the server stops: nobody will take again.
  virtual void closed() = 0;
};

struct http_response {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// When set, `body` is sent first and the rest is taken here. The connection ends with it.
  std::shared_ptr<byte_source> stream;
  /// The connection ends with this answer. For answers of `refuse`: only there has nothing that was
  /// pipelined behind the request been begun.
  bool close = false;
};

/// Why a request is not run, though nothing is wrong with it.
enum class shed_reason : std::uint8_t { overloaded, draining };

/// Gives the one answer of a request. Callable from any thread, once; a second call does nothing.
/// One that is destroyed uncalled answers 500 by itself, so that no client waits for ever.
using responder = std::function<void(http_response)>;

struct route {
  std::vector<listener> at;
  std::string method;
  std::string pattern;  ///< regular expression over the whole path
  std::function<void(const http_request&, responder)> handle;
  /// A long answer: begun when nothing else of its connection is in work, and nothing beside it.
  /// The pattern is then a path without groups.
  bool alone = false;
};

/// What the server serves. All functions are called from several threads at once, may be called on
/// a thread that carries sockets, and so never block. One that throws is answered 500 by the
/// server.
class http_application {
 public:
  virtual ~http_application() = default;
  virtual const std::vector<route>& routes() const = 0;
  /// Judges every request, whole and in its turn, before its route is looked for: Host, Origin,
  /// limiter. An answer here is final and is sent in place of the route's. `captures` are still
  /// empty; all else is there.
  virtual std::optional<http_response> refuse(http_request& request) = 0;
  /// The answer for a request without a route. `allowed` holds the methods that the path does have
  /// on that listener (sorted, HEAD beside GET): empty means 404, otherwise 405 with `Allow`. The
  /// path "*", which OPTIONS alone may have, is the listener as a whole: 204.
  virtual http_response unmatched(const http_request& request,
                                  const std::vector<std::string>& allowed) = 0;
  /// The server's own answer: to bytes that are no request, to a method that it does not know, and
  /// where nobody else answered (500, 504). `status` as in the table of docs/http.md, `detail` one
  /// English sentence.
  virtual http_response server_answer(listener at, int status, std::string_view detail) = 0;
  /// The answer for a request that is not run: 503.
  virtual http_response shed(listener at, shed_reason why, std::string_view detail) = 0;
  /// Whether those at `address` are one client, who may have no more than his share of what there
  /// is for all. Others speak for many, or are this very machine.
  virtual bool is_one_client(const std::string& address) const = 0;
};

/// Bytes and counts above which a request is refused.
struct framing_limits {
  std::size_t body_bytes_max = 16 * 1024;
  std::size_t head_bytes_max = 8 * 1024;  ///< request line, fields and line ends together
  std::size_t target_bytes_max = 2048;
  std::size_t header_fields_max = 64;
};

struct http_server_options {
  std::vector<std::string> bind = {"127.0.0.1", "::1"};
  std::uint16_t ports[listener_count] = {80, 8082, 8083, 8084};  ///< 0: the system picks
  std::size_t threads = 2;                                       ///< that run handlers (1..64)
  std::size_t connections_max = 8192;                            ///< all listeners together
  std::size_t connections_per_peer = 64;                         ///< of one client's address
  framing_limits framing;
  std::size_t queue_max = 1024;  ///< framed requests that wait for a thread
  /// In that queue; one that has waited longer is told 503 unrun. What a request waits before it,
  /// behind an earlier one of its own connection, is its client's choice and does not count.
  std::chrono::milliseconds queue_age_max{500};
  std::chrono::milliseconds head_timeout{3000};
  std::chrono::milliseconds body_timeout{5000};
  std::chrono::milliseconds idle_timeout{30000};
  std::chrono::milliseconds write_timeout{10000};
  std::chrono::milliseconds answer_timeout{60000};  ///< a handler that never answers: 504 by us
  std::chrono::milliseconds linger_timeout{1000};  ///< reads on after the last answer, before close
  /// Requests of one connection in work at once. Few, because what they will hold is not known
  /// before they are answered.
  std::size_t pipelined_max = 4;
  std::size_t connection_outbound_max =
      256 * 1024;  ///< memory of unsent answers: over it nothing more is begun
  /// The same of all connections: over it, those are reset that have taken nothing for longest.
  /// With it, the next, what the program is without any, and what an allocator adds, 128 MiB are
  /// enough whatever is read and sent.
  std::size_t outbound_max = 40 * 1024 * 1024;
  /// Memory of what was read of all requests that are not begun: over it, those are told 503 that
  /// are the longest in coming.
  std::size_t inbound_max = 16 * 1024 * 1024;
  std::function<std::int64_t()> wall_ms;  ///< since 1970, UTC; empty: answers have no Date
};

/// Descriptors that the rest of the program needs beside the connections.
inline constexpr std::size_t other_descriptors = 128;
/// Raises the process's limit of open descriptors as far as it takes and may be; returns how many
/// of the `wanted` connections fit into it.
std::size_t connections_possible(std::size_t wanted);

/// A listener that could not be had: what, why, and which port, for the error text of main.
struct bind_failure {
  listener at;
  std::string address;
  std::uint16_t port;
  int error_number;  ///< errno
};

/// Owner of the sockets. All functions from one thread (the GATEWAY's), but `read_counters` from
/// any.
class http_server {
 public:
  virtual ~http_server() = default;
  /// Binds every address and port and starts to serve. On a failure nothing stays bound and the
  /// failure is returned in `failed`.
  virtual bool start(bind_failure& failed) = 0;
  /// The port that a listener really has (after port 0).
  virtual std::uint16_t port(listener which) const = 0;
  /// Closes the listeners. What is connected is still served, the last answer to what it has asked
  /// with `Connection: close`. Calling it twice is harmless.
  virtual void stop_accepting() = 0;
  /// Stops accepting, answers what was read with `Connection: close`, ends idle connections, and
  /// returns when all is sent or `limit` is over. Calling it twice is harmless.
  virtual void drain(std::chrono::milliseconds limit) = 0;
  /// Numbers for /metrics and /health.
  struct counters {
    std::uint64_t accepted = 0;         ///< connections
    std::uint64_t turned_away = 0;      ///< connections closed at once: too many, no descriptor
    std::uint64_t requests = 0;         ///< completely framed
    std::uint64_t refused = 0;          ///< of them, answered by `refuse`
    std::uint64_t protocol_errors = 0;  ///< bytes that were no request, came too slowly (408), or
                                        ///< asked for a method that nobody knows (501)
    std::uint64_t unanswered = 0;       ///< of the requests, those that got 500 or 504 for want of
                                        ///< an answer: a handler threw, dropped it, or was too late
    std::uint64_t shed = 0;             ///< 503 unrun: queue full or too old, draining
    std::uint64_t resets = 0;           ///< slow readers and streams that were cut off
    std::uint64_t retired = 0;          ///< idle connections that made way for newcomers
    std::size_t open_connections = 0, in_flight = 0, queued = 0;
    std::size_t inbound_bytes = 0;   ///< memory of requests that are not begun
    std::size_t outbound_bytes = 0;  ///< memory of answers that are not sent
  };
  virtual counters read_counters() const = 0;
};

/// The application must outlive the server.
std::unique_ptr<http_server> make_http_server(http_server_options options,
                                              http_application& application);

}  // namespace taquilla::gateway
