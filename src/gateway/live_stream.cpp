#include "gateway/live_stream.hpp"

#include "gateway/json_writer.hpp"
#include "gateway/share.hpp"

#include <algorithm>

namespace taquilla::gateway {

stream_frame render_line(const feed_line& line) {
  // Line ends delimit the fields of an event. In JSON they can only be blanks between tokens.
  std::string data = line.data;
  std::replace_if(
      data.begin(), data.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  json_writer json;
  json.open_object()
      .number("sequence", line.sequence)
      .text("kind", line.kind)
      .key("data")
      .raw(data.empty() ? "null" : data)
      .close_object();
  auto bytes = "id: " + std::to_string(line.sequence) + "\ndata: " + json.take() + "\n\n";
  return {line.sequence, std::make_shared<const std::string>(std::move(bytes))};
}

namespace {

// A feed counts from its birth, by the clock, a thousand a millisecond: who lived for a second is
// followed by one who is a million ahead, or behind if the clock was set back. No feed leaves out
// as many lines.
bool is_of_another_feed(std::uint64_t sequence, std::uint64_t last) {
  constexpr std::uint64_t a_second = 1'000'000;
  return sequence <= last || sequence - last > a_second;
}

}  // namespace

// -- one client --------------------------------------------------------------------------------

void stream_client::start(std::string snapshot_event, const std::vector<feed_line>& history) {
  {
    const std::lock_guard lock{mutex_};
    auto live = std::move(lines_);
    lines_.clear();
    for (const auto& line : history) keep(render_line(line));
    if (!history.empty()) history_end_ = history.back().sequence;
    for (auto& frame : live)
      if (frame.sequence > history_end_) keep(std::move(frame));
    first_ = std::move(snapshot_event);
    started_ = true;
  }
  wake();
}

void stream_client::push(const stream_frame& frame) {
  {
    const std::lock_guard lock{mutex_};
    if (closed_ || ending_ || frame.sequence <= history_end_) return;
    keep(frame);
  }
  wake();
}

void stream_client::keep(stream_frame frame) {
  // Who joins before the first line ever was counts from the first line it could have had.
  if (!last_) last_ = frame.sequence - 1;
  if (lines_.size() == lines_max) {
    const bool first = lines_.front().first_of_feed;
    lines_.pop_front();
    lines_.front().first_of_feed = lines_.front().first_of_feed || first;
  }
  lines_.push_back(std::move(frame));
}

void stream_client::beat() {
  {
    const std::lock_guard lock{mutex_};
    beat_due_ = true;
  }
  wake();
}

void stream_client::end() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
  }
  wake();
}

void stream_client::feed_restarted() {
  const std::lock_guard lock{mutex_};
  history_end_ = 0;
}

bool stream_client::is_closed() const {
  const std::lock_guard lock{mutex_};
  return closed_;
}

std::string stream_client::take(std::size_t max) {
  const std::lock_guard lock{mutex_};
  std::string out = std::move(rest_);
  rest_.clear();
  while (out.size() < max && take_one(out)) {
  }
  if (out.size() > max) {
    rest_ = out.substr(max);
    out.resize(max);
  }
  return out;
}

/// Appends the next thing to say; false when there is nothing.
bool stream_client::take_one(std::string& out) {
  if (started_ && !first_.empty()) {
    out += first_;
    first_.clear();
    return true;
  }
  if (started_ && !lines_.empty()) {
    const auto frame = std::move(lines_.front());
    lines_.pop_front();
    if (last_ && frame.sequence > *last_ + 1 && !frame.first_of_feed)
      out +=
          "event: skipped\ndata: {\"n\":" + std::to_string(frame.sequence - *last_ - 1) + "}\n\n";
    out += *frame.bytes;
    last_ = frame.sequence;
    return true;
  }
  if (beat_due_) {
    beat_due_ = false;
    out += ": heartbeat\n\n";
    return true;
  }
  if (!ending_ || bye_said_) return false;
  out += "event: bye\ndata: {}\n\n";
  bye_said_ = true;
  return true;
}

