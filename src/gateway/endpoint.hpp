// One endpoint of the API: where it is served, what it takes and gives, and who handles it.
// Routing, Allow, metrics labels, /openapi.json and /docs are all read from this one table, so that
// none of them can tell another story than the code.
#pragma once

#include "gateway/http.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace taquilla::gateway {

class exchange;

using endpoint_handler = std::function<void(const http_request&, const exchange&)>;

struct parameter_doc {
  enum class location { path, query, header };
  location in = location::query;
  std::string name;
  std::string about;
  bool required = false;
};

/// What a list takes: `own`, and the two that every list has (query.hpp reads them).
std::vector<parameter_doc> paged(std::vector<parameter_doc> own = {});

struct endpoint {
  std::vector<listener> at;
  std::string method;
  std::string path;  ///< "/api/reservations/{id}": a `{name}` matches one segment
  std::string summary;
  std::vector<parameter_doc> parameters;
  std::vector<int> answers{200};  ///< every status it may give, the good one first
  std::string content_type = "application/json";
  std::string body_schema;  ///< JSON Schema of the body as JSON text; empty: takes no body
  std::string example;      ///< a good answer, for the documentation
  bool guarded = false;     ///< needs the admin token, when there is one
  endpoint_handler handle;
  bool alone = false;  ///< a long answer, see `route`
  /// The purchase: each client may ask only so often, and refusals are counted by their cause.
  bool sells = false;
};

/// A GET that takes nothing, and answers 200 in JSON: the caller says by name what else is true.
endpoint get(std::vector<listener> at, std::string path, std::string summary,
             endpoint_handler handle);

/// The row of the one endpoint that sells.
/// @throws std::logic_error unless there is just one, on one listener, with a path without
/// `{name}`.
std::size_t selling_row(const std::vector<endpoint>& table);

inline const std::vector<listener> every_listener = {listener::gateway, listener::inventory,
                                                     listener::payment, listener::notification};

/// The template as a regular expression over the whole path, one group per `{name}`.
std::string path_pattern(std::string_view path_template);

}  // namespace taquilla::gateway
