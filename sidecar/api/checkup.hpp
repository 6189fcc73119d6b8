#pragma once

#include "chains/base/json.hpp"
#include "sidecar/auth/authenticator.hpp"
#include "sidecar/flow/services.hpp"
#include "sidecar/flow/submit.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

namespace chela::sidecar::api {

/// What readiness depends on besides what it always does.
struct ReadinessRules {
    bool needs_chains{};       ///< every enabled chain has a node that may be used
    bool needs_credentials{};  ///< every identity has a token; otherwise one of them will do
};

/// One part of the process. Nothing in it names an agent, an address or a URL.
struct Component {
    std::string name;   ///< "store", "keys", "recovery", "credentials", "serving", "chain-<id>"
    bool is_well{};     ///< it does its work
    bool counts{true};  ///< chela is not ready while it is not well
    std::string state;  ///< in a few words
};

/// Of one kind of keys. @return as signer::BackEnd says it
struct BackEnd {
    signer::BackEnd kind{};
    bool is_connected{};
};

/// Looks at the parts of a serving process, for /v1/health, /startupz, /readyz and /metrics.
/// Threads: the io_context's one.
class Checkup {
public:
    Checkup(
        flow::Services& services, flow::Intents& intents, const auth::Authenticator& authenticator);
    ~Checkup();
    Checkup(const Checkup&) = delete;
    Checkup& operator=(const Checkup&) = delete;

    void use(ReadinessRules rules) { rules_ = rules; }
    /// Waits for what is being asked; what is asked later has no answer. Blocking. Before the
    /// store and the keys end.
    void close();
    /// The doors are open, and all that precedes it is done.
    void set_serving() { serving_ = Serving::yes; }
    /// From now on it is not ready, and goes on serving.
    void set_draining() { serving_ = Serving::draining; }
    [[nodiscard]] bool is_started() const { return serving_ != Serving::not_yet; }
    [[nodiscard]] bool is_draining() const { return serving_ == Serving::draining; }

    /// All of them; what blocks is asked at most once a second, and for two seconds at most.
    [[nodiscard]] boost::asio::awaitable<std::vector<Component>> look();
    [[nodiscard]] boost::asio::awaitable<std::vector<BackEnd>> back_ends();
    [[nodiscard]] boost::asio::awaitable<bool> is_store_writable();
    /// @return empty: that is not known
    [[nodiscard]] boost::asio::awaitable<std::optional<std::size_t>> frozen_lanes();

    /// What has to be done before /startupz says 200.
    [[nodiscard]] std::vector<Component> startup() const;

private:
    enum class Serving : std::uint8_t { not_yet, yes, draining };
    struct Watches;

    [[nodiscard]] boost::asio::awaitable<bool> do_keys_answer();
    [[nodiscard]] Component serving() const;
    [[nodiscard]] Component recovery() const;
    [[nodiscard]] Component credentials() const;
    void add_chains(std::vector<Component>& out) const;

    flow::Services& services_;
    flow::Intents& intents_;
    const auth::Authenticator& authenticator_;
    ReadinessRules rules_;
    Serving serving_{Serving::not_yet};
    std::shared_ptr<Watches> watches_;
};

[[nodiscard]] bool all_connected(const std::vector<BackEnd>& back_ends);
/// Nothing that counts is unwell.
[[nodiscard]] bool is_ready(const std::vector<Component>& components);

}  // namespace chela::sidecar::api
