// The endpoint families. Each function adds the endpoints of one family to the table; each lives in
// a file of its own. Handlers read a request, ask the front desk, and write one answer; they never
// wait.
#pragma once

#include "gateway/endpoint.hpp"

#include <vector>

namespace taquilla::gateway {

void add_reservation_endpoints(std::vector<endpoint>& table);
void add_event_endpoints(std::vector<endpoint>& table);
void add_payment_endpoints(std::vector<endpoint>& table);
void add_mail_endpoints(std::vector<endpoint>& table);
void add_chaos_endpoints(std::vector<endpoint>& table);
void add_health_endpoints(std::vector<endpoint>& table);
void add_documentation_endpoints(std::vector<endpoint>& table);
void add_console_endpoints(std::vector<endpoint>& table);
void add_stream_endpoint(std::vector<endpoint>& table);

}  // namespace taquilla::gateway
