#include "gateway/context.hpp"

#include "gateway/documentation.hpp"
#include "gateway/routes/routes.hpp"
#include "policies/client_key.hpp"

#include <stdexcept>

namespace taquilla::gateway {

namespace {

gateway_options checked(gateway_options options) {
  if (!options.monotonic_ms || !options.wall_ms)
    throw std::invalid_argument("the gateway needs both of its clocks");
  return options;
}

std::vector<endpoint> all_endpoints() {
  std::vector<endpoint> table;
  add_reservation_endpoints(table);
  add_event_endpoints(table);
  add_payment_endpoints(table);
  add_mail_endpoints(table);
  add_chaos_endpoints(table);
  add_health_endpoints(table);
  add_documentation_endpoints(table);
  add_stream_endpoint(table);
  add_console_endpoints(table);
  return table;
}

}  // namespace

context::context(gateway_options given, const std::shared_ptr<front_desk>& asked)
    : options(checked(std::move(given))),
      desk(*asked),
      desk_if_there(asked),
      endpoints(all_endpoints()),
      unmatched_row(endpoints.size()),
      refused_row(endpoints.size() + 1),
      server_row(endpoints.size() + 2),
      selling_row(gateway::selling_row(endpoints)),
      started_at(options.wall_ms()),
      proxies(options.trusted_proxies),
      origin_rules(options.allowed_hosts),
      admins(options.admin_token),
      limit(options.limiter),
      counts(endpoints.size() + 3),
      reports(options.reports_max),
      stream(std::make_shared<live_stream>(options.stream_clients_max)),
      openapi_json(openapi_document(endpoints, options.version)),
      docs_html(docs_page(endpoints, options.version)) {}

bool context::is_one_client(const std::string& address) const {
  return !proxies.trusts(address) && (options.limit_local_peers || !is_loopback(address));
}

std::string context::share_holder(const http_request& request) const {
  const auto address = proxies.client_address(request);
  return is_one_client(address) ? client_key(address) : std::string{};
}

}  // namespace taquilla::gateway
