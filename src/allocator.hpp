// The process's allocator. Purchases allocate on one thread what another frees, and glibc's arenas
// make those wait for each other; tcmalloc hands blocks between threads in batches. Measured:
// docs/performance.md. It replaces malloc by being linked first (src/CMakeLists.txt); without it,
// and under sanitizers, the platform's own allocator serves and nothing here does anything.
#pragma once

namespace taquilla {

/// Bounds what the threads' caches keep. Call once, before threads are started.
void bound_allocator_caches();

}  // namespace taquilla
