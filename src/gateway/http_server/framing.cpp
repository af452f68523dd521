#include "gateway/http_server/framing.hpp"

namespace taquilla::gateway {

std::size_t memory_of(const std::string& text) {
  const auto inside = std::string{}.capacity();  // short ones need no memory of their own
  return text.capacity() > inside ? text.capacity() + 1 : 0;
}

std::size_t memory_of(const framed_request& framed) {
  const auto& request = framed.request;
  std::size_t bytes = 0;
  for (const auto* text : {&request.method, &request.path, &request.body, &framed.target})
    bytes += memory_of(*text);
  for (const auto* pairs : {&request.headers, &request.query}) {
    bytes += pairs->capacity() * sizeof pairs->front();
    for (const auto& [name, value] : *pairs) bytes += memory_of(name) + memory_of(value);
  }
  return bytes;
}

}  // namespace taquilla::gateway
