#include "gateway/bridge/feed_text.hpp"

#include "gateway/json_writer.hpp"

namespace taquilla::gateway {

feed_line line_of(const feed_event& event) {
  json_writer json;
  json.open_object().time("at", event.at).text("kind", event.what.kind);
  json.text("service", event.what.service);
  if (event.what.id != 0) json.number("reservationId", event.what.id);
  if (!event.what.subject.empty()) json.text("subject", event.what.subject);
  if (!event.what.detail.empty()) json.text("detail", event.what.detail);
  json.close_object();
  return {event.sequence, event.what.kind, json.take()};
}

}  // namespace taquilla::gateway
