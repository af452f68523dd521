#include "app/log_book.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <stdexcept>

namespace taquilla::app {

namespace {

using spdlog::sink_ptr;

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Line breaks and escape sequences are shown as they would be written in C.
std::string shown(const std::string& text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f)
      out += c;
    else if (c == '\n')
      out += "\\n";
    else
      (out += "\\x") += {digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warn:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::unique_ptr<spdlog::formatter> formatter_of(log_format format) {
  const auto* pattern = format == log_format::json
                            ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","service":"%n",%v})"
                            : "%Y-%m-%d %H:%M:%S.%eZ %^%-7l%$ %-12n %v";
  return std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc);
}

sink_ptr terminal_sink(log_format format) {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool plain = format == log_format::json || (no_colour != nullptr && *no_colour != '\0');
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(
      plain ? spdlog::color_mode::never : spdlog::color_mode::automatic);
  sink->set_formatter(formatter_of(format));
  return sink;
}

sink_ptr file_sink(const log_options& options, const std::string& folder,
                   const std::string& service) {
  auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
      folder + '/' + service + ".log", static_cast<std::size_t>(options.file_bytes),
      static_cast<std::size_t>(options.files - 1));
  sink->set_formatter(formatter_of(options.format));
  return sink;
}

/// Rings when the writer comes to it, which is after everything that was queued before.
class bell_sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::uint64_t rung() {
    const std::lock_guard<std::mutex> hold{mutex_};
    return rung_;
  }
  bool await_more_than(std::uint64_t heard, duration_ms limit_ms) {
    std::unique_lock<std::mutex> hold{mutex_};
    return changed_.wait_for(hold, std::chrono::milliseconds{limit_ms},
                             [&] { return rung_ > heard; });
  }

 protected:
  void sink_it_(const spdlog::details::log_msg&) override {}
  void flush_() override {
    ++rung_;
    changed_.notify_all();
  }

 private:
  std::condition_variable changed_;
  std::uint64_t rung_ = 0;
};

}  // namespace

struct log_book::parts {
  parts(const log_options& given, const std::string& folder)
      : options(given),
        writer(std::make_shared<spdlog::details::thread_pool>(static_cast<std::size_t>(given.queue),
                                                              1)) {
    const auto terminal = terminal_sink(given.format);
    if (!folder.empty()) std::filesystem::create_directories(folder);
    for (const auto* service : log_services) {
      std::vector<sink_ptr> all{terminal};
      if (!folder.empty()) all.push_back(file_sink(given, folder, service));
      loggers[service] = logger(service, all);
      if (!folder.empty()) files[service] = logger(service, {all.back()});
    }
  }

  std::shared_ptr<spdlog::logger> logger(const char* name, const std::vector<sink_ptr>& sinks) {
    auto made = std::make_shared<spdlog::async_logger>(
        name, sinks.begin(), sinks.end(), writer, spdlog::async_overflow_policy::overrun_oldest);
    made->set_level(level_of(options.level));
    made->flush_on(spdlog::level::warn);
    // The default writes on the terminal, which may be what has just failed.
    made->set_error_handler([](const std::string&) {});
    return made;
  }

  const log_options options;
  std::shared_ptr<spdlog::details::thread_pool> writer;
  std::map<std::string, std::shared_ptr<spdlog::logger>> loggers, files;
  std::shared_ptr<bell_sink> bell = std::make_shared<bell_sink>();
  std::shared_ptr<spdlog::logger> bell_rope = logger("bell", {bell});
};

log_book::log_book(const log_options& options, const std::string& folder) try
    : parts_(std::make_unique<parts>(options, folder)) {
} catch (const std::exception& problem) {
  throw std::runtime_error{problem.what()};
}

// The queue is emptied before its thread ends; flushing after that is the sinks' own business.
log_book::~log_book() { flush(); }

void log_book::write(const log_line& line) {
  const std::chrono::system_clock::time_point at{std::chrono::milliseconds{line.at}};
  const auto known = parts_->loggers.find(line.service);
  const auto& logger =
      known == parts_->loggers.end() ? parts_->loggers.at("supervisor") : known->second;
  const auto level = level_of(line.level);
  if (!logger->should_log(level)) return;
  const auto text = render(line, parts_->options.format);
  logger->log(at, spdlog::source_loc{}, level, text);
  if (const auto also = parts_->files.find(line.also_for); also != parts_->files.end())
    also->second->log(at, spdlog::source_loc{}, level, text);
}

void log_book::flush() {
  for (const auto& [name, logger] : parts_->loggers) logger->flush();
}

bool log_book::flush_within(duration_ms limit_ms) {
  const auto heard = parts_->bell->rung();
  flush();
  parts_->bell_rope->flush();
  return parts_->bell->await_more_than(heard, limit_ms);
}

std::uint64_t log_book::dropped() const { return parts_->writer->overrun_counter(); }

std::string render(const log_line& line, log_format format) {
  const bool json = format == log_format::json;
  std::string out = json ? "\"event\":" + json_text(line.kind) : shown(line.kind);
  if (line.reservation != 0)
    out += (json ? ",\"reservationId\":" : " #") + std::to_string(line.reservation);
  if (!line.subject.empty())
    out += json ? ",\"subject\":" + json_text(line.subject) : ' ' + shown(line.subject);
  if (!line.detail.empty())
    out += json ? ",\"detail\":" + json_text(line.detail) : ": " + shown(line.detail);
  return out;
}

}  // namespace taquilla::app
