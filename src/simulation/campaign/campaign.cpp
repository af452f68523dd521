#include "simulation/campaign/campaign.hpp"

#include "simulation/campaign/stopwatch.hpp"
#include "simulation/cli.hpp"
#include "simulation/engine/keyed_random.hpp"
#include "simulation/report/failure.hpp"
#include "simulation/world/goals.hpp"
#include "simulation/world/run.hpp"

#include <algorithm>
#include <cstdio>
#include <ostream>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr std::uint64_t twice_kind = 401;
constexpr std::uint64_t report_every = 64;

// -- what a worker tells
// --------------------------------------------------------------------------- Lines, fields
// separated by tabs: "n seeds steps virtual_ns twice", "F seed steps oracle what line replay", "M
// seed", "U seed what", "G count goal".

class teller {
 public:
  explicit teller(int pipe) : pipe_(pipe) {}
  void say(std::string line) {
    line += '\n';
    for (std::size_t sent = 0; sent < line.size();) {
      auto n = ::write(pipe_, line.data() + sent, line.size() - sent);
      if (n <= 0) _exit(exit_crash);
      sent += static_cast<std::size_t>(n);
    }
  }

 private:
  int pipe_;
};

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

class worker {
 public:
  worker(const campaign_options& o, int pipe, volatile std::uint64_t& current,
         const volatile std::uint64_t& enough)
      : options_(o), teller_(pipe), current_(current), enough_(enough) {}

  void run(unsigned number) {
    stopwatch watch;
    for (auto seed = options_.first + number; seed <= options_.last && seed >= options_.first;
         seed += options_.jobs) {
      if (enough_ != 0 || (options_.budget_s > 0 && watch.seconds() > options_.budget_s)) break;
      current_ = seed;
      one(seed);
      if (seeds_ == report_every) flush();
      if (failed_ && !options_.keep_going) break;
    }
    flush();
    current_ = 0;
  }

 private:
  void one(std::uint64_t seed) {
    auto p = draw_plan(seed, options_.profile, options_.strategy);
    auto r = explore(p);
    ++seeds_;
    steps_ += r.steps;
    virtual_ns_ += static_cast<std::uint64_t>(r.ended_at);
    for (const auto& goal : r.goals) ++goals_[goal];
    auto id = std::to_string(seed);
    if (r.guard_violations > 0) teller_.say("U\t" + id + "\t" + r.guard_first);
    auto ppm = static_cast<std::uint32_t>(options_.ratio * 1e6);
    if (r.failed() || one_in(keyed(seed, twice_kind, 0), ppm)) {
      ++twice_;
      if (explore(p).hash != r.hash) teller_.say("M\t" + id);
    }
    if (!r.failed()) return;
    failed_ = true;
    teller_.say("F\t" + id + "\t" + std::to_string(r.steps) + "\t" + r.broken.oracle + "\t" +
                one_line(r.broken.what) + "\t" + failure_line(p, r) + "\t" +
                replay_command(p, options_.plant));
  }

  void flush() {
    teller_.say("n\t" + std::to_string(seeds_) + "\t" + std::to_string(steps_) + "\t" +
                std::to_string(virtual_ns_) + "\t" + std::to_string(twice_));
    seeds_ = steps_ = virtual_ns_ = twice_ = 0;
    for (const auto& [goal, count] : std::exchange(goals_, {}))
      teller_.say("G\t" + std::to_string(count) + "\t" + goal);
  }

  const campaign_options& options_;
  teller teller_;
  volatile std::uint64_t& current_;
  const volatile std::uint64_t& enough_;
  std::uint64_t seeds_ = 0, steps_ = 0, virtual_ns_ = 0, twice_ = 0;
  std::map<std::string, std::uint64_t> goals_;
  bool failed_ = false;
};

// -- what the campaign hears ------------------------------------------------------------------

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
  fields.resize(std::max<std::size_t>(fields.size(), 6));
  return fields;
}

void hear(campaign_summary& s, const std::string& line) {
  auto f = fields_of(line);
  auto number = [&](std::size_t i) { return std::strtoull(f[i].c_str(), nullptr, 10); };
  if (f[0] == "n") {
    s.seeds += number(1);
    s.steps += number(2);
    s.virtual_s += static_cast<double>(number(3)) / 1e9;
    s.run_twice += number(4);
  } else if (f[0] == "F") {
    s.failures.push_back({number(1), f[3], f[4], f[5], f[6], number(2)});
  } else if (f[0] == "M") {
    s.unequal.push_back(number(1));
  } else if (f[0] == "U") {
    s.unguarded[number(1)] = f[2];
  } else if (f[0] == "G") {
    s.goals[f[2]] += number(1);
  }
}

