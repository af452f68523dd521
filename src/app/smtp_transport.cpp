#include "app/smtp_transport.hpp"

#include "app/mail_message.hpp"
#include "app/platform.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace taquilla::app {

namespace {

struct list_deleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct easy_deleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

struct reading {
  std::string text;
  std::size_t done = 0;
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
  auto& source = *static_cast<reading*>(from);
  const auto length = std::min(size * count, source.text.size() - source.done);
  std::memcpy(to, source.text.data() + source.done, length);
  source.done += length;
  return length;
}

/// libcurl reports a refused MAIL and a refused RCPT alike; what it has said last tells them apart.
int note_recipient(CURL*, curl_infotype kind, char* said, std::size_t length, void* asked) {
  constexpr std::string_view word = "RCPT TO";
  if (kind == CURLINFO_HEADER_OUT && std::string_view{said, length}.substr(0, word.size()) == word)
    *static_cast<bool*>(asked) = true;
  return 0;
}

int stop_when_told(void* told, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<std::atomic<bool>*>(told)->load() ? 1 : 0;
}

bool has_credentials(const std::string& url) {
  const auto host = url.find("://") + 3;
  return url.substr(host, url.find('/', host) - host).find('@') != std::string::npos;
}

error later(const std::string& why) { return {errc::notification_unavailable, why, 0}; }

}  // namespace

class smtp_transport::worker {
 public:
  explicit worker(const smtp_options& options) : options_(options), easy_(curl_easy_init()) {
    if (!easy_) throw std::runtime_error{"libcurl cannot be started"};
    const bool known =
        options.url.rfind("smtp://", 0) == 0 || options.url.rfind("smtps://", 0) == 0;
    if (!known)
      throw std::runtime_error{"notifications.smtp_url must begin with smtp:// or smtps://"};
    if (!is_email(options.from))
      throw std::runtime_error{"notifications.smtp_from is no mail address"};
    prepare();
    thread_ = std::thread{[this] { run(); }};
  }
  ~worker() { stop(); }

  void send(const mail& what, std::function<void(error)> done) {
    {
      const std::lock_guard<std::mutex> hold{lock_};
      if (!stopping_ && waiting_.size() < options_.queue) {
        waiting_.push_back({what, std::move(done)});
        changed_.notify_one();
        return;
      }
    }
    done(later("too many mails wait for the SMTP server"));
  }

  void stop() {
    std::deque<item> dropped;
    {
      const std::lock_guard<std::mutex> hold{lock_};
      stopping_ = true;
      dropped.swap(waiting_);
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  struct item {
    mail what;
    std::function<void(error)> done;
  };

  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK)
      throw std::runtime_error{"libcurl lacks what SMTP needs"};
  }

  void prepare() {
    set(CURLOPT_URL, options_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    // Whoever strips STARTTLS from the server's words must not get the password for it.
    set(CURLOPT_USE_SSL,
        static_cast<long>(has_credentials(options_.url) ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    set(CURLOPT_PROXY, "");  // the environment's proxies are none of ours
    set(CURLOPT_MAIL_FROM, options_.from.c_str());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout_ms));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout_ms));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &give);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &stop_when_told);
    set(CURLOPT_XFERINFODATA, &stopping_);
    set(CURLOPT_ERRORBUFFER, reason_);
    set(CURLOPT_VERBOSE, 1L);
    set(CURLOPT_DEBUGFUNCTION, &note_recipient);
    set(CURLOPT_DEBUGDATA, &recipient_asked_);
  }

  void run() {
    for (;;) {
      item next;
      {
        std::unique_lock<std::mutex> hold{lock_};
        changed_.wait(hold, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        next = std::move(waiting_.front());
        waiting_.pop_front();
      }
      next.done(deliver(next.what));
    }
  }

  error deliver(const mail& what) {
    const auto text = message_of(what, options_.from, platform::wall_now_ms());
    if (!text) return {errc::mail_undeliverable, "no mail can be addressed to " + what.to, 0};
    reading source{*text, 0};
    const std::unique_ptr<curl_slist, list_deleter> to{curl_slist_append(nullptr, what.to.c_str())};
    if (!to) return later("out of memory");
    set(CURLOPT_MAIL_RCPT, to.get());
    set(CURLOPT_READDATA, &source);
    reason_[0] = '\0';
    recipient_asked_ = false;
    const auto outcome = curl_easy_perform(easy_.get());
    curl_easy_setopt(easy_.get(), CURLOPT_MAIL_RCPT, nullptr);
    return outcome == CURLE_OK ? error{} : why_not(outcome);
  }

  error why_not(CURLcode outcome) const {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    const std::string what = reason_[0] != '\0' ? reason_ : curl_easy_strerror(outcome);
    // Before the recipient is named a 5xx (a greeting, a refused password, sender or connection
    // without TLS) says nothing about this mail.
    if (recipient_asked_ && status / 100 == 5) return {errc::mail_undeliverable, what, 0};
    return later(what);
  }

  const smtp_options options_;
  std::unique_ptr<CURL, easy_deleter> easy_;
  char reason_[CURL_ERROR_SIZE] = {};
  bool recipient_asked_ = false;  ///< in the conversation under way
  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<item> waiting_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

smtp_transport::smtp_transport(const smtp_options& options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw std::runtime_error{curl_easy_strerror(ready)};
  worker_ = std::make_unique<worker>(options);
}

smtp_transport::~smtp_transport() = default;

void smtp_transport::send(const mail& what, std::function<void(error)> done) {
  worker_->send(what, std::move(done));
}

void smtp_transport::stop() { worker_->stop(); }

}  // namespace taquilla::app
