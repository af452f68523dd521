#include "gateway/documentation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace taquilla::gateway {

namespace {

using json = nlohmann::ordered_json;

const char* name_of(parameter_doc::location in) {
  switch (in) {
    case parameter_doc::location::path:
      return "path";
    case parameter_doc::location::query:
      return "query";
    case parameter_doc::location::header:
      return "header";
  }
  return "?";
}

std::string operation_id(const endpoint& served) {
  std::string id;
  for (char c : served.method) id += static_cast<char>(c - 'A' + 'a');
  for (char c : served.path) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (word)
      id += c;
    else if (id.back() != '_')
      id += '_';
  }
  while (id.back() == '_') id.pop_back();
  return id;
}

json parameters_of(const endpoint& served) {
  json list = json::array();
  for (const auto& parameter : served.parameters)
    list.push_back({{"name", parameter.name},
                    {"in", name_of(parameter.in)},
                    {"required", parameter.required},
                    {"description", parameter.about},
                    {"schema", {{"type", "string"}}}});
  return list;
}

json responses_of(const endpoint& served) {
  json responses = json::object();
  for (const int status : served.answers) {
    const bool report = served.path == "/readyz" || served.path == "/health";
    json answer = {{"description", status == 200 ? "done" : report ? "not ready" : "refused"}};
    if (status == 200 || report) {
      json content = json::object();
      if (!served.example.empty()) content["example"] = json::parse(served.example);
      answer["content"][served.content_type] = content;
    } else {
      answer["content"]["application/problem+json"]["schema"]["$ref"] =
          "#/components/schemas/problem";
    }
    responses[std::to_string(status)] = answer;
  }
  return responses;
}

json operation_of(const endpoint& served) {
  json operation = {{"operationId", operation_id(served)},
                    {"summary", served.summary},
                    {"description", "Served by: " + served_by(served) + "."}};
  if (!served.parameters.empty()) operation["parameters"] = parameters_of(served);
  if (!served.body_schema.empty())
    operation["requestBody"] = {
        {"required", true},
        {"content", {{"application/json", {{"schema", json::parse(served.body_schema)}}}}}};
  operation["responses"] = responses_of(served);
  if (served.guarded) operation["security"] = {json::object(), {{"token", json::array()}}};
  return operation;
}

json problem_schema() {
  const json text = {{"type", "string"}};
  return {{"type", "object"},
          {"properties",
           {{"type", text},
            {"title", text},
            {"status", {{"type", "integer"}}},
            {"detail", text},
            {"instance", text},
            {"success", {{"const", false}}},
            {"message", text},
            {"code", text},
            {"reservationId", {{"type", "integer"}}},
            {"errors",
             {{"type", "array"},
              {"items",
               {{"type", "object"}, {"properties", {{"field", text}, {"message", text}}}}}}}}}};
}

}  // namespace

std::string served_by(const endpoint& served) {
  std::string names;
  for (const auto at : served.at)
    names.append(names.empty() ? "" : ", ").append(listener_names[static_cast<std::size_t>(at)]);
  return names;
}

std::string openapi_document(const std::vector<endpoint>& table, std::string_view version) {
  json paths = json::object();
  for (const auto& served : table) {
    std::string method = served.method;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    paths[served.path][method] = operation_of(served);
  }
  const json document = {
      {"openapi", "3.1.0"},
      {"info",
       {{"title", "taquilla"},
        {"version", version},
        {"description", "A ticket box office that keeps selling while its parts fail."}}},
      {"servers", {{{"url", "/"}}}},
      {"paths", paths},
      {"components",
       {{"schemas", {{"problem", problem_schema()}}},
        {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}}};
  return document.dump();
}

}  // namespace taquilla::gateway