bool stream_client::finished() const {
  const std::lock_guard lock{mutex_};
  return closed_ || (bye_said_ && rest_.empty());
}

void stream_client::on_ready(std::function<void()> wake) {
  const std::lock_guard lock{mutex_};
  wake_ = std::make_shared<const std::function<void()>>(std::move(wake));
}

void stream_client::closed() {
  const std::lock_guard lock{mutex_};
  closed_ = true;
  wake_ = nullptr;
  lines_.clear();
}

void stream_client::wake() {
  std::shared_ptr<const std::function<void()>> call;
  {
    const std::lock_guard lock{mutex_};
    call = wake_;
  }
  // Outside the lock: the server may take at once.
  if (call) (*call)();
}

// -- all of them -------------------------------------------------------------------------------

void live_stream::follow(front_desk& desk) {
  auto handle = desk.follow_feed([weak = weak_from_this()](const feed_news& news) {
    if (const auto stream = weak.lock()) stream->publish(news);
  });
  const std::lock_guard lock{mutex_};
  following_ = std::move(handle);
}

std::shared_ptr<stream_client> live_stream::join(std::optional<std::uint64_t> after,
                                                 const std::string& address) {
  const std::lock_guard lock{mutex_};
  forget_the_closed();
  if (over_ || clients_.size() >= clients_max_) return nullptr;
  const auto neighbours = std::count_if(clients_.begin(), clients_.end(), [&](const auto& client) {
    return client->address == address;
  });
  if (!address.empty() && static_cast<std::size_t>(neighbours) >= share_of(clients_max_))
    return nullptr;
  if (!after && last_sequence_ > 0) after = last_sequence_;
  clients_.push_back(std::make_shared<stream_client>(after, address));
  return clients_.back();
}

void live_stream::forget_the_closed() {
  clients_.erase(std::remove_if(clients_.begin(), clients_.end(),
                                [](const auto& client) { return client->is_closed(); }),
                 clients_.end());
}

void live_stream::publish(const feed_news& news) {
  bool restarted = false;
  {
    const std::lock_guard lock{mutex_};
    restarted = last_sequence_ != 0 && is_of_another_feed(news.sequence, last_sequence_);
    last_sequence_ = news.sequence;
    if (restarted || first_sequence_ == 0) first_sequence_ = news.sequence;
    if (clients_.empty()) return;  // the usual case: nobody looks, so nothing is written for them
  }
  auto frame = render_line(news.write());
  frame.first_of_feed = restarted;
  for (const auto& client : current()) {
    if (restarted) client->feed_restarted();
    client->push(frame);
  }
}

void live_stream::heartbeat() {
  {
    const std::lock_guard lock{mutex_};
    forget_the_closed();
  }
  for (const auto& client : current()) client->beat();
}

void live_stream::say_goodbye() {
  std::shared_ptr<void> following;
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
    following = std::move(following_);
  }
  following = nullptr;
  for (const auto& client : current()) client->end();
}

std::uint64_t live_stream::last_sequence() const {
  const std::lock_guard lock{mutex_};
  return last_sequence_;
}

bool live_stream::continues(std::uint64_t sequence) const {
  const std::lock_guard lock{mutex_};
  return first_sequence_ > 0 && sequence + 1 >= first_sequence_ && sequence <= last_sequence_;
}

std::optional<std::uint64_t> live_stream::before_the_last(std::uint64_t count) const {
  const std::lock_guard lock{mutex_};
  if (first_sequence_ == 0) return std::nullopt;
  return last_sequence_ - std::min(count, last_sequence_ - first_sequence_ + 1);
}

std::size_t live_stream::clients() const {
  const auto all = current();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const auto& c) { return !c->is_closed(); }));
}

std::vector<std::shared_ptr<stream_client>> live_stream::current() const {
  const std::lock_guard lock{mutex_};
  return clients_;
}

}  // namespace taquilla::gateway
