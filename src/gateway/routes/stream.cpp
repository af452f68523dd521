#include "gateway/ascii.hpp"
#include "gateway/exchange.hpp"
#include "gateway/overview.hpp"
#include "gateway/query.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/wire.hpp"

namespace taquilla::gateway {

namespace {

using location = parameter_doc::location;

/// Fewer than a follower's queue holds, so that what happens meanwhile has room in it.
constexpr std::uint64_t recent_max = 100;

std::string snapshot_event(const context& house, const overview& seen, std::uint64_t sequence) {
  json_writer json;
  json.open_object().number("sequence", sequence).text("version", house.options.version);
  json.key("health");
  if (seen.health) {
    json.open_object();
    write_health_members(json, seen);
    json.close_object();
  } else {
    json.null();
  }
  json.key("events").open_array();
  if (seen.events)
    for (const auto& event : *seen.events) write_event(json, event);
  json.close_array().key("services").open_array();
  for (const auto& table : seen.chaos) {
    if (!table) continue;
    json.open_object().text("service", wire_name(table->target));
    write_chaos_members(json, *table);
    json.close_object();
  }
  json.close_array().close_object();
  return "event: snapshot\ndata: " + json.take() + "\n\n";
}

/// Opens `client` once the snapshot is there and, if it says where it goes on, the lines since
/// then.
void begin(const std::shared_ptr<stream_client>& client, const std::shared_ptr<context>& house,
           std::optional<std::uint64_t> after) {
  const auto sequence = house->stream->last_sequence();
  take_overview(house->desk, [client, house, after, sequence](const overview& seen) {
    auto event = snapshot_event(*house, seen, sequence);
    if (!after) {
      if (sequence > 0) event = "id: " + std::to_string(sequence) + '\n' + event;
      return client->start(std::move(event), {});
    }
    const auto desk = house->desk_if_there.lock();
    if (!desk) return;
    desk->feed(*after, stream_client::lines_max,
               [client, event](result<std::vector<feed_line>> missed) {
                 client->start(event, missed ? *missed : std::vector<feed_line>{});
               });
  });
}

void follow(const http_request& request, const exchange& out) {
  query_reader query{request};
  std::optional<std::uint64_t> after = query.whole("after", 0, UINT64_MAX);
  const auto recent = query.whole("recent", 0, recent_max);
  if (request.has_header("Last-Event-ID")) {
    const auto id = request.single("Last-Event-ID");
    after = id ? parse_digits(*id) : std::nullopt;
    if (!after) query.wrong("Last-Event-ID", "no es un número de esta lista");
  }
  if (const auto wrong = query.finish(); !wrong.empty()) return out.refuse(wrong);
  auto& stream = *out.house().stream;
  // Who comes back after a restart has missed what nobody can count: it goes on like a new one.
  if (after && !stream.continues(*after)) after.reset();
  const auto client = stream.join(after, out.house().share_holder(request));
  if (!client)
    return out.refuse(error{errc::overloaded, "too many followers of the stream", 5'000});
  http_response response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.body = "retry: 2000\n\n";
  response.stream = client;
  out.send(std::move(response));
  if (!after && recent) after = stream.before_the_last(*recent);
  begin(client, out.shared_house(), after);
}

}  // namespace

void add_stream_endpoint(std::vector<endpoint>& table) {
  auto e = get({listener::gateway}, "/api/stream",
               "What happens, as server-sent events: `snapshot` first, then a line each with its "
               "sequence number as id; `skipped` tells of lost lines, `bye` of the end.",
               follow);
  e.parameters = {
      {location::query, "after", "sequence number that was seen last", false},
      {location::query, "recent",
       "how many of the last lines come behind the snapshot, for who has seen none", false},
      {location::header, "Last-Event-ID", "the same, as browsers send it", false}};
  e.answers = {200, 422, 503};
  e.content_type = "text/event-stream";
  e.alone = true;
  table.push_back(std::move(e));
}

}  // namespace taquilla::gateway
