#include "domain/error.hpp"
#include "gateway/documentation.hpp"
#include "gateway/problem.hpp"

namespace taquilla::gateway {

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string parameter_rows(const endpoint& served) {
  std::string html;
  for (const auto& parameter : served.parameters)
    html += "<tr><td><code>" + escaped(parameter.name) + "</code></td><td>" +
            (parameter.required ? "required" : "optional") + "</td><td>" +
            escaped(parameter.about) + "</td></tr>\n";
  return html.empty() ? html : "<table>\n" + html + "</table>\n";
}

std::string section(const endpoint& served) {
  std::string statuses;
  for (const int status : served.answers) statuses += ' ' + std::to_string(status);
  std::string html = "<section>\n<h2><code>" + served.method + ' ' + escaped(served.path) +
                     "</code></h2>\n<p>" + escaped(served.summary) + "</p>\n<p class=\"quiet\">" +
                     escaped(served_by(served)) + " &middot; answers" + statuses +
                     (served.guarded ? " &middot; needs the admin token where one is set" : "") +
                     "</p>\n" + parameter_rows(served);
  if (!served.body_schema.empty())
    html += "<p>Body (JSON Schema)</p><pre>" + escaped(served.body_schema) + "</pre>\n";
  if (!served.example.empty()) html += "<p>Answer</p><pre>" + escaped(served.example) + "</pre>\n";
  return html + "</section>\n";
}

/// The table of error codes; the `type` of every problem points to its row.
std::string error_section() {
  std::string html =
      "<section>\n<h2>Errors</h2>\n<p>Every error is a problem (RFC 9457). Its <code>code</code> "
      "never changes.</p>\n<table>\n";
  for (int i = 1; errc_from_string(to_string(static_cast<errc>(i))) == static_cast<errc>(i); ++i) {
    const auto code = static_cast<errc>(i);
    html += std::string{"<tr id=\""} + to_string(code) + "\"><td><code>" + to_string(code) +
            "</code></td><td>" + std::to_string(status_of(kind_of(code))) + "</td><td>" +
            escaped(title_of(code)) + "</td><td lang=\"es\">" + escaped(message_of(code)) +
            "</td></tr>\n";
  }
  return html + "</table>\n</section>\n";
}

}  // namespace

std::string docs_page(const std::vector<endpoint>& table, std::string_view version) {
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>taquilla API</title>\n<link rel=\"icon\" href=\"/console/icon.svg\">\n"
      "<link rel=\"stylesheet\" href=\"/console/style.css\">\n"
      "</head>\n<body class=\"docs\">\n<main>\n<h1>taquilla API " +
      escaped(version) +
      "</h1>\n<p>A ticket box office that keeps selling while its parts fail. The same in "
      "machine-readable form: <a href=\"/openapi.json\">/openapi.json</a>.</p>\n";
  for (const auto& served : table) html += section(served);
  return html + error_section() + "</main>\n</body>\n</html>\n";
}

}  // namespace taquilla::gateway
