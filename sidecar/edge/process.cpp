#include "sidecar/edge/process.hpp"

#include "chains/base/result.hpp"

#include <csignal>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace chela::sidecar {

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

}  // namespace

void harden_process() {
    const rlimit no_core{0, 0};
    if (setrlimit(RLIMIT_CORE, &no_core) != 0) bug("cannot switch core files off");
    // LeakSanitizer traces its own process at exit, which a non-dumpable process does not allow.
    if (!kIsSanitized && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        bug("cannot make the process non-dumpable");
    }
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) bug("cannot ignore SIGPIPE");
    if (std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) bug("cannot ignore SIGXFSZ");
    umask(077);
}

void share_heaps() {
    constexpr int kHeaps = 2;
    // Another allocator (a sanitizer's) has heaps of its own kind and says no: nothing depends on
    // it.
    static_cast<void>(mallopt(M_ARENA_MAX, kHeaps));
}

}  // namespace chela::sidecar
