// Reads one body: of a stated length, or chunked. Counts decoded bytes against the cap before it
// keeps them, allows at most 8 hexadecimal digits and 16 bytes of extension to a chunk, and no
// trailers. As with the head, the first wrong byte decides; an extension is judged by its end.
#pragma once

#include "gateway/http_server/framing.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace taquilla::gateway {

class body_reader {
 public:
  static body_reader of_length(std::size_t length);
  static body_reader chunked(std::size_t bytes_max);

  /// Consumes from the front, appends what is decoded to `body`, stops at the end or at the first
  /// wrong byte; returns how many bytes were consumed.
  std::size_t feed(std::string_view bytes, std::string& body);

  bool done() const { return step_ == step::done; }
  const std::optional<framing_error>& error() const { return error_; }

 private:
  enum class step {
    data,
    size,
    extension,
    size_line_feed,
    data_return,
    data_line_feed,
    last_return,
    last_line_feed,
    done
  };

  std::size_t advance(std::string_view bytes, std::string& body);
  std::size_t read_data(std::string_view bytes, std::string& body);
  std::size_t read_size(char c, std::size_t decoded);
  std::size_t read_extension(char c);
  std::size_t expect(char c, char due, step next);
  std::size_t fail(int status, const char* detail);

  step step_ = step::done;
  bool chunked_ = false;
  std::size_t bytes_max_ = 0;
  std::size_t left_ = 0;    ///< of the body, or of the chunk
  std::size_t digits_ = 0;  ///< of the chunk size read so far
  std::string extension_;   ///< of the chunk, without its first ';'
  std::optional<framing_error> error_;
};

}  // namespace taquilla::gateway
