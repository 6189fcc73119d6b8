#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace chela::sidecar::rpc {

/// Calls without a key that are under way. One that is sent again meanwhile, under whatever id,
/// waits for the first and has its key, and so its outcome. What is asked for after that is
/// something new. Threads: the io_context's one.
class Repeats : public std::enable_shared_from_this<Repeats> {
public:
    struct Shared {
        std::string key;
        bool is_over = false;  ///< the first one has its answer
    };
    /// Ends for those who wait when it is destroyed, if it is the first one's.
    class Turn {
    public:
        Turn(std::shared_ptr<Repeats> repeats, std::string what, std::shared_ptr<Shared> shared)
            : repeats_{std::move(repeats)},
              what_{std::move(what)},
              shared_{std::move(shared)} {}
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;
        ~Turn() {
            if (!repeats_) return;
            shared_->is_over = true;
            repeats_->under_way_.erase(what_);
        }
        [[nodiscard]] bool is_first() const { return repeats_ != nullptr; }
        [[nodiscard]] const Shared& shared() const { return *shared_; }

    private:
        std::shared_ptr<Repeats> repeats_;  ///< null: another one is the first
        std::string what_;
        std::shared_ptr<Shared> shared_;
    };

    /// @param what  who asks for what: the same for a repeated call, and for no other one
    /// @param key   of this call, unless it is a repeated one
    [[nodiscard]] std::unique_ptr<Turn> take(const std::string& what, const std::string& key) {
        const auto [at, is_first] = under_way_.try_emplace(what, nullptr);
        if (is_first) at->second = std::make_shared<Shared>(Shared{key});
        return std::make_unique<Turn>(is_first ? shared_from_this() : nullptr, what, at->second);
    }

private:
    std::map<std::string, std::shared_ptr<Shared>> under_way_;
};

}  // namespace chela::sidecar::rpc
