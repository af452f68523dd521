#include "allocator.hpp"

#include <cstddef>

#ifdef TAQUILLA_WITH_TCMALLOC
#include <gperftools/malloc_extension_c.h>
#endif

namespace taquilla {

void bound_allocator_caches() {
#ifdef TAQUILLA_WITH_TCMALLOC
  // A dozen threads, most of them idle: 4 MiB serve as well as the default of 32 MiB.
  constexpr std::size_t cached_bytes_max = 4U << 20;
  MallocExtension_SetNumericProperty("tcmalloc.max_total_thread_cache_bytes", cached_bytes_max);
#endif
}

}  // namespace taquilla
