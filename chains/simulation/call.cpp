#include "chains/node/fields.hpp"
#include "chains/node/printable.hpp"
#include "chains/simulation/logs.hpp"
#include "chains/simulation/methods.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

// Source: Ethereum JSON-RPC error codes: geth's code of an execution that reverted.
constexpr std::int64_t kReverted = 3;
// Source: JSON-RPC 2.0, section 5.1.
constexpr std::int64_t kMethodNotFound = -32601;
// Source: EIP-1474, "method not supported".
constexpr std::int64_t kMethodNotSupported = -32004;
// Source: Besu, a method of an API group that is switched off.
constexpr std::int64_t kMethodNotEnabled = -32604;

constexpr std::array<std::string_view, 9> kMissingTexts{
    "method not found",                 // JSON-RPC 2.0
    "does not exist/is not available",  // geth, Erigon, hosted nodes
    "method not supported",             // EIP-1474
    "unsupported method",               // hosted nodes
    "unknown method",
    "method not enabled",  // Besu
    "method is not enabled",
    "method is not whitelisted",  // hosted nodes
    "is not available on",        // hosted nodes: "… on the free tier"
};

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool names_a_revert(std::int64_t code, std::string_view lower) {
    return code == kReverted || contains(lower, "revert");
}

SimulationResult degraded() {
    SimulationResult out;
    out.provider = Provider::eth_call;
    out.degraded = true;
    return out;
}

}  // namespace

Json call_parameters(const node::CallRequest& call, const PinnedBlock& block) {
    return Json::array({node::to_json(call), block_parameter(block)});
}

SimulationResult read_call_result(const Json& result) {
    SimulationResult out = degraded();
    auto bytes = node::read_data(result, "result");
    if (!bytes) {
        out.error = bytes.error().detail;
        return out;
    }
    out.outcome = Outcome::success;
    out.return_data = std::move(*bytes);
    return out;
}

SimulationResult read_call_error(
    std::int64_t code, std::string_view message, std::string_view data_json) {
    SimulationResult out = degraded();
    out.error = node::printable(message);
    const auto data = data_json.empty() ? Result<Json>{Json{}} : parse_json(data_json);
    const auto bytes = data ? revert_bytes(*data) : std::nullopt;
    // Older Nethermind says "VM execution error" and names the revert in `data` alone.
    const bool says_so_in_data =
        data && data->is_string() && data->get_ref<const std::string&>().starts_with("Reverted ");
    if (!names_a_revert(code, node::lower_case(message)) && !says_so_in_data) return out;
    out.outcome = Outcome::reverted;
    if (bytes) out.return_data = *bytes;
    return out;
}

bool is_method_missing(std::int64_t code, std::string_view message) {
    if (code == kMethodNotFound || code == kMethodNotSupported || code == kMethodNotEnabled)
        return true;
    const std::string lower = node::lower_case(message);
    // A contract chooses the words of its revert and must not be able to choose the provider with
    // them.
    if (names_a_revert(code, lower)) return false;
    return std::ranges::any_of(
        kMissingTexts, [&](std::string_view text) { return contains(lower, text); });
}

}  // namespace chela::chains::simulation
