#include "simulation/disk/sim_disk.hpp"

#include "simulation/engine/keyed_random.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace taquilla::simulation {

namespace {

constexpr std::uint64_t sector_kind = 201;
constexpr std::uint64_t size_kind = 202;
constexpr std::uint64_t name_kind = 203;

}  // namespace

void sim_image::resize(std::size_t size) {
  if (size < size_ && size % block_bytes != 0) {
    auto& last = blocks_[size / block_bytes];
    if (last) std::fill(last->begin() + size % block_bytes, last->end(), 0);
  }
  blocks_.resize((size + block_bytes - 1) / block_bytes);
  size_ = size;
}

void sim_image::read(std::size_t offset, void* into, std::size_t count) const {
  auto* out = static_cast<std::uint8_t*>(into);
  while (count > 0) {
    const auto within = offset % block_bytes;
    const auto part = std::min(count, block_bytes - within);
    const auto& from = blocks_[offset / block_bytes];
    if (from)
      std::memcpy(out, from->data() + within, part);
    else
      std::memset(out, 0, part);
    out += part;
    offset += part;
    count -= part;
  }
}

void sim_image::write(std::size_t offset, const void* from, std::size_t count) {
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  while (count > 0) {
    const auto within = offset % block_bytes;
    const auto part = std::min(count, block_bytes - within);
    auto& into = blocks_[offset / block_bytes];
    if (!into) into = std::make_unique<block>();
    std::memcpy(into->data() + within, bytes, part);
    bytes += part;
    offset += part;
    count -= part;
  }
}

void sim_image::copy_from(const sim_image& other, std::size_t offset, std::size_t count) {
  std::array<std::uint8_t, sector_bytes> part;
  while (count > 0) {
    const auto now = std::min(count, part.size());
    other.read(offset, part.data(), now);
    write(offset, part.data(), now);
    offset += now;
    count -= now;
  }
}

void sim_image::become(const sim_image& other) {
  resize(0);
  resize(other.size());
  for (std::size_t i = 0; i < blocks_.size(); ++i)
    if (other.blocks_[i]) blocks_[i] = std::make_unique<block>(*other.blocks_[i]);
}

std::size_t sim_file::read(std::size_t offset, void* into, std::size_t count) const {
  if (offset >= seen_.size()) return 0;
  auto there = std::min(count, seen_.size() - offset);
  seen_.read(offset, into, there);
  return there;
}

bool sim_file::write(std::size_t offset, const void* from, std::size_t count) {
  if (count == 0) return true;
  if (offset + count > file_bytes_max) return false;
  auto old_size = seen_.size();
  if (offset + count > old_size) {
    seen_.resize(offset + count);
    if (offset > old_size) mark(old_size, offset - 1);
  }
  seen_.write(offset, from, count);
  mark(offset, offset + count - 1);
  return true;
}

void sim_file::truncate(std::size_t size) {
  if (size < seen_.size()) {
    mark(size, seen_.size() - 1);
    seen_.resize(size);
  } else if (size > seen_.size()) {
    mark(seen_.size(), size - 1);
    seen_.resize(size);
  }
}

void sim_file::mark(std::size_t first, std::size_t last) {
  if (dirty_.size() <= last / sector_bytes) dirty_.resize(last / sector_bytes + 1);
  for (auto s = first / sector_bytes; s <= last / sector_bytes; ++s) dirty_[s] = true;
}

bool sim_file::is_dirty(std::size_t sector) const {
  return sector < dirty_.size() && dirty_[sector];
}

std::size_t sim_file::dirty_sectors() const {
  return static_cast<std::size_t>(std::count(dirty_.begin(), dirty_.end(), true));
}

// Copies the first `bytes` of a sector from what is seen to the platter.
void sim_file::copy_sector(std::size_t sector, std::size_t bytes) {
  auto begin = sector * sector_bytes;
  auto end = std::min({begin + bytes, seen_.size(), safe_.size()});
  if (begin < end) safe_.copy_from(seen_, begin, end - begin);
}

void sim_file::sync() {
  safe_.resize(seen_.size());
  for (std::size_t s = 0; s < dirty_.size(); ++s)
    if (dirty_[s]) copy_sector(s, sector_bytes);
  dirty_.clear();
}

void sim_file::become(const sim_file& other) {
  seen_.become(other.seen_);
  safe_.become(other.seen_);
  dirty_.clear();
  sync_failed_ = false;
}

void sim_file::fail_sync() {
  dirty_.clear();
  sync_failed_ = true;
}

cut_file sim_file::power_cut(std::uint64_t salt) {
  cut_file out{name_, 0, 0, 0, std::exchange(sync_failed_, false)};
  auto key = combine(salt, hash_text(name_));
  // The new length is on the platter, or the old one is: growing without data shows zeros.
  bool resized = keyed(key, size_kind, 0) & 1;
  if (resized) safe_.resize(seen_.size());
  for (std::size_t s = 0; s < dirty_.size(); ++s) {
    if (!is_dirty(s)) continue;
    auto fate = keyed(key, sector_kind, s);
    if ((fate & 3) == 0) copy_sector(s, below(scramble(fate), sector_bytes));
    if ((fate & 3) == 1) copy_sector(s, sector_bytes);
    ++((fate & 3) == 0 ? out.torn : (fate & 3) == 1 ? out.kept : out.gone);
  }
  seen_.become(safe_);
  dirty_.clear();
  return out;
}

sim_disk::file_ptr sim_disk::find(const std::string& name) const {
  auto found = seen_.find(name);
  return found == seen_.end() ? nullptr : found->second;
}

sim_disk::file_ptr sim_disk::create(const std::string& name) {
  auto& place = seen_[name];
  if (!place) place = std::make_shared<sim_file>(name);
  return place;
}

void sim_disk::remove(const std::string& name, bool sync_too) {
  seen_.erase(name);
  if (sync_too) sync_folder();
}

void sim_disk::sync_folder() {
  if (!lying_) safe_ = seen_;
}

std::vector<cut_file> sim_disk::power_cut(std::uint64_t salt) {
  folder after = safe_;
  for (const auto& [name, file] : seen_) {
    bool was_safe = safe_.count(name) != 0;
    if (!was_safe && (keyed(salt, name_kind, hash_text(name)) & 1)) after[name] = file;
  }
  for (const auto& [name, file] : safe_) {
    bool removed = seen_.count(name) == 0;
    if (removed && (keyed(salt, name_kind, hash_text(name)) & 1)) after.erase(name);
  }
  std::vector<cut_file> out;
  for (auto& [name, file] : after) out.push_back(file->power_cut(salt));
  seen_ = safe_ = after;
  plugged_ = true;
  return out;
}

void sim_disk::become(const sim_disk& other) {
  seen_.clear();
  for (const auto& [name, file] : other.seen_) create(name)->become(*file);
  safe_ = seen_;
}

std::size_t sim_disk::used() const {
  std::size_t bytes = 0;
  for (const auto& [name, file] : seen_) bytes += file->size();
  return bytes;
}

}  // namespace taquilla::simulation
