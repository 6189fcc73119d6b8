#include "sidecar/authority/source.hpp"

#include "chains/base/address.hpp"
#include "sidecar/edge/run_to_end.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {

namespace {

constexpr std::chrono::seconds kLimit{15};

std::unexpected<Error> makes_none() {
    return fail(
        ErrorCode::unsupported, "an authority elsewhere makes the keys of its agents itself",
        "E_KEY_BACKEND");
}

}  // namespace

Result<flow::KeySource::Made> AuthoritySource::generate(const std::string&) {
    return makes_none();
}

Result<flow::KeySource::Made> AuthoritySource::import(const std::string&, signer::Secret) {
    return makes_none();
}

Result<std::shared_ptr<signer::Key>> AuthoritySource::open(const store::SigningKeyRecord& record) {
    return std::make_shared<AuthorityKey>(record, holdings_, waiting_);
}

Result<std::string> AuthoritySource::prove(const store::SigningKeyRecord& record) {
    const auto holding = holdings_->of(record);
    if (!holding) return std::unexpected{holding.error()};
    const auto now = enlist(*holding, agent_of(record));
    if (!now) return std::unexpected{now.error()};
    if (now->address == record.address)
        return fmt::format("at {}, which says so", record.authority);
    return fail(
        ErrorCode::bad_response,
        fmt::format(
            "{} says that the agent's address is {} now", record.authority,
            to_checksum(now->address)),
        "E_KEY_CHANGED");
}

Result<flow::KeySource::Made> enlist(const Holding& holding, const std::string& agent_id) {
    const auto deadline = std::chrono::steady_clock::now() + kLimit;
    const auto token = holding.tokens->token(deadline);
    if (!token) return std::unexpected{token.error()};
    boost::asio::io_context context;
    const auto reply =
        run_to_end(context, holding.client->get("/v1/agents/me", {bearer(*token)}, deadline));
    if (!reply) return std::unexpected{reply.error()};
    const auto odd = [&](std::string_view what) {
        return fail(
            ErrorCode::bad_response, fmt::format("{}: {}", holding.client->origin(), what),
            "E_AUTHORITY_ANSWER");
    };
    if (reply->status != 200) return odd("does not say who the agent is (" + code_of(*reply) + ")");
    if (text_member(*reply, "id").value_or(agent_id) != agent_id)
        return odd("says that the agent is another one");
    const auto text = text_member(*reply, "evm_address");
    if (!text) return odd("the agent has no evm_address there");
    const auto address = parse_address(*text);
    if (!address) return odd("the agent's evm_address is none");
    return flow::KeySource::Made{
        Bytes{agent_id.begin(), agent_id.end()}, stand_in_for(*address), *address,
        holding.client->origin()};
}

}  // namespace chela::sidecar::authority
