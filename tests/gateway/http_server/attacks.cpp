#include "gateway/http_server/attacks.hpp"

namespace taquilla::gateway::testing {

namespace {

using std::string;
using rows = std::vector<attack>;

constexpr auto kept = afterwards::kept;
constexpr auto closed = afterwards::closed;
constexpr auto refused = afterwards::refused;

const string host = "Host: box\r\n";

string get(const string& target, const string& fields = host) {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

string post(const string& fields, const string& body) {
  return "POST /echo HTTP/1.1\r\n" + host + fields + "\r\n" + body;
}

string chunked(const string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

string fields(int count) {
  string all = host;
  for (int i = 1; i < count; ++i) all += "X-" + std::to_string(i) + ": y\r\n";
  return all;
}

rows request_lines() {
  const string nul(1, '\0');
  return {
      {"a plain GET", get("/hello"), {200}, kept},
      {"HEAD follows GET", "HEAD /hello HTTP/1.1\r\n" + host + "\r\n", {200}, kept},
      {"no version", "GET /hello\r\n\r\n", {400}, refused},
      {"empty line first", "\r\n" + get("/hello"), {400}, refused},
      {"bare LF after the request line", "GET /hello HTTP/1.1\n" + host + "\r\n", {400}, refused},
      {"bare CR in the request line", "GET /hello HTTP/1.1\rX", {400}, refused},
      {"two blanks", "GET  /hello HTTP/1.1\r\n", {400}, refused},
      {"blank at the end", "GET /hello HTTP/1.1 \r\n", {400}, refused},
      {"tabulator as separator", "GET\t/hello HTTP/1.1\r\n", {400}, refused},
      {"NUL in the method", "G" + nul + "T /hello HTTP/1.1\r\n", {400}, refused},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}, refused},
      {"HTTP/1.2", "GET /hello HTTP/1.2\r\n" + host + "\r\n", {505}, refused},
      {"HTTP/0.9 by name", "GET /hello HTTP/0.9\r\n", {505}, refused},
      {"version in small letters", "GET /hello http/1.1\r\n", {400}, refused},
      {"version with two digits", "GET /hello HTTP/1.10\r\n", {400}, refused},
      {"a TLS greeting", "\x16\x03\x01\x02", {400}, refused},
      {"unknown method", "BREW /hello HTTP/1.1\r\n" + host + "\r\n", {501}, kept},
      {"method in small letters", "get /hello HTTP/1.1\r\n" + host + "\r\n", {501}, kept},
      {"TRACE", "TRACE /hello HTTP/1.1\r\n" + host + "\r\n", {501}, kept},
      {"CONNECT", "CONNECT box:1 HTTP/1.1\r\n" + host + "\r\n", {501}, closed},
      {"pipelined after a CONNECT: what a tunnel would carry",
       "CONNECT box:1 HTTP/1.1\r\n" + host + "\r\n" + get("/hello"),
       {501},
       closed},
      {"CONNECT with a cut escape",
       "CONNECT " + string(30, 'a') + "% HTTP/1.1\r\n" + host + "\r\n",
       {400},
       refused},
      {"method without a route", "DELETE /hello HTTP/1.1\r\n" + host + "\r\n", {405}, kept},
      {"method of 32 letters", string(32, 'A') + " / HTTP/1.1\r\n" + host + "\r\n", {501}, kept},
      {"method of 33 letters", string(33, 'A') + " / HTTP/1.1\r\n", {501}, refused},
      {"method without an end", string(9000, 'A'), {501}, refused},
  };
}

rows targets() {
  const string nul(1, '\0');
  return {
      {"NUL in the target", "GET /he" + nul + "llo HTTP/1.1\r\n", {400}, refused},
      {"DEL in the target", "GET /he\x7fllo HTTP/1.1\r\n", {400}, refused},
      {"raw UTF-8 in the target", "GET /caf\xc3\xa9 HTTP/1.1\r\n", {400}, refused},
      {"fragment in the target", "GET /hello#x HTTP/1.1\r\n", {400}, refused},
      {"broken escape", get("/hel%zzlo"), {400}, refused},
      {"cut escape", get("/hello%4"), {400}, refused},
      {"escaped NUL", get("/hello%00"), {400}, refused},
      {"escaped control character", get("/hello%01"), {404}, kept},
      {"escaped NUL in the query", get("/hello?a=%00"), {400}, refused},
      {"unicode escape", get("/hello%u0041"), {400}, refused},
      {"escaped letter matches", get("/hell%6f"), {200}, kept},
      {"escaped slash is no separator", get("/item%2F7/a"), {404}, kept},
      {"escaped slash in a name", get("/item/7/a%2fb"), {404}, kept},
      {"slash escaped twice", get("/item%252F7/a"), {404}, kept},
      {"escaped slash, another method",
       "DELETE /item%2f7/a HTTP/1.1\r\n" + host + "\r\n",
       {404},
       kept},
      {"slash escaped twice, in a name", get("/item/7/a%252Fb"), {200}, kept},
      {"slash escaped twice in a name, another method",
       "DELETE /item/7/a%252fb HTTP/1.1\r\n" + host + "\r\n",
       {405},
       kept},
      {"escaped slash in the query", get("/hello?a=b%2Fc"), {200}, kept},
      {"more than one question mark", get("/hello?a=b?c"), {200}, kept},
      {"relative target", get("hello"), {400}, refused},
      {"asterisk for GET", get("*"), {400}, refused},
      {"asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", {204}, kept},
      {"absolute form", get("http://box/hello"), {200}, kept},
      {"absolute form, other case", get("HTTP://BOX/hello"), {200}, kept},
      {"absolute form without a path", get("http://box"), {404}, kept},
      {"absolute form with the port of its scheme", get("http://box:80/hello"), {200}, kept},
      {"absolute form without that port, Host with it",
       get("http://box/hello", "Host: box.:80\r\n"),
       {200},
       kept},
      {"absolute form with another port", get("http://box:81/hello"), {400}, refused},
      {"absolute form of another host", get("http://evil/hello"), {400}, refused},
      {"absolute form with a user", get("http://me@box/hello"), {400}, refused},
      {"absolute form, https", get("https://box/hello"), {400}, refused},
      {"unknown path", get("/nowhere"), {404}, kept},
      {"target of 2048 bytes", get("/" + string(2047, 'a')), {404}, kept},
      {"target of 2049 bytes", get("/" + string(2048, 'a')), {414}, refused},
  };
}

rows header_fields() {
  const string nul(1, '\0');
  return {
      {"no Host", get("/hello", ""), {400}, refused},
      {"two Hosts", get("/hello", host + host), {400}, refused},
      {"empty Host", get("/hello", "Host: \r\n"), {400}, refused},
      {"Host with a path", get("/hello", "Host: box/evil\r\n"), {400}, refused},
      {"Host with a user", get("/hello", "Host: me@box\r\n"), {400}, refused},
      {"Host with a blank", get("/hello", "Host: a b\r\n"), {400}, refused},
      {"Host with a port", get("/hello", "Host: [::1]:80\r\n"), {200}, kept},
      {"Host with a colon and no port", get("/hello", "Host: box:\r\n"), {200}, kept},
      {"Host of a port alone", get("/hello", "Host: :80\r\n"), {400}, refused},
      {"Host with two ports", get("/hello", "Host: box:80:90\r\n"), {400}, refused},
      {"Host with a port that is none", get("/hello", "Host: box:abc\r\n"), {400}, refused},
      {"Host: IPv6 without brackets", get("/hello", "Host: ::1\r\n"), {400}, refused},
      {"Host with an open bracket", get("/hello", "Host: [::1\r\n"), {400}, refused},
      {"Host with empty brackets", get("/hello", "Host: []\r\n"), {400}, refused},
      {"Host with a name in brackets", get("/hello", "Host: [box]\r\n"), {400}, refused},
      {"Host with text behind brackets", get("/hello", "Host: [::1]x\r\n"), {400}, refused},
      {"Host that is not ours", get("/hello", "Host: elsewhere\r\n"), {421}, closed},
      {"folded line", get("/hello", host + "X: a\r\n b\r\n"), {400}, refused},
      {"first line folded", get("/hello", " X: a\r\n" + host), {400}, refused},
      {"blank before the colon", get("/hello", "Host : box\r\n"), {400}, refused},
      {"no colon", get("/hello", host + "X\r\n"), {400}, refused},
      {"empty name", get("/hello", host + ": x\r\n"), {400}, refused},
      {"name with a bracket", get("/hello", host + "X(: x\r\n"), {400}, refused},
      {"name with UTF-8", get("/hello", host + "\xc3\xa9: x\r\n"), {400}, refused},
      {"NUL in a value", get("/hello", host + "X: a" + nul + "b\r\n"), {400}, refused},
      {"escape in a value", get("/hello", host + "X: \x1b[0m\r\n"), {400}, refused},
      {"bare LF in a value", get("/hello", host + "X: a\nY: b\r\n"), {400}, refused},
      {"bare CR in a value", get("/hello", host + "X: a\rY: b\r\n"), {400}, refused},
      {"bare LF as the empty line", "GET /hello HTTP/1.1\r\n" + host + "\n", {400}, refused},
      {"CR twice", "GET /hello HTTP/1.1\r\n" + host + "\r\r\n", {400}, refused},
      {"UTF-8 in a value", get("/hello", host + "X: caf\xc3\xa9\r\n"), {200}, kept},
      {"tabulators around a value", get("/hello", "Host:\t box \t\r\n"), {200}, kept},
      {"empty value", get("/hello", host + "X:\r\n"), {200}, kept},
      {"64 fields", get("/hello", fields(64)), {200}, kept},
      {"65 fields", get("/hello", fields(65)), {431}, refused},
      {"head above 8 KiB",
       get("/hello", host + "X: " + string(8192, 'x') + "\r\n"),
       {431},
       refused},
      {"name above 8 KiB", get("/hello", host + string(9000, 'x')), {431}, refused},
      {"Range", get("/hello", host + "Range: bytes=0-1,0-1,0-1\r\n"), {200}, kept},
      {"Accept-Encoding", get("/hello", host + "Accept-Encoding: br, gzip\r\n"), {200}, kept},
      {"Accept without JSON", get("/hello", host + "Accept: text/html\r\n"), {200}, kept},
      {"Upgrade", get("/hello", host + "Connection: Upgrade\r\nUpgrade: h2c\r\n"), {200}, kept},
      {"Connection: close", get("/hello", host + "Connection: close\r\n"), {200}, closed},
      {"close in a list", get("/hello", host + "Connection: te , CLOSE\r\n"), {200}, closed},
      {"HTTP/1.0", "GET /hello HTTP/1.0\r\n" + host + "\r\n", {200}, closed},
      {"HTTP/1.0 keep-alive",
       "GET /hello HTTP/1.0\r\n" + host + "Connection: keep-alive\r\n\r\n",
       {200},
       closed},
      {"HTTP/1.0 without a Host", "GET /hello HTTP/1.0\r\n\r\n", {400}, refused},
      {"peer's address by header", get("/hello", host + "REMOTE_ADDR: 1.2.3.4\r\n"), {200}, kept},
  };
}

rows lengths() {
  return {
      {"POST with a body", post("Content-Length: 5\r\n", "hello"), {200}, kept},
      {"POST with an empty body", post("Content-Length: 0\r\n", ""), {200}, kept},
      {"POST without a type and a length has no body", post("", ""), {200}, kept},
      {"POST with a type and without a length", post("Content-Type: a/b\r\n", ""), {411}, refused},
      {"PUT with a type and without a length",
       "PUT /echo HTTP/1.1\r\nContent-Type: a/b\r\n" + host + "\r\n",
       {411},
       refused},
      {"length with a plus", post("Content-Length: +5\r\n", "hello"), {400}, refused},
      {"length with a minus", post("Content-Length: -1\r\n", ""), {400}, refused},
      {"length as a list", post("Content-Length: 5, 5\r\n", "hello"), {400}, refused},
      {"length with letters", post("Content-Length: 4abc\r\n", "hell"), {400}, refused},
      {"length in hexadecimal", post("Content-Length: 0x5\r\n", "hello"), {400}, refused},
      {"empty length", post("Content-Length:\r\n", ""), {400}, refused},
      {"length of 19 digits", post("Content-Length: 0000000000000000005\r\n", "x"), {400}, refused},
      {"length repeated",
       post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
       {400},
       refused},
      {"length contradicted",
       post("Content-Length: 5\r\nContent-Length: 6\r\n", "x"),
       {400},
       refused},
      {"body of 16 KiB", post("Content-Length: 16384\r\n", string(16384, 'x')), {200}, kept},
      {"body above 16 KiB", post("Content-Length: 16385\r\n", ""), {413}, refused},
      {"length of 18 digits", post("Content-Length: 999999999999999999\r\n", ""), {413}, refused},
      {"length and transfer coding",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", ""),
       {400},
       refused},
      {"encoded body",
       post("Content-Length: 5\r\nContent-Encoding: gzip\r\n", "hello"),
       {415},
       refused},
      {"encoded as itself",
       post("Content-Length: 5\r\nContent-Encoding: identity\r\n", "hello"),
       {415},
       refused},
      {"encoded as nothing", get("/hello", host + "Content-Encoding:\r\n"), {415}, refused},
      {"100-continue",
       post("Content-Length: 5\r\nExpect: 100-Continue\r\n", "hello"),
       {100, 200},
       kept},
      {"100-continue in HTTP/1.0",
       "POST /echo HTTP/1.0\r\n" + host + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nhi",
       {200},
       closed},
      {"100-continue without a body",
       get("/hello", host + "Expect: 100-continue\r\n"),
       {200},
       kept},
      {"100-continue, body too large",
       post("Content-Length: 16385\r\nExpect: 100-continue\r\n", ""),
       {413},
       refused},
      {"other expectation",
       post("Content-Length: 5\r\nExpect: 200-ok\r\n", "hello"),
       {417},
       refused},
      {"GET with a body", get("/hello", host + "Content-Length: 5\r\n") + "hello", {200}, kept},
      {"a body that looks like a request",
       get("/hello", host + "Content-Length: 38\r\n") +
           "GET /secret HTTP/1.1\r\nHost: box:90\r\n\r\n",
       {200},
       kept},
      {"pipelined",
       get("/hello") + post("Content-Length: 2\r\n", "ab") + get("/nowhere"),
       {200, 200, 404},
       kept},
      {"empty line behind a body",
       post("Content-Length: 2\r\n", "ab\r\n") + get("/hello"),
       {200, 400},
       refused},
      {"pipelined, the last one broken", get("/hello") + "GET /hello\r\n", {200, 400}, refused},
      {"pipelined after a host that is not ours",
       get("/hello") + get("/hello", "Host: elsewhere\r\n") + get("/hello"),
       {200, 421},
       closed},
      {"pipelined after a host that is not ours, at once",
       get("/hello", "Host: elsewhere\r\n") + post("Content-Length: 2\r\n", "ab"),
       {421},
       closed},
      {"pipelined after a close",
       get("/hello", host + "Connection: close\r\n") + get("/hello"),
       {200},
       closed},
  };
}

rows chunks() {
  return {
      {"chunked", chunked("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), {200}, kept},
      {"chunked, capital digits", chunked("A\r\n0123456789\r\n0\r\n\r\n"), {200}, kept},
      {"chunked, leading zeros", chunked("00000003\r\nabc\r\n000\r\n\r\n"), {200}, kept},
      {"chunk extension", chunked("3;a=b\r\nabc\r\n0\r\n\r\n"), {200}, kept},
      {"chunk extensions of every kind",
       chunked("3;a;b=c\r\nabc\r\n1;a=\"b;\\\"\"\r\nd\r\n0;e\r\n\r\n"),
       {200},
       kept},
      {"chunk extension without a name", chunked("3;\r\nabc\r\n"), {400}, refused},
      {"chunk extension without a value", chunked("3;a=\r\nabc\r\n"), {400}, refused},
      {"chunk extensions, one without a name", chunked("3;;a\r\nabc\r\n"), {400}, refused},
      {"chunk extension with a second value", chunked("3;a=b=c\r\nabc\r\n"), {400}, refused},
      {"chunk extension whose quotes hold the line's end",
       chunked("3;a=\"\r\nabc\r\n0\r\n\r\n\""),
       {400},
       refused},
      {"chunk extension with text behind its quotes", chunked("3;a=\"\"b\r\n"), {400}, refused},
      {"chunk extension above 16 bytes", chunked("3;" + string(17, 'a') + "\r\n"), {400}, refused},
      {"control character in an extension", chunked("3;a\x01\r\n"), {400}, refused},
      {"bare LF in an extension", chunked("3;a\nabc\r\n0\r\n\r\n"), {400}, refused},
      {"nine digits of a chunk size", chunked("000000003\r\nabc"), {400}, refused},
      {"no digit", chunked("\r\n"), {400}, refused},
      {"chunk size with a prefix", chunked("0x3\r\nabc"), {400}, refused},
      {"chunk size with a blank", chunked("3 \r\nabc"), {400}, refused},
      {"blank before a chunk extension", chunked("3 ;a=b\r\nabc\r\n0\r\n\r\n"), {400}, refused},
      {"blank inside a chunk extension", chunked("3; a=b\r\nabc\r\n0\r\n\r\n"), {400}, refused},
      {"negative chunk size", chunked("-3\r\nabc"), {400}, refused},
      {"chunk longer than it says", chunked("3\r\nabcd\r\n0\r\n\r\n"), {400}, refused},
      {"bare LF after a chunk", chunked("3\r\nabc\n0\r\n\r\n"), {400}, refused},
      {"trailer", chunked("0\r\nX: y\r\n\r\n"), {400}, refused},
      {"one chunk above 16 KiB", chunked("4001\r\n"), {413}, refused},
      {"huge chunk", chunked("ffffffff\r\n"), {413}, refused},
      {"chunks above 16 KiB",
       chunked("4000\r\n" + string(16384, 'x') + "\r\n1\r\n"),
       {413},
       refused},
      {"chunks of 16 KiB", chunked("4000\r\n" + string(16384, 'x') + "\r\n0\r\n\r\n"), {200}, kept},
      {"other transfer coding", post("Transfer-Encoding: gzip, chunked\r\n", ""), {501}, refused},
      {"chunked twice",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""),
       {501},
       refused},
      {"identity", post("Transfer-Encoding: identity\r\n", ""), {501}, refused},
      {"hidden coding",
       post("Transfer-Encoding: \x0b"
            "chunked\r\n",
            ""),
       {400},
       refused},
      {"chunked in HTTP/1.0",
       "POST /echo HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n",
       {400},
       refused},
      {"chunked with 100-continue",
       post("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", "1\r\na\r\n0\r\n\r\n"),
       {100, 200},
       kept},
      {"chunked with a type",
       post("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
            "1\r\na\r\n0\r\n\r\n"),
       {200},
       kept},
      {"chunked, then another request", chunked("0\r\n\r\n") + get("/hello"), {200, 200}, kept},
  };
}

rows all() {
  rows table;
  for (auto* part : {request_lines, targets, header_fields, lengths, chunks})
    for (auto& row : part()) table.push_back(std::move(row));
  return table;
}

}  // namespace

const std::vector<attack>& attacks() {
  static const rows table = all();
  return table;
}

}  // namespace taquilla::gateway::testing
