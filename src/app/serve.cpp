#include "app/serve.hpp"

#include "app/box_office.hpp"
#include "app/deadline_guard.hpp"
#include "app/endpoints.hpp"
#include "app/platform.hpp"
#include "app/smtp_transport.hpp"
#include "app/version.hpp"
#include "store/data_folder.hpp"

#include <chrono>
#include <cstdio>
#include <future>
#include <iostream>
#include <utility>

namespace taquilla::app {

namespace {

constexpr duration_ms hang_ms = 10'000;       // past what a stop may take
constexpr duration_ms last_words_ms = 2'000;  // for the log, before a process ends that must

int refuse(const trouble& why, log_format format) {
  std::cerr << render(why, format) << std::endl;
  return why.exit;
}

void say(log_book& book, log_level level, std::string kind, std::string detail) {
  log_line line;
  line.at = platform::wall_now_ms();
  line.level = level;
  line.service = "supervisor";
  line.kind = std::move(kind);
  line.detail = std::move(detail);
  book.write(line);
}

/// What a run holds beside the actors, in the order in which it is opened.
struct holdings {
  std::optional<data_folder> folder;  ///< none: in memory
  std::shared_ptr<database> base;
  std::unique_ptr<log_book> book;
  std::unique_ptr<smtp_transport> transport;

  std::string file(const char* name) const { return folder ? folder->path() + '/' + name : ""; }
};

std::optional<trouble> open(holdings& held, const settings& all) {
  sqlite_options store;
  store.batch_max = static_cast<std::int64_t>(all.theatre.store.batch_max);
  if (!all.in_memory()) {
    auto folder = data_folder::open(all.data, platform::wall_now_ms());
    if (!folder) return data_trouble(folder.failure());
    held.folder.emplace(std::move(*folder));
    store.path = held.folder->store_file();
  }
  auto base = open_sqlite(store);
  if (!base) return data_trouble(base.failure());
  held.base = std::move(*base);
  try {
    held.book = std::make_unique<log_book>(all.log, held.file("logs"));
    if (!all.smtp.url.empty()) held.transport = std::make_unique<smtp_transport>(all.smtp);
  } catch (const std::exception& problem) {
    return trouble{
        "E023", problem.what(), {"make room or give this user the right to write there"}};
  }
  return {};
}

/// What this machine cannot give is left out, and said.
void fit_to_machine(settings& all, log_book& book) {
  auto& bind = all.http.bind;
  for (auto at = bind.begin(); at != bind.end();) {
    // The server would leave it out as well, but in silence, and its first is what is announced.
    const bool spare = bind.size() > 1;
    if (!spare || platform::has_address(*at)) {
      ++at;
      continue;
    }
    say(book, log_level::warn, "start.no_address",
        "this machine has no " + *at + "; listening without it");
    at = bind.erase(at);
  }
  const auto wanted = all.http.connections_max;
  all.http.connections_max = gateway::connections_possible(wanted);
  if (all.http.connections_max == wanted) return;
  say(book, log_level::warn, "start.few_files",
      "too few files may be open: at most " + std::to_string(all.http.connections_max) +
          " connections are served; ulimit -n " +
          std::to_string(wanted + gateway::other_descriptors) + " lifts that");
}

void announce(const holdings& held, const settings& all, const venue& plan,
              const box_office& office, std::int64_t started_at) {
  start_report report;
  report.urls = urls_of(all.http.bind.front(), office.ports());
  report.version = version();
  report.data = held.folder ? held.folder->path() : all.data;
  report.live_reservations = office.live_reservations();
  report.pid = platform::process_id();
  report.ready_ms = platform::monotonic_ms() - started_at;
  if (held.folder && !platform::write_private_file(held.file("endpoints.json"),
                                                   endpoints_json(report.urls, report.pid)))
    say(*held.book, log_level::warn, "start.no_endpoints", "endpoints.json cannot be written");
  std::cerr << (all.log.format == log_format::json ? started_json(report) + "\n"
                                                   : banner(report, plan))
            << std::flush;
}

/// The transport's callbacks hold actors, so it ends before the actor system does.
void close(box_office& office, holdings& held) {
  office.stop();
  if (held.transport) held.transport->stop();
}

bool has_come(const std::future<void>& stop) {
  return stop.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

std::string how_it_ended(const std::optional<std::uint64_t>& cut_short) {
  if (!cut_short) return "the desk did not say what is left; the next start sees to it";
  if (*cut_short == 0) return "no purchase was cut short";
  return "purchases cut short: " + std::to_string(*cut_short) + "; the next start decides them";
}

void run_until_stopped(box_office& office, holdings& held, const settings& all) {
  say(*held.book, log_level::info, "stop.draining",
      "purchases under way have " + std::to_string(all.drain_limit_ms) + " ms; once more to force");
  const auto left = office.drain();
  close(office, held);
  say(*held.book, log_level::info, "stop.done", how_it_ended(left));
}

}  // namespace

duration_ms end_limit_ms(const settings& all) {
  return all.drain_limit_ms + stop_limit_ms(all) + all.smtp.timeout_ms + hang_ms;
}

int serve(const settings_request& request, std::int64_t started_at) {
  // From here on, so that a start that takes long can be ended as well.
  const auto stop = platform::fetch_stop_signals(
      [](int signal) { platform::end_process(exit_code::forced_by(signal)); });
  auto loaded = load_settings(request);
  auto& all = loaded.all;
  if (loaded.refused) return refuse(*loaded.refused, all.log.format);
  holdings held;
  if (const auto why = open(held, all)) return refuse(*why, all.log.format);
  if (has_come(stop)) return exit_code::ok;
  fit_to_machine(all, *held.book);
  box_office_parts parts;
  parts.all = all;
  parts.plan = loaded.plan;
  parts.base = held.base;
  parts.book = held.book.get();
  parts.transport = held.transport.get();
  parts.version = version();
  parts.on_fatal = [book = held.book.get(), format = all.log.format](const std::string& why) {
    say(*book, log_level::error, "fail_stop", why);
    book->flush_within(last_words_ms);
    refuse({"E070", why, {"start it again: what was acknowledged is on disk"}, exit_code::internal},
           format);
    platform::end_process(exit_code::internal);
  };
  std::optional<deadline_guard> guard;  // outlives the office: its end is the end of all actors
  box_office office{std::move(parts)};
  if (const auto why = office.start()) {
    close(office, held);
    return refuse(*why, all.log.format);
  }
  if (!has_come(stop)) announce(held, all, *loaded.plan, office, started_at);
  office.log_events();
  stop.wait();
  guard.emplace(end_limit_ms(all), [] { platform::end_process(exit_code::internal); });
  run_until_stopped(office, held, all);
  if (held.folder) std::remove(held.file("endpoints.json").c_str());
  return exit_code::ok;
}

}  // namespace taquilla::app
