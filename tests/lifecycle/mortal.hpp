#pragma once

#include "sidecar/node/client.hpp"
#include "sidecar/store/sqlite_store.hpp"
#include "tests/support/fake_node/endpoint.hpp"

#include <functional>
#include <memory>

namespace chela::test::lifecycle {

/// When the process ends: at the n-th place where it can. From then on nothing that it does has any
/// effect. Threads: one.
class Mortality {
public:
    /// @param places  1: at the next one
    void end_after(unsigned places) { left_ = places; }
    void revive() {
        is_dead_ = false;
        left_ = 0;
    }
    [[nodiscard]] bool is_dead() const { return is_dead_; }
    /// A place where it can end. @return is it dead by now?
    bool pass();

private:
    unsigned left_ = 0;  ///< 0: it lives on
    bool is_dead_ = false;
};

/// Ends around commits.
[[nodiscard]] sidecar::store::Failpoint failpoint(Mortality& mortality);

/// An endpoint that is asked by a mortal: before and after each send it may end.
class MortalClient final : public sidecar::node::Client {
public:
    /// @param about_to_send  hears of the bytes of each send of the living
    MortalClient(
        std::shared_ptr<fake_node::FakeEndpoint> endpoint,
        Mortality& mortality,
        std::function<void(const std::string& raw)> about_to_send)
        : endpoint_{std::move(endpoint)},
          mortality_{mortality},
          about_to_send_{std::move(about_to_send)} {}

    boost::asio::awaitable<Result<sidecar::node::RpcAnswer>> call(
        std::string method, Json parameters, sidecar::Deadline deadline) override;

private:
    std::shared_ptr<fake_node::FakeEndpoint> endpoint_;
    Mortality& mortality_;
    std::function<void(const std::string&)> about_to_send_;
};

}  // namespace chela::test::lifecycle
