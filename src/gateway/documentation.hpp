// What the API says about itself: an OpenAPI 3.1 document, and a page for people made from the same
// table of endpoints. Both are built once, at start. Pure.
#pragma once

#include "gateway/endpoint.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace taquilla::gateway {

std::string openapi_document(const std::vector<endpoint>& table, std::string_view version);
std::string docs_page(const std::vector<endpoint>& table, std::string_view version);

/// Its listeners by name: "gateway, inventory".
std::string served_by(const endpoint& served);

}  // namespace taquilla::gateway
