// For h11_test.py: one stream a line in, in hexadecimal, and the framer's verdict on it out.
#include "gateway/ascii.hpp"
#include "gateway/http_server/verdict.hpp"

#include <cstdio>
#include <iostream>
#include <string>

namespace {

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(taquilla::gateway::hex_value(text[i]) * 16 +
                               taquilla::gateway::hex_value(text[i + 1]));
  return bytes;
}

std::string to_hex(const std::string& bytes) {
  std::string text;
  for (const unsigned char c : bytes) {
    text += "0123456789abcdef"[c / 16];
    text += "0123456789abcdef"[c % 16];
  }
  return text;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    taquilla::gateway::testing::verdict found;
    found.feed(from_hex(line));
    std::puts(to_hex(found.text()).c_str());
  }
}
