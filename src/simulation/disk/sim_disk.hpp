// The simulated disk: files in memory that remember what a power cut would leave of them.
//
// Each file has two images: what programs read back, and what is on the platter since its last
// sync. In between lie dirty sectors of 512 bytes. A power cut keeps, drops or tears each of them
// as the salt says; names that were created or removed since the last folder sync may be undone. A
// process that is merely killed loses nothing, but from that instant on the disk is *unplugged*:
// the dying process may go on calling, and changes nothing. A failed sync leaves its sectors
// neither dirty nor safe, as Linux does: a later sync says yes and they are still lost at a power
// cut. A lying disk says yes to every sync and does nothing (teeth only). Single-threaded. Knows
// nothing of SQLite: sim_vfs.hpp puts it under SQLite.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace taquilla::simulation {

inline constexpr std::size_t sector_bytes = 512;
/// A simulated run that grows a file beyond this has lost control of itself.
inline constexpr std::size_t file_bytes_max = 256u << 20;

/// The bytes of a file, in blocks, so that growing never copies what is there. What was never
/// written is zero.
class sim_image {
 public:
  std::size_t size() const { return size_; }
  void resize(std::size_t size);
  /// Precondition: offset + count <= size().
  void read(std::size_t offset, void* into, std::size_t count) const;
  void write(std::size_t offset, const void* from, std::size_t count);
  /// Copies a range that both images have.
  void copy_from(const sim_image& other, std::size_t offset, std::size_t count);
  void become(const sim_image& other);

 private:
  static constexpr std::size_t block_bytes = 4096;
  using block = std::array<std::uint8_t, block_bytes>;
  std::vector<std::unique_ptr<block>> blocks_;  // none: zeros
  std::size_t size_ = 0;
};

/// What a power cut did to a file: to each of its sectors that no sync had covered.
struct cut_file {
  std::string name;
  std::size_t kept = 0, torn = 0, gone = 0;
  bool sync_had_failed = false;  ///< and what that sync should have covered is gone too
};

class sim_file {
 public:
  explicit sim_file(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  std::size_t size() const { return seen_.size(); }
  /// Copies what is there; returns how many of `count` bytes were.
  std::size_t read(std::size_t offset, void* into, std::size_t count) const;
  /// False if the file would become larger than file_bytes_max.
  bool write(std::size_t offset, const void* from, std::size_t count);
  void truncate(std::size_t size);

  void sync();
  void fail_sync();
  /// Holds what the other file shows, all of it safe.
  void become(const sim_file& other);
  /// What the platter holds after the power went, decided by `salt`.
  cut_file power_cut(std::uint64_t salt);
  std::size_t dirty_sectors() const;

 private:
  void mark(std::size_t first, std::size_t last);
  bool is_dirty(std::size_t sector) const;
  void copy_sector(std::size_t sector, std::size_t bytes);

  std::string name_;
  sim_image seen_;
  sim_image safe_;
  std::vector<bool> dirty_;  // by sector
  bool sync_failed_ = false;
};

class sim_disk {
 public:
  using file_ptr = std::shared_ptr<sim_file>;

  /// nullptr if there is no such file.
  file_ptr find(const std::string& name) const;
  file_ptr create(const std::string& name);
  void remove(const std::string& name, bool sync_folder);
  void sync_folder();

  /// From now on nothing changes any more, until `plug_in`.
  void unplug() { plugged_ = false; }
  void plug_in() { plugged_ = true; }
  bool plugged() const { return plugged_; }

  /// The power goes and comes back: see the essay. In order of the names.
  std::vector<cut_file> power_cut(std::uint64_t salt);
  /// Holds from now on what the other disk shows, all of it safe on the platter.
  void become(const sim_disk& other);

  void lie(bool lying) { lying_ = lying; }
  bool lying() const { return lying_; }
  std::uint64_t syncs() const { return syncs_; }
  void count_sync() { ++syncs_; }
  /// Bytes of all files, as programs see them.
  std::size_t used() const;

 private:
  using folder = std::map<std::string, file_ptr>;
  folder seen_;
  folder safe_;  // names on the platter
  bool plugged_ = true;
  bool lying_ = false;
  std::uint64_t syncs_ = 0;
};

}  // namespace taquilla::simulation
