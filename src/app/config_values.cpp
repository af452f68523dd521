#include "app/config_values.hpp"

#include "domain/reservation.hpp"
#include "gateway/authority.hpp"

#include <asio/ip/address.hpp>

#include <algorithm>
#include <string_view>

namespace taquilla::app {

namespace {

bool is_ip6(const std::string& text) {
  asio::error_code trouble;
  asio::ip::make_address_v6(text, trouble);
  return !trouble;
}

bool is_ip4(const std::string& text) {
  asio::error_code trouble;
  asio::ip::make_address_v4(text, trouble);
  return !trouble;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_host(const std::string& text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    return is_ip6(text.substr(1, text.size() - 2));
  return !text.empty() && is_letter_or_digit(text.front()) && text.back() != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
         });
}

bool is_printable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

const char* any_text(const std::string&) { return nullptr; }

const char* data_folder_name(const std::string& text) {
  return text.empty() ? "the name of a folder, or :memory: to keep nothing" : nullptr;
}

const char* ip_address(const std::string& text) {
  const auto zone = text.find(':') == std::string::npos ? std::string::npos : text.find('%');
  const bool good = is_ip4(text) || is_ip6(text.substr(0, zone));
  return good ? nullptr : "IP addresses of this machine, such as 127.0.0.1 and ::1";
}

const char* host_name(const std::string& text) {
  return is_host(text) ? nullptr : "host names without a port, such as tickets.example";
}

const char* mail_server_url(const std::string& text) {
  static constexpr const char* form =
      "smtp://HOST or smtps://HOST, in full smtp://USER:PASSWORD@HOST:PORT";
  if (text.empty()) return nullptr;
  const std::size_t scheme = text.rfind("smtp://", 0) == 0    ? 7
                             : text.rfind("smtps://", 0) == 0 ? 8
                                                              : 0;
  if (scheme == 0 || !is_printable(text)) return form;
  auto server = text.substr(scheme, text.find_first_of("/?#", scheme) - scheme);
  server.erase(0, server.rfind('@') + 1);  // npos + 1 is 0: no user
  constexpr std::uint16_t any_port = 25;
  const auto parsed = gateway::parse_authority(server, any_port);
  return parsed && is_host(parsed->name) ? nullptr : form;
}

const char* sender_address(const std::string& text) {
  return is_email(text) ? nullptr : "a mail address, such as box@tickets.example";
}

const char* bearer_token(const std::string& text) {
  constexpr std::size_t length_min = 16;
  const bool good = text.empty() || (text.size() >= length_min && is_printable(text));
  return good ? nullptr : "at least 16 visible ASCII characters, or empty";
}

}  // namespace taquilla::app
