#include "gateway/http_server/head_rules.hpp"

#include "gateway/ascii.hpp"
#include "gateway/http_server/target.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace taquilla::gateway {

namespace {

using std::string_view;

// RFC 9110 and PATCH. CONNECT and TRACE are left out: this server does them for no path.
constexpr std::array<string_view, 7> known_methods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

bool contains_method(string_view method) {
  return std::find(known_methods.begin(), known_methods.end(), method) != known_methods.end();
}

/// The fields that decide about framing, gathered in one pass.
struct framing_fields {
  string_view host, content_length, transfer_encoding, expect;
  int hosts = 0, content_lengths = 0, transfer_encodings = 0, expects = 0;
  bool content_encoding = false, content_type = false, close = false;
};

bool lists_close(string_view value) {
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    if (equal_ignoring_case(trimmed(value.substr(0, comma)), "close")) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

framing_fields gather(const http_request& request) {
  framing_fields found;
  const auto note = [](string_view& slot, int& count, string_view value) {
    slot = value;
    ++count;
  };
  for (const auto& [name, value] : request.headers) {
    if (equal_ignoring_case(name, "host")) note(found.host, found.hosts, value);
    if (equal_ignoring_case(name, "content-length"))
      note(found.content_length, found.content_lengths, value);
    if (equal_ignoring_case(name, "transfer-encoding"))
      note(found.transfer_encoding, found.transfer_encodings, value);
    if (equal_ignoring_case(name, "expect")) note(found.expect, found.expects, value);
    if (equal_ignoring_case(name, "content-encoding")) found.content_encoding = true;
    if (equal_ignoring_case(name, "content-type")) found.content_type = true;
    if (equal_ignoring_case(name, "connection") && lists_close(value)) found.close = true;
  }
  return found;
}

std::optional<framing_error> judge_transfer(const framing_fields& fields, bool http_1_0) {
  if (fields.transfer_encodings == 0) return std::nullopt;
  if (fields.content_lengths > 0)
    return framing_error{400, "Content-Length and Transfer-Encoding exclude each other."};
  if (http_1_0) return framing_error{400, "HTTP/1.0 has no Transfer-Encoding."};
  if (fields.transfer_encodings > 1 || !equal_ignoring_case(fields.transfer_encoding, "chunked"))
    return framing_error{501, "The only transfer coding known here is chunked."};
  return std::nullopt;
}

std::optional<framing_error> judge_length(const framing_fields& fields, string_view method,
                                          const framing_limits& limits, std::size_t& length) {
  if (fields.content_lengths == 0) {
    // `curl -X POST` sends neither type nor length and means no body; who names a type has a body.
    const bool may_bear = method == "POST" || method == "PUT" || method == "PATCH";
    if (may_bear && fields.content_type && fields.transfer_encodings == 0)
      return framing_error{411, "A request that bears a body states its length."};
    return std::nullopt;
  }
  const auto stated = parse_digits(fields.content_length);
  if (fields.content_lengths > 1 || !stated)
    return framing_error{400, "Content-Length is not one plain number."};
  if (*stated > limits.body_bytes_max) return framing_error{413, "The body is too large."};
  length = *stated;
  return std::nullopt;
}

std::optional<framing_error> judge_target(framed_request& head, const framing_fields& fields) {
  if (fields.hosts != 1 || !valid_authority(fields.host))
    return framing_error{400, "A request names its host, once."};
  if (head.request.method == "CONNECT") {  // names an authority; its escapes are decoded as well
    if (well_escaped(head.target)) return std::nullopt;
    return framing_error{400, "The request target is malformed."};
  }
  if (head.target == "*" && head.request.method != "OPTIONS")
    return framing_error{400, "The request target is malformed."};
  auto target = origin_form(head.target, fields.host);
  if (!target || !well_escaped(*target))
    return framing_error{400, "The request target is malformed."};
  head.target = std::move(*target);
  return std::nullopt;
}

std::optional<framing_error> judge_rest(const framing_fields& fields) {
  if (fields.expects > 1 ||
      (fields.expects == 1 && !equal_ignoring_case(fields.expect, "100-continue")))
    return framing_error{417, "The only expectation known here is 100-continue."};
  if (fields.content_encoding) return framing_error{415, "Encoded bodies are not accepted."};
  return std::nullopt;
}

}  // namespace

head_verdict judge_head(framed_request& head, const framing_limits& limits) {
  const auto fields = gather(head.request);
  head_verdict verdict;
  verdict.error = judge_target(head, fields);
  if (!verdict.error) verdict.error = judge_transfer(fields, head.http_1_0);
  if (!verdict.error)
    verdict.error = judge_length(fields, head.request.method, limits, verdict.content_length);
  if (!verdict.error) verdict.error = judge_rest(fields);
  if (verdict.error) return verdict;
  head.request.path = percent_decoded(path_of(head.target), "/%");
  // What is sent behind a CONNECT is meant for a tunnel, by somebody who did not wait for it.
  head.close = fields.close || head.http_1_0 || head.request.method == "CONNECT";
  head.method_known = contains_method(head.request.method);
  verdict.chunked = fields.transfer_encodings > 0;
  verdict.continue_wanted =
      fields.expects == 1 && !head.http_1_0 && (verdict.chunked || verdict.content_length > 0);
  return verdict;
}

}  // namespace taquilla::gateway
