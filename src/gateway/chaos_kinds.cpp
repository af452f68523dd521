#include "gateway/chaos_kinds.hpp"

#include "policies/chaos.hpp"

#include <algorithm>

namespace taquilla::gateway {

namespace {

constexpr std::uint64_t delay_s_max = chaos_delay_max_ms / 1000,
                        for_s_max = chaos_for_max_ms / 1000;

std::vector<chaos_kind_row> make_table() {
  const std::vector<service> all = {service::inventory, service::payment, service::notification};
  const std::vector<service> payments = {service::payment}, mail = {service::notification};
  return {
      {"crash", "crash", all, false, false, false, "caído",
       "dies and stays down until it is recovered"},
      {"panic", "panic", all, false, false, false, "muere y vuelve solo",
       "dies once; the supervisor restarts it"},
      {"slow", "slow", all, true, false, false, "responde con retraso",
       "answers `delay` seconds late"},
      {"flaky", "flaky", all, false, true, false, "falla a veces",
       "answers an error to a share of the requests"},
      {"lossy", "lossy", all, false, true, false, "trabaja, pero pierde respuestas",
       "does the work and loses the reply, for a share of the requests"},
      {"stall", "stall", all, false, false, false, "no responde", "never answers"},
      {"decline", "decline", payments, false, false, false, "rechaza los pagos",
       "refuses every card"},
      {"bounce", "bounce", mail, false, false, false, "devuelve los correos",
       "finds no mailbox for any address"},
      // The mail service that is switched off is a mail service that is down: mail waits unharmed.
      {"disable", "crash", mail, false, false, false, "desactivado",
       "is switched off; mail waits until it is enabled"},
      {"recover", "recover", all, false, false, true, "recuperado", "ends all trouble"},
      {"normal", "recover", all, false, false, true, "vuelve a la normalidad", "ends all trouble"},
      {"enable", "recover", all, false, false, true, "activado", "ends all trouble"},
  };
}

}  // namespace

const std::vector<chaos_kind_row>& chaos_kind_table() {
  static const std::vector<chaos_kind_row> table = make_table();
  return table;
}

const chaos_kind_row* find_chaos_kind(service target, std::string_view name) {
  for (const auto& row : chaos_kind_table())
    if (row.name == name && std::count(row.takers.begin(), row.takers.end(), target) > 0)
      return &row;
  return nullptr;
}

std::string chaos_kinds_of(service target) {
  std::string names;
  for (const auto& row : chaos_kind_table())
    if (find_chaos_kind(target, row.name) != nullptr)
      names.append(names.empty() ? "" : ", ").append(row.name);
  return names;
}

chaos_order read_chaos_order(service target, const chaos_kind_row& row, query_reader& query) {
  chaos_order order;
  order.target = target;
  order.kind = row.acts_as;
  if (row.ends) return order;
  constexpr int milli = 3, micro = 6;
  if (row.takes_delay) {
    if (const auto delay = query.decimal("delay", milli, delay_s_max))
      order.delay_ms = static_cast<std::int64_t>(*delay);
    else if (!query.has("delay"))
      query.wrong("delay", "falta este parámetro: segundos de retraso");
  }
  if (row.takes_rate)
    if (const auto rate = query.decimal("rate", micro, 1))
      order.rate_ppm = static_cast<std::uint32_t>(*rate);
  if (const auto ms = query.decimal("for", milli, for_s_max)) {
    order.for_ms = static_cast<std::int64_t>(*ms);
    // In an order, 0 says "until somebody ends it": who asks for no time at all must not get that.
    if (order.for_ms == 0) query.wrong("for", "debe ser mayor que 0; sin este parámetro no acaba");
  }
  if (const auto times = query.whole("times", 1, chaos_times_max)) order.times = *times;
  return order;
}

}  // namespace taquilla::gateway
