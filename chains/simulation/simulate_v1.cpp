#include "chains/node/fields.hpp"
#include "chains/node/printable.hpp"
#include "chains/simulation/logs.hpp"
#include "chains/simulation/methods.hpp"

#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

Status take_log(const Json& json, SimulationResult& out) {
    auto log = read_log(json);
    if (!log) return std::unexpected{log.error()};
    if (!is_value_transfer(*log)) {
        out.logs.push_back(std::move(*log));
        return {};
    }
    const auto transfer = as_transfer(*log);
    if (!transfer) return node::bad_answer("log", "of a value transfer is not shaped like one");
    out.native_moves.push_back({transfer->from, transfer->to, Wei{transfer->amount}});
    return {};
}

Result<SimulationResult> succeeded(const Json& call, SimulationResult out) {
    out.outcome = Outcome::success;
    const auto data = node::member(call, "returnData");
    if (!data) return std::unexpected{data.error()};
    auto bytes = node::read_data(**data, "returnData");
    if (!bytes) return std::unexpected{bytes.error()};
    out.return_data = std::move(*bytes);
    const auto logs = node::member(call, "logs");
    if (!logs) return std::unexpected{logs.error()};
    if (!(*logs)->is_array() || (*logs)->size() > kMaxLogs) {
        return node::bad_answer("logs", "is not an array of a possible size");
    }
    for (const Json& log : **logs) {
        if (auto taken = take_log(log, out); !taken) return std::unexpected{taken.error()};
    }
    return out;
}

// What a failed call logged was undone with it, whatever the node lists.
Result<SimulationResult> failed(const Json& call, SimulationResult out) {
    out.outcome = Outcome::reverted;
    out.error = "the call failed";
    std::optional<Bytes> bytes;
    if (const Json* const error = node::optional_member(call, "error")) {
        const Json* const message = node::optional_member(*error, "message");
        if (message != nullptr && message->is_string()) {
            out.error = node::printable(message->get_ref<const std::string&>());
        }
        if (const Json* const data = node::optional_member(*error, "data"))
            bytes = revert_bytes(*data);
    }
    // anvil 1.7 and geth before 1.16.8 leave the bytes in returnData.
    if (const Json* const data = node::optional_member(call, "returnData");
        data != nullptr && !bytes) {
        auto returned = node::read_data(*data, "returnData");
        if (!returned) return std::unexpected{returned.error()};
        bytes = std::move(*returned);
    }
    if (bytes) out.return_data = std::move(*bytes);
    return out;
}

/// The block that was simulated names the one it builds on; anvil leaves zeros there.
Status check_parent(const Json& simulated, const PinnedBlock& block) {
    const Json* const parent = node::optional_member(simulated, "parentHash");
    if (parent == nullptr || block.pinning != Pinning::by_hash) return {};
    const auto hash = node::read_fixed<BlockHash>(*parent, "parentHash");
    if (!hash) return std::unexpected{hash.error()};
    if (*hash == block.hash || *hash == BlockHash{}) return {};
    return node::bad_answer("parentHash", "is not the block that was asked for");
}

Result<SimulationResult> read_call(const Json& call) {
    SimulationResult out;
    out.provider = Provider::eth_simulate_v1;
    const auto gas = node::uint64_member(call, "gasUsed");
    if (!gas) return std::unexpected{gas.error()};
    out.gas_used = Gas{*gas};
    const auto status = node::uint64_member(call, "status");
    if (!status) return std::unexpected{status.error()};
    if (*status > 1) return node::bad_answer("status", "is neither 0x0 nor 0x1");
    return *status == 1 ? succeeded(call, std::move(out)) : failed(call, std::move(out));
}

}  // namespace

Json simulate_v1_parameters(std::span<const node::CallRequest> calls, const PinnedBlock& block) {
    Json list = Json::array();
    for (const auto& call : calls)
        list.push_back(node::to_json(call));
    Json request = {
        {"blockStateCalls", Json::array({Json{{"calls", std::move(list)}}})},
        {"traceTransfers", true},
        {"validation", false}};
    return Json::array({std::move(request), block_parameter(block)});
}

Result<std::vector<SimulationResult>> read_simulate_v1(
    const Json& result, std::size_t calls, const PinnedBlock& block) {
    if (!result.is_array() || result.size() != 1) {
        return node::bad_answer("result", "is not one simulated block");
    }
    if (auto right = check_parent(result.front(), block); !right)
        return std::unexpected{right.error()};
    const auto list = node::member(result.front(), "calls");
    if (!list) return std::unexpected{list.error()};
    if (!(*list)->is_array() || (*list)->size() != calls) {
        return node::bad_answer("calls", "does not have one entry for each call");
    }
    std::vector<SimulationResult> out;
    for (const Json& call : **list) {
        auto one = read_call(call);
        if (!one) return std::unexpected{one.error()};
        out.push_back(std::move(*one));
    }
    return out;
}

}  // namespace chela::chains::simulation
