#include "chains/base/hex.hpp"
#include "tests/support/fake_node/chain/cost.hpp"
#include "tests/support/fake_node/rpc/objects.hpp"
#include "tests/support/fake_node/rpc/parameters.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcAnswer;

constexpr std::size_t kMaxCalls = 1'000;

/// Error(string) with the reason "no money". Source: Solidity, "Error handling".
const std::string kRevertData =
    "0x08c379a0"
    "0000000000000000000000000000000000000000000000000000000000000020"
    "0000000000000000000000000000000000000000000000000000000000000008"
    "6e6f206d6f6e6579000000000000000000000000000000000000000000000000";

/// What a call object asks to run.
struct Call {
    Address from;
    std::optional<Address> to;
    Wei value;
    Bytes data;
};

Parameter<Call> read_call(const Json& object, std::size_t index) {
    if (!object.is_object()) return bad_parameter(index, "not a call object");
    const auto member = [&](std::string_view name) {
        const auto found = object.find(name);
        return found != object.end() && found->is_string() ? found->get<std::string>()
                                                           : std::string{};
    };
    Call out;
    if (const auto from = member("from"); !from.empty()) {
        const auto address = parse_fixed<Address>(from);
        if (!address) return bad_parameter(index, address.error().detail);
        out.from = *address;
    }
    if (const auto to = member("to"); !to.empty()) {
        const auto address = parse_fixed<Address>(to);
        if (!address) return bad_parameter(index, address.error().detail);
        out.to = *address;
    }
    if (const auto value = member("value"); !value.empty()) {
        const auto amount = parse_quantity(value);
        if (!amount) return bad_parameter(index, amount.error().detail);
        out.value = Wei{*amount};
    }
    const auto input = member("input");
    if (const auto data = input.empty() ? member("data") : input; !data.empty()) {
        auto bytes = parse_hex(data);
        if (!bytes) return bad_parameter(index, bytes.error().detail);
        out.data = *std::move(bytes);
    }
    return out;
}

std::uint64_t gas_of(const Call& call) {
    chains::LegacyTransaction tx;
    tx.to = call.to;
    tx.data = call.data;
    return std::max(intrinsic_gas(tx).value, floor_gas(tx).value);
}

RpcAnswer revert() {
    return error(3, "execution reverted: no money", Json(kRevertData).dump());
}

bool cannot_pay(const Query& query, const Call& call) {
    return query.chain.block(query.head)->state.at(call.from).balance < call.value;
}

/// The log that traceTransfers makes of native value. Source: execution-apis, eth_simulateV1.
Json transfer_log(const Call& call) {
    constexpr std::string_view kTransfer =
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    const auto word = [](const Address& address) {
        return "0x" + std::string(24, '0') + to_hex(address).substr(2);
    };
    const auto amount = call.value.value.to_big_endian();
    return {
        {"address", "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"},
        {"topics", Json::array({kTransfer, word(call.from), word(call.to.value_or(Address{}))})},
        {"data", to_hex(BytesView{amount})}};
}

Json simulated_call(const Call& call, CallMode mode) {
    Json out = {
        {"gasUsed", quantity(gas_of(call))},
        {"returnData", "0x"},
        {"logs", Json::array()},
        {"status", "0x1"}};
    if (mode == CallMode::reverts) {
        out["status"] = "0x0";
        out["error"] = {{"code", 3}, {"message", "execution reverted"}, {"data", kRevertData}};
        return out;
    }
    if (!call.value.value.is_zero()) out["logs"].push_back(transfer_log(call));
    return out;
}

RpcAnswer simulate_v1(const Query& query) {
    const auto request = parameter(query, 0);
    if (!request) return error(request.error());
    const auto bad = [] { return error(bad_parameter(0, "no blockStateCalls").error()); };
    if (!(*request)->is_object() || !(*request)->contains("blockStateCalls")) return bad();
    const Json& blocks = (**request)["blockStateCalls"];
    if (!blocks.is_array() || blocks.empty() || blocks.size() > kMaxCalls) return bad();
    Json out = Json::array();
    for (const Json& block : blocks) {
        if (!block.is_object() || !block.contains("calls") || !block["calls"].is_array() ||
            block["calls"].size() > kMaxCalls)
            return bad();
        Json calls = Json::array();
        for (const Json& each : block["calls"]) {
            const auto call = read_call(each, 0);
            if (!call) return error(call.error());
            if (cannot_pay(query, *call))
                return error(-38014, "insufficient funds for gas * price + value");
            calls.push_back(simulated_call(*call, query.capabilities.simulate_v1));
        }
        out.push_back({{"number", quantity(query.head.value + 1)}, {"calls", std::move(calls)}});
    }
    return result(std::move(out));
}

RpcAnswer trace_call(const Query& query) {
    const auto object = parameter(query, 0);
    if (!object) return error(object.error());
    const auto call = read_call(**object, 0);
    if (!call) return error(call.error());
    if (cannot_pay(query, *call))
        return error(-32000, "tracing failed: insufficient funds for gas * price + value");
    Json out = {
        {"type", call->to ? "CALL" : "CREATE"},
        {"from", to_hex(call->from)},
        {"to", to_hex(call->to.value_or(Address{}))},
        {"value", quantity(call->value)},
        {"gas", quantity(gas_of(*call))},
        {"gasUsed", quantity(gas_of(*call))},
        {"input", to_hex(BytesView{call->data})}};
    if (query.capabilities.trace_call == CallMode::reverts) {
        out["error"] = "execution reverted";
        out["revertReason"] = "no money";
        out["output"] = kRevertData;
    }
    return result(std::move(out));
}

RpcAnswer call_or_estimate(const std::string& method, const Query& query) {
    const auto object = parameter(query, 0);
    if (!object) return error(object.error());
    const auto call = read_call(**object, 0);
    if (!call) return error(call.error());
    if (cannot_pay(query, *call)) return error(-32000, "insufficient funds for transfer");
    if (query.capabilities.call == CallMode::reverts) return revert();
    return result(method == "eth_call" ? Json("0x") : Json(quantity(gas_of(*call))));
}

}  // namespace

Answered answer_calls(const std::string& method, const Query& query) {
    const Capabilities& able = query.capabilities;
    if (method == "eth_call" || method == "eth_estimateGas")
        return able.call == CallMode::missing ? Answered{} : call_or_estimate(method, query);
    if (method == "eth_simulateV1")
        return able.simulate_v1 == CallMode::missing ? Answered{} : simulate_v1(query);
    if (method == "debug_traceCall")
        return able.trace_call == CallMode::missing ? Answered{} : trace_call(query);
    return std::nullopt;
}

}  // namespace chela::test::fake_node
