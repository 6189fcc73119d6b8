#include "signer/pkcs11/process.hpp"

#include <atomic>
#include <mutex>
#include <pthread.h>
#include <signal.h>

namespace chela::signer::pkcs11 {

namespace {

std::atomic<bool> forked{false};

// Runs in the child, where only async-signal-safe work is allowed: one store.
void poison() {
    forked.store(true, std::memory_order_relaxed);
}

}  // namespace

void poison_forked_children() {
    static std::once_flag once;
    std::call_once(once, [] {
        if (pthread_atfork(nullptr, nullptr, &poison) != 0) bug("pthread_atfork: no memory");
    });
}

Status refuse_after_fork() {
    if (!forked.load(std::memory_order_relaxed)) return {};
    return fail(
        ErrorCode::unavailable,
        "this process was forked from one that uses the token; start a new program instead",
        "E_FORKED");
}

void ignore_default_sigpipe() {
    struct sigaction current{};
    if (sigaction(SIGPIPE, nullptr, &current) != 0) bug("sigaction cannot read SIGPIPE");
    const bool has_info_handler = (current.sa_flags & SA_SIGINFO) != 0;
    if (has_info_handler || current.sa_handler != SIG_DFL) return;
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    if (sigaction(SIGPIPE, &ignore, nullptr) != 0) bug("sigaction cannot ignore SIGPIPE");
}

}  // namespace chela::signer::pkcs11
