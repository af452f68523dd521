#include "simulation/disk/sqlite_memory.hpp"

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace taquilla::simulation {

namespace {

/// Address space, not memory: a run touches one or two MiB of it.
constexpr std::size_t arena_bytes = std::size_t{64} << 20;
/// Sizes in four steps per doubling: 16, 20, 24, 28, 32, 40, ... so that little is lost.
constexpr std::size_t classes = 4 * 26;

struct block {
  std::uint32_t size_class;
  bool free;
  block* next;  // while free; else the first bytes of what was asked for
};
constexpr std::size_t header_bytes = offsetof(block, next);

/// The beginning of a piece. All that the allocator knows is in here, so that a copy has it too.
/// What follows it is as aligned as SQLite wants, also where pointers have four bytes.
struct alignas(8) arena {
  std::size_t used;
  std::array<block*, classes> free;
};

arena* memory = nullptr;  // the piece in use

constexpr std::size_t class_of(std::size_t bytes) {
  const auto doubling = bytes <= 32 ? 0 : static_cast<std::size_t>(59 - __builtin_clzll(bytes - 1));
  const std::size_t base = std::size_t{16} << doubling;
  const std::size_t step = base / 4;
  const std::size_t above = bytes <= base ? 0 : (bytes - base + step - 1) / step;
  return 4 * doubling + above;
}
constexpr std::size_t size_of(std::size_t size_class) {
  const std::size_t base = std::size_t{16} << size_class / 4;
  return (base + base / 4 * (size_class % 4) + 7) / 8 * 8;
}

std::byte* begin() { return reinterpret_cast<std::byte*>(memory); }

block* block_of(void* given) {
  return reinterpret_cast<block*>(static_cast<std::byte*>(given) - header_bytes);
}
void* given(block* b) { return &b->next; }

void* take(int bytes) {
  const auto size_class = class_of(static_cast<std::size_t>(bytes));
  if (size_class >= classes) return nullptr;
  if (auto* b = memory->free[size_class]) {
    memory->free[size_class] = b->next;
    b->free = false;
    return given(b);
  }
  const auto whole = header_bytes + size_of(size_class);
  if (memory->used + whole > arena_bytes) return nullptr;
  auto* b = reinterpret_cast<block*>(begin() + memory->used);
  memory->used += whole;
  b->size_class = static_cast<std::uint32_t>(size_class);
  b->free = false;
  return given(b);
}

void give_back(void* p) {
  if (p == nullptr) return;
  auto* b = block_of(p);
  b->free = true;
  b->next = memory->free[b->size_class];
  memory->free[b->size_class] = b;
}

int room(void* p) { return p == nullptr ? 0 : static_cast<int>(size_of(block_of(p)->size_class)); }

void* resize(void* p, int bytes) {
  if (room(p) >= bytes) return p;
  void* bigger = take(bytes);
  if (bigger == nullptr) return nullptr;
  std::memcpy(bigger, p, static_cast<std::size_t>(room(p)));
  give_back(p);
  return bigger;
}

int round_up(int bytes) {
  return static_cast<int>(size_of(class_of(static_cast<std::size_t>(bytes))));
}

int start(void*) { return SQLITE_OK; }
void stop(void*) {}

const sqlite3_mem_methods methods = {take, give_back, resize, room, round_up, start, stop, nullptr};

void install() {
  // It may have been in use: only what is shut down can be configured.
  const bool set = sqlite3_shutdown() == SQLITE_OK &&
                   sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK &&
                   sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK &&
                   sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK &&
                   // No twenty pages in advance: they would be in every copy.
                   sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0) == SQLITE_OK &&
                   sqlite3_initialize() == SQLITE_OK;
  if (!set) throw std::logic_error("SQLite does not take the memory that it is given");
}

}  // namespace

void sqlite_memory::begin_piece() {
  void* piece = std::malloc(arena_bytes);  // which the system gives page by page, when touched
  if (piece == nullptr) throw std::bad_alloc();
  const bool first = memory == nullptr;
  memory = new (piece) arena{sizeof(arena), {}};
  if (first) install();
}

sqlite_memory::copy sqlite_memory::remember() {
  copy now;
  now.piece_ = memory;
  const auto add = [&now](std::size_t offset, std::size_t size) {
    auto& parts = now.parts_;
    if (!parts.empty() && parts.back().offset + parts.back().size == offset)
      parts.back().size += size;
    else
      parts.push_back({offset, size});
  };
  add(0, sizeof(arena));
  for (std::size_t at = sizeof(arena); at < memory->used;) {
    const auto& b = *reinterpret_cast<const block*>(begin() + at);
    const auto whole = header_bytes + size_of(b.size_class);
    add(at, b.free ? sizeof(block) : whole);
    at += whole;
  }
  for (const auto& p : now.parts_)
    now.bytes_.insert(now.bytes_.end(), begin() + p.offset, begin() + p.offset + p.size);
  return now;
}

void sqlite_memory::put_back(const copy& then) {
  memory = static_cast<arena*>(then.piece_);
  const auto* from = then.bytes_.data();
  for (const auto& p : then.parts_) {
    std::memcpy(begin() + p.offset, from, p.size);
    from += p.size;
  }
}

}  // namespace taquilla::simulation
