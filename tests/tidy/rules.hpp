// The style rules of the house that a machine can check, each a function from text to complaints.
// They read text, not C++: a rule that would need a parser is a reviewer's business. A complaint
// names the file, the line and what to do instead. No I/O here; tidy_test.cpp reads the tree and
// runs them.
#pragma once

#include <string>
#include <vector>

namespace taquilla::tidy {

struct source_file {
  std::string path;  ///< from the project root, with '/'
  std::string text;
};
using complaints = std::vector<std::string>;

/// Includes go the way of the arrows in docs/ARCHITECTURE.md.
complaints include_direction(const source_file& file);

/// At most 400 lines, 100 columns (characters, not bytes); a table between `clang-format off` and
/// `on` may be wider.
complaints length(const source_file& file);

/// No function of more than 60 lines.
complaints function_length(const source_file& file);

/// Words that have a better one here.
complaints banned_words(const source_file& file);

/// The ruler of a section stands on one line, short enough for the formatter to leave it alone.
complaints section_rulers(const source_file& file);

/// A header opens with an essay and guards itself.
complaints header_essay(const source_file& file);

/// Third-party headers stay where they are known.
complaints third_party(const source_file& file);

/// Every text in quotes that matches `pattern` (one group).
std::vector<std::string> quoted(const std::string& text, const std::string& pattern);

}  // namespace taquilla::tidy
