#pragma once

#include "sidecar/authority/key.hpp"
#include "sidecar/flow/key_source.hpp"

#include <memory>
#include <string>

namespace chela::sidecar::authority {

/// Keys that authorities elsewhere hold for their agents, as a back end. It makes none: `enlist`
/// pins the one that an agent has there.
class AuthoritySource final : public flow::KeySource {
public:
    explicit AuthoritySource(std::shared_ptr<const Holdings> holdings)
        : holdings_{std::move(holdings)} {}

    [[nodiscard]] store::KeyBackend backend() const override {
        return store::KeyBackend::authority;
    }
    [[nodiscard]] signer::KeyOrigin origin() const override {
        return {.back_end = signer::BackEnd::authority, .place = "as identities name them"};
    }
    /// Asks nobody: how an authority does is its identity's own state.
    [[nodiscard]] Status probe() override { return {}; }
    /// @return unsupported E_KEY_BACKEND
    [[nodiscard]] Result<Made> generate(const std::string& label) override;
    [[nodiscard]] Result<Made> import(
        const std::string& label, signer::Secret private_key) override;
    [[nodiscard]] Result<std::shared_ptr<signer::Key>> open(
        const store::SigningKeyRecord& record) override;
    /// @return "at ORIGIN, which says so"; E_KEY_CHANGED: the agent has another address there
    [[nodiscard]] Result<std::string> prove(const store::SigningKeyRecord& record) override;

private:
    const std::shared_ptr<const Holdings> holdings_;
    const std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>(kMostWaiting);
};

/// The key of an agent at its authority: what GET /v1/agents/me says there.
/// @return bad_response E_AUTHORITY_ANSWER: another agent, or one without an address; as Tokens and
/// ApiClient
[[nodiscard]] Result<flow::KeySource::Made> enlist(
    const Holding& holding, const std::string& agent_id);

}  // namespace chela::sidecar::authority
