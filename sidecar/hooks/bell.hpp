#pragma once

#include <atomic>
#include <functional>
#include <mutex>

namespace chela::sidecar::hooks {

/// Carries "something was committed" from the threads of the store to whoever listens. However
/// often it rings before it is answered, the listener hears it once.
/// Threads: any.
class Bell {
public:
    void ring() {
        if (has_rung_.exchange(true)) return;
        const std::lock_guard lock{mutex_};
        if (listener_) listener_();
    }
    /// From now on a ring is heard anew; what was rung for before is seen by whoever looks next.
    void answer() { has_rung_ = false; }
    [[nodiscard]] bool has_rung() const { return has_rung_; }
    /// @param listener  must neither block nor throw; empty: nobody listens any more
    void listen(std::function<void()> listener) {
        const std::lock_guard lock{mutex_};
        listener_ = std::move(listener);
    }

private:
    std::atomic<bool> has_rung_ = false;
    std::mutex mutex_;
    std::function<void()> listener_;
};

}  // namespace chela::sidecar::hooks
