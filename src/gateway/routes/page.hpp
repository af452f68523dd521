// What a page for people needs beside its text: header fields that allow it our own files and
// nothing else. No inline script or style, no frame around it, no address of ours in a Referer.
#pragma once

#include "gateway/http.hpp"

#include <string>

namespace taquilla::gateway {

inline http_response page_response(std::string content_type, std::string body) {
  http_response response;
  response.content_type = std::move(content_type);
  response.body = std::move(body);
  response.headers = {{"Content-Security-Policy",
                       "default-src 'self'; base-uri 'none'; form-action 'self'; "
                       "frame-ancestors 'none'"},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Frame-Options", "DENY"}};
  return response;
}

}  // namespace taquilla::gateway
