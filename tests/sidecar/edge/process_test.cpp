#include "sidecar/edge/process.hpp"

#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace chela::sidecar {
namespace {

// harden_process() leaves a sanitized build traceable for LeakSanitizer.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

/// Runs in a child: the settings would stay on this process.
[[noreturn]] void harden_and_look() {
    harden_process();
    rlimit core{};
    const bool no_core = getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0;
    const bool private_files = umask(0) == 077;
    const bool survives_signals = std::raise(SIGPIPE) == 0 && std::raise(SIGXFSZ) == 0;
    const bool is_closed_to_tracers = kIsSanitized || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    _exit(no_core && private_files && survives_signals && is_closed_to_tracers ? 0 : 1);
}

TEST(process, is_hardened_in_one_call) {
    EXPECT_EXIT(harden_and_look(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace chela::sidecar
