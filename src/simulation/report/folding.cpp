#include "simulation/report/folding.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr std::size_t block_max = 16, repeats_min = 3;

/// The line without readings of the clock: "T+5.250s" is "T".
std::string without_times(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    out += text[at];
    if (text[at] != 'T' || at + 2 >= text.size() || (text[at + 1] != '+' && text[at + 1] != '-') ||
        std::isdigit(static_cast<unsigned char>(text[at + 2])) == 0)
      continue;
    while (at + 1 < text.size() && text[at + 1] != 's') ++at;
  }
  return out;
}

/// What is said, and what the disk does to it.
bool may_fold(const story_line& line) { return line.word.empty() || line.word == "FAULT"; }

/// What must be equal for two lines to be the same.
std::vector<std::string> keys_of(const std::vector<story_line>& story) {
  std::vector<std::string> out;
  out.reserve(story.size());
  for (const auto& line : story)
    out.push_back(may_fold(line)
                      ? line.word + ">" + line.from + ">" + line.to + ">" + without_times(line.text)
                      : "");
  return out;
}

/// How often the block of `size` lines at `from` stands there in a row.
std::size_t repeats(const std::vector<std::string>& keys, std::size_t from, std::size_t size) {
  const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(from);
  const auto length = static_cast<std::ptrdiff_t>(size);
  if (std::find(begin, begin + length, "") != begin + length) return 1;
  std::size_t count = 1;
  while (from + (count + 1) * size <= keys.size() &&
         std::equal(begin, begin + length, begin + static_cast<std::ptrdiff_t>(count) * length))
    ++count;
  return count;
}

story_line told_once(const story_line& last, std::size_t size, std::size_t times) {
  char text[96];
  const auto lines = size == 1 ? std::string{"line"} : std::to_string(size) + " lines";
  std::snprintf(text, sizeof text, "... the %s above %zu times more", lines.c_str(), times);
  return {story_line::kind::of_all, last.now, last.step, "", {}, {}, text};
}

}  // namespace

std::vector<story_line> folded(std::vector<story_line> story) {
  const auto keys = keys_of(story);
  std::vector<story_line> out;
  for (std::size_t at = 0; at < story.size();) {
    std::size_t size = 1, count = 1;
    for (; size <= block_max && at + size <= story.size(); ++size)
      if (count = repeats(keys, at, size); count >= repeats_min) break;
    const bool folds = count >= repeats_min;
    const auto kept = folds ? size : 1;
    for (std::size_t i = 0; i < kept; ++i) out.push_back(std::move(story[at + i]));
    if (folds) out.push_back(told_once(story[at + size * count - 1], size, count - 1));
    at += folds ? size * count : 1;
  }
  return out;
}

}  // namespace taquilla::simulation