struct worker_process {
  pid_t pid = -1;
  int pipe = -1;
  std::string half_line;
};

/// Where workers note the seed they are at, so that a crash can be blamed; and where they are told
/// that it is enough.
class shared_seeds {
 public:
  explicit shared_seeds(unsigned jobs) : jobs_(jobs), bytes_((jobs + 1) * sizeof(std::uint64_t)) {
    void* p = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::runtime_error("no shared memory for the workers");
    seeds_ = static_cast<std::uint64_t*>(p);
  }
  ~shared_seeds() { munmap(seeds_, bytes_); }
  volatile std::uint64_t& operator[](unsigned i) { return seeds_[i]; }
  volatile std::uint64_t& enough() { return seeds_[jobs_]; }

 private:
  unsigned jobs_;
  std::size_t bytes_;
  std::uint64_t* seeds_;
};

worker_process start_worker(const campaign_options& o, unsigned number, shared_seeds& seeds) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe for a worker");
  auto pid = fork();
  if (pid < 0) throw std::runtime_error("cannot start a worker process");
  if (pid == 0) {
    close(ends[0]);
    worker(o, ends[1], seeds[number], seeds.enough()).run(number);
    _exit(exit_clean);
  }
  close(ends[1]);
  return {pid, ends[0], {}};
}

/// Reads what is there; false at the end.
bool listen(worker_process& w, campaign_summary& s) {
  char buffer[16384];
  auto n = ::read(w.pipe, buffer, sizeof buffer);
  if (n <= 0) return false;
  w.half_line.append(buffer, static_cast<std::size_t>(n));
  for (auto end = w.half_line.find('\n'); end != std::string::npos; end = w.half_line.find('\n')) {
    hear(s, w.half_line.substr(0, end));
    w.half_line.erase(0, end + 1);
  }
  return true;
}

void show_progress(std::ostream& err, const campaign_summary& s, double seconds) {
  char text[120];
  std::snprintf(text, sizeof text, "\r%llu seeds  %.0f seeds/s  %.0f steps/s  %zu failures   ",
                static_cast<unsigned long long>(s.seeds), static_cast<double>(s.seeds) / seconds,
                static_cast<double>(s.steps) / seconds, s.failures.size());
  err << text << std::flush;
}

}  // namespace

int campaign_summary::verdict() const {
  if (!crashed.empty()) return exit_crash;
  if (!unequal.empty() || !unguarded.empty()) return exit_not_deterministic;
  bool liveness_only = true;
  for (const auto& f : failures) liveness_only = liveness_only && f.oracle == "comes-to-rest";
  if (!failures.empty()) return liveness_only ? exit_liveness : exit_safety;
  return goals_due && !all_reached() ? exit_goals : exit_clean;
}

bool campaign_summary::all_reached() const {
  return std::all_of(goals.begin(), goals.end(), [](const auto& goal) { return goal.second > 0; });
}

campaign_summary run_campaign(const campaign_options& options, std::ostream& err) {
  campaign_summary s;
  for (const auto& goal : all_goals()) s.goals[goal] = 0;
  s.goals_due = options.until_coverage;
  stopwatch watch;
  shared_seeds seeds(options.jobs);
  std::vector<worker_process> workers;
  err.flush();
  std::fflush(nullptr);
  for (unsigned i = 0; i < options.jobs; ++i) workers.push_back(start_worker(options, i, seeds));
  std::size_t alive = workers.size();
  while (alive > 0) {
    std::vector<pollfd> waiting;
    for (const auto& w : workers) waiting.push_back({w.pipe, POLLIN, 0});
    poll(waiting.data(), waiting.size(), 500);
    for (std::size_t i = 0; i < workers.size(); ++i)
      if (waiting[i].revents != 0 && !listen(workers[i], s)) {
        close(workers[i].pipe);
        workers[i].pipe = -1;  // poll ignores it from now on
        --alive;
      }
    if (options.until_coverage && s.all_reached()) seeds.enough() = 1;
    if (options.progress) show_progress(err, s, watch.seconds());
  }
  for (unsigned i = 0; i < workers.size(); ++i) {
    int status = 0;
    waitpid(workers[i].pid, &status, 0);
    if (status != 0) s.crashed.push_back(std::uint64_t{seeds[i]});
  }
  if (options.progress) err << "\n";
  s.real_s = watch.seconds();
  std::sort(s.failures.begin(), s.failures.end(),
            [](const auto& a, const auto& b) { return a.seed < b.seed; });
  return s;
}

}  // namespace taquilla::simulation
