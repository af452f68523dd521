// The world around the theatre: the machine with its disk and clock, the people, and fate.
//
// It boots the real theatre on a simulated process, lets clients do what the plan says, plays the
// plan's faults, restarts what died, heals everything, waits until all is at rest, and reads the
// store from the disk for the oracles. Everything that a process crash leaves behind is here: disk,
// wall clock, history. One world runs one plan once. Single-threaded; nothing in it reads a real
// clock.
#pragma once

#include "actors/notification.hpp"
#include "policies/rate_limiter.hpp"
#include "simulation/engine/engine.hpp"
#include "simulation/oracles/oracle.hpp"
#include "simulation/world/client.hpp"
#include "simulation/world/correspondence.hpp"
#include "simulation/world/machine.hpp"
#include "simulation/world/run.hpp"
#include "simulation/world/visitors.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace taquilla::simulation {

class world final : private engine_observer,
                    private disk_environment,
                    private people_port,
                    private mail_transport {
 public:
  world(const plan& p, const run_options& options);
  ~world() override;

  run_result run();

 private:
  // -- processes (world.cpp) --------------------------------------------------
  void boot();
  bool open_store();
  void compose(caf::actor_system& system);
  theatre_options tuned() const;
  void die(bool power, std::int64_t down_ms, std::int64_t jump_ms, const std::string& why);
  void leave(std::int64_t down_ms, std::int64_t jump_ms);
  void on_stopped() override;
  void store_unusable(const std::string& why);

  // -- people (people.cpp) ----------------------------------------------------
  void plan_next(std::uint32_t client);
  void invoke(std::uint32_t client, std::size_t index);
  void ask_front(std::uint64_t number, const operation& what, reservation_id target);
  void on_answer(std::uint64_t number, reservation_id id, bool replayed,
                 reservation_state state) override;
  void on_refusal(std::uint64_t number, const error& why) override;
  void on_silence(std::uint64_t number) override;
  void on_started(bool well, const std::string& why) override;
  void on_rest_report(const rest_report& report) override;
  void ended(std::uint64_t number);
  void answered(std::uint32_t client, std::string what);
  bool people_done() const;

  // -- faults (fate.cpp) --------------------------------------------------------
  void plan_faults();
  std::string why_missed(const fault& f) const;
  void strike(const fault& f);
  void order_chaos(const fault& f);
  void order_stop(const fault& f);
  disk_fault before(disk_operation what, const char* file) override;
  disk_fault draw_disk_fault(disk_operation what, const std::string& name, std::uint64_t hash,
                             std::uint64_t occurrence);
  std::int64_t wall_clock_ms() override;
  void pass_time_us(std::int64_t us) override;
  std::uint64_t entropy() override;

  // -- the mail server (post.cpp) ------------------------------------------------
  void send(const mail& what, std::function<void(error)> done) override;
  post_fault draw_post_fault(const std::string& name, std::uint64_t hash, std::uint64_t occurrence);
  std::uint64_t draw_post_time(const std::string& name, std::uint64_t hash,
                               std::uint64_t occurrence);

  // -- the end (ending.cpp) -----------------------------------------------------
  void tick();
  void heal(const std::string& why);
  void mend_services();
  bool disturbed() const;
  bool hall_settled() const;
  bool over() const { return at_rest_ || given_up_ || !facts_.store_readable; }
  void judge(run_result& result);
  final_state read_store();
  bool audit_due() const;
  void ask_audit();

  void watch_disk();

  // -- watching (watch.cpp) -----------------------------------------------------
  void on_delivery(const delivery_view& view) override;
  void on_sending(const sending_view& view) override;
  void on_spawned(const std::string& role, std::uint32_t incarnation, virtual_ns now) override;
  void on_lost(const std::string& link, const caf::type_erased_tuple& content,
               virtual_ns now) override;
  void on_backlog(const std::string& role, std::size_t waiting, const std::string& mostly) override;
  void object(const oracle& who, std::string what);
  std::string name_of(const std::string& role, std::uint32_t incarnation) const;
  void on_ended(const std::string& role, std::uint32_t incarnation, virtual_ns now) override;
  void on_last_step(const std::string& role, std::uint32_t incarnation) override;
  void note(trace_event::kind what, std::string from, std::string to, std::string text,
            std::string fields = {});
  void reached(const std::string& goal) { goals_.insert(goal); }

  const plan& plan_;
  const run_options& options_;
  decisions taken_;
  machine machine_;
  sim_disk& disk_;
  std::shared_ptr<database> base_;
  database* audited_ = nullptr;  // the one that a planted bug may wrap
  engine engine_;
  oracles oracles_;
  history story_;
  correspondence letters_;  // for the trace
  visitors visitors_;
  run_facts facts_;
  violation broken_;
  std::set<std::string> goals_;

  std::vector<std::vector<std::size_t>> scripts_;  // by client: indices of its operations
  std::vector<std::size_t> next_;                  // by client
  std::vector<client_actor> clients_;
  std::vector<std::string> behind_doors_;  // by incarnation of the door, from 1
  operator_actor operator_;
  std::map<std::uint64_t, std::uint32_t> running_;  // history number -> client
  std::size_t thinking_ = 0;                        // operations that are planned and not begun
  std::map<std::uint64_t, std::uint64_t> disk_uses_;
  std::map<std::string, std::uint64_t> mails_handed_;  // by message id: how often, to the post
  std::uint64_t conversations_ = 0;                    // with the post
  std::map<std::uint64_t, std::function<void(error)>> at_the_post_;  // by number; of this process
  std::unique_ptr<rate_limiter> limiter_;  // of the process, as the gateway has one
  std::uint32_t process_ = 0;
  bool serving_ = false;  // the theatre has started
  bool up_again_planned_ = false;
  const fault* stopping_ = nullptr;  // the order to stop that the process carries out
  int boots_failed_ = 0;
  std::size_t faults_ahead_ = 0;
  std::int64_t wall_jump_ms_ = 0;
  std::uint64_t entropy_drawn_ = 0;
  bool disk_calm_ = false;
  std::vector<const fault*> last_steps_ahead_;  // of the next process
  std::uint64_t disk_changes_ = 0;
  std::uint64_t disk_shaken_until_ = 0;  // in changes: an error was not long ago
  virtual_ns disk_full_until_ = 0;
  std::uint32_t disk_failed_in_ = 0;  // the process in which it did, while that served
  std::string disk_failed_at_;
  std::uint32_t notification_ = 0;  // which one of this process handles a message, or did last
  /// By message id: which process's which NOTIFICATION the mail server took it from.
  std::map<std::string, std::pair<std::uint32_t, std::uint32_t>> taken_from_;
  bool healed_ = false;
  bool mend_at_opening_ = false;
  virtual_ns quiet_since_ = 0;  // nobody has asked for anything since then
  /// The last report if it was calm: of which process, and after how many commands of its store.
  std::optional<std::pair<std::uint32_t, std::uint64_t>> calm_before_;
  bool hall_true_ = false;  // INVENTORY showed what the store holds, in the last report
  bool at_rest_ = false;
  bool given_up_ = false;
  std::string last_report_ = "nobody answered";
};

}  // namespace taquilla::simulation
