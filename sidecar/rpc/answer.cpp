#include "sidecar/rpc/answer.hpp"

#include "chains/node/printable.hpp"
#include "sidecar/api/idempotency.hpp"
#include "sidecar/http/problem.hpp"
#include "sidecar/rpc/error.hpp"
#include "sidecar/rpc/methods.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {

namespace asio = boost::asio;
using http::Request;

namespace {

std::unexpected<Refused> refused(const Error& error) {
    return std::unexpected{Refused{http::status_of(error.code), to_rpc_error(error)}};
}

/// @return not_found E_UNKNOWN_CHAIN; invalid_input E_CHAIN_REQUIRED: there are several
Result<chains::Chain> chain_of(const Request& request, const Parts& parts) {
    const auto& registry = parts.services.chains->registry;
    const auto named = request.parameters.find("chain");
    if (named != request.parameters.end()) return registry.find(named->second);
    if (!parts.default_chain.empty()) return registry.find(parts.default_chain);
    const auto& chains = registry.chains();
    if (chains.size() == 1) return chains.front();
    std::string names;
    for (const auto& chain : chains)
        names += (names.empty() ? "" : ", ") + chain.name;
    return fail(
        ErrorCode::invalid_input,
        "name the chain in the path, as in /rpc/NAME, or set rpc.default_chain: " + names,
        "E_CHAIN_REQUIRED");
}

/// @return empty: the caller gave none
Result<std::optional<std::string>> given_key(const Request& request) {
    if (!request.header("idempotency-key")) return std::nullopt;
    auto key = api::idempotency_key(request);
    if (!key) return std::unexpected{key.error()};
    return *std::move(key);
}

/// @return the result as text
asio::awaitable<RpcResult<std::string>> run(Caller caller, Entry entry) {
    if (!entry.call) co_return std::unexpected{entry.call.error()};
    const auto method = find_method(entry.call->method);
    if (!method) {
        const auto name = chains::node::printable(entry.call->method, kMaxName);
        co_return std::unexpected{
            RpcError{kMethodNotFound, name + " is not served here", {{"code", "E_METHOD"}}}};
    }
    if (method == ask_node)
        co_return co_await ask_node_for_text(std::move(caller), *std::move(entry.call));
    const auto result = co_await method(std::move(caller), *std::move(entry.call));
    if (!result) co_return std::unexpected{result.error()};
    co_return to_text(*result);
}

bool signs_something(const Entry& entry) {
    return entry.call && signs(entry.call->method);
}

/// A batch that is sent again is cut in other ways: which of its payments a key is of, or which one
/// is repeated, would be a guess. So a batch signs once, or not at all.
void refuse_several_signatures(Body& body) {
    if (std::ranges::count_if(body.entries, signs_something) <= 1) return;
    for (auto& entry : body.entries) {
        if (!signs_something(entry)) continue;
        entry.call = std::unexpected{RpcError{
            kInvalidRequest, "a batch signs once; send each by itself", {{"code", "E_BATCH"}}}};
    }
}

/// One after the other; each answer is text at once, and all of them have their limit together.
asio::awaitable<std::string> run_all(Caller caller, Body body) {
    constexpr std::size_t kMostText = std::size_t{16} * 1024 * 1024;
    std::string text;
    for (auto& entry : body.entries) {
        const Json id = entry.id;
        auto outcome = text.size() < kMostText
                           ? co_await run(caller, std::move(entry))
                           : RpcResult<std::string>{std::unexpected{RpcError{
                                 kLimitExceeded,
                                 "the answers of this batch are over 16 MiB; ask for less",
                                 {{"code", "E_ANSWER_TOO_LARGE"}}}}};
        // The status is 200 whatever becomes of it: only this tells the access log.
        if (!outcome) caller.footprint->reason = code_in(outcome.error());
        if (!text.empty()) text += ',';
        text += response_text(id, outcome);
    }
    co_return body.is_batch ? '[' + text + ']' : text;
}

}  // namespace

std::string code_in(const RpcError& error) {
    constexpr std::size_t kMostCharacters = 64;
    const auto found = error.data.is_object() ? error.data.find("code") : error.data.end();
    if (found == error.data.end() || !found->is_string()) return {};
    const auto& code = found->get_ref<const std::string&>();
    return code.starts_with("E_") && code.size() <= kMostCharacters ? code : std::string{};
}

asio::awaitable<Identified> identify(const Parts& parts, Request request) {
    const auto agent = co_await parts.authenticator.authenticate(request);
    if (!agent) co_return refused(agent.error());
    if (agent->kind != auth::PrincipalKind::agent)
        co_return refused({ErrorCode::denied, "only an agent has accounts here", "E_AGENT_ONLY"});
    const auto chain = chain_of(request, parts);
    if (!chain) co_return refused(chain.error());
    const auto key = given_key(request);
    if (!key) co_return refused(key.error());
    co_return Caller{
        .parts = parts,
        .agent_id = agent->id,
        .may_sign = agent->intents_api_enabled,
        .chain = *chain,
        .idempotency_key = *key,
        .deadline = request.deadline,
        .footprint = request.footprint,
        .subscriptions = nullptr};
}

asio::awaitable<Answered> answer_to(Caller caller, std::string body) {
    auto read = read_body(body);
    if (!read) co_return Answered{400, response_text({}, std::unexpected{read.error()})};
    refuse_several_signatures(*read);
    co_return Answered{200, co_await run_all(std::move(caller), *std::move(read))};
}

}  // namespace chela::sidecar::rpc
