#include "chains/simulation/tenderly_trace.hpp"

#include "chains/base/hex.hpp"
#include "chains/node/fields.hpp"
#include "chains/simulation/logs.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation::tenderly {
namespace {

constexpr std::size_t kMaxFrames = 200'000;
constexpr unsigned kMaxDepth = 1024;
// Frames that move their value. Others are jumps inside a contract, reads of storage and calls that
// pay nobody.
constexpr std::array<std::string_view, 5> kPaying{
    "CALL", "CREATE", "CREATE2", "SELFDESTRUCT", "SUICIDE"};

/// Its errors speak of Tenderly rather than of a node.
std::unexpected<Error> tell(const Error& error) {
    return bad_answer("cannot be read: " + error.detail);
}

const Json* list_of(const Json& object, const char* name) {
    const Json* const list = node::optional_member(object, name);
    return list != nullptr && list->is_array() ? list : nullptr;
}

bool has_failed(const Json& frame) {
    const Json* const error = node::optional_member(frame, "error");
    return error != nullptr && *error != Json("");
}

class Walk {
public:
    explicit Walk(SimulationResult& out) : out_{out} {}

    Status frame(const Json& frame, unsigned depth) {
        if (!frame.is_object()) return bad_answer("has a call that is not an object");
        if (depth > kMaxDepth || ++frames_ > kMaxFrames) {
            return bad_answer("has more calls than can run");
        }
        if (has_failed(frame)) return {};  // undone, with everything below it
        if (auto taken = take_value(frame, depth); !taken) return taken;
        const Json* const calls = list_of(frame, "calls");
        if (calls == nullptr) return {};
        for (const Json& inner : *calls) {
            if (auto walked = this->frame(inner, depth + 1); !walked) return walked;
        }
        return {};
    }

private:
    Status take_value(const Json& frame, unsigned depth) {
        const Json* const type = node::optional_member(frame, "call_type");
        // The outermost frame is the transaction, whatever it is called.
        const bool pays =
            depth == 0 ||
            (type != nullptr && type->is_string() &&
             std::ranges::find(kPaying, type->get_ref<const std::string&>()) != kPaying.end());
        const Json* const value = node::optional_member(frame, "value");
        if (!pays || value == nullptr) return {};
        const auto amount = read_amount(*value);
        if (!amount) return std::unexpected{amount.error()};
        if (amount->is_zero()) return {};
        const auto from = node::fixed_member<Address>(frame, "from");
        if (!from) return tell(from.error());
        const auto to = node::fixed_member<Address>(frame, "to");
        if (!to) return tell(to.error());
        out_.native_moves.push_back({*from, *to, Wei{*amount}});
        return {};
    }

    SimulationResult& out_;
    std::size_t frames_ = 0;
};

Status take_logs(const Json& info, SimulationResult& out) {
    const Json* const logs = list_of(info, "logs");
    if (logs == nullptr) return {};
    if (logs->size() > kMaxLogs) return bad_answer("has more logs than a block can pay for");
    for (const Json& log : *logs) {
        const Json* const raw = node::optional_member(log, "raw");
        if (raw == nullptr) return bad_answer("has a log without its bytes");
        auto read = read_log(*raw);
        if (!read) return tell(read.error());
        out.logs.push_back(*std::move(read));
    }
    return {};
}

/// What every account gained and lost by the moves.
struct Flow {
    U256 in;
    U256 out;
};

Status grow(U256& total, const U256& amount) {
    const auto sum = add(total, amount);
    if (!sum) return bad_answer("moves more than 256 bits of native value");
    total = *sum;
    return {};
}

Result<std::map<Address, Flow>> flows_of(const SimulationResult& result) {
    std::map<Address, Flow> flows;
    for (const auto& move : result.native_moves) {
        if (auto grown = grow(flows[move.from].out, move.amount.value); !grown)
            return std::unexpected{grown.error()};
        if (auto grown = grow(flows[move.to].in, move.amount.value); !grown)
            return std::unexpected{grown.error()};
    }
    return flows;
}

/// Does the balance fall by more than what went out and did not come in?
Result<bool> loses_unseen(const Json& entry, const Flow& flow) {
    const Json* const original = node::optional_member(entry, "original");
    const Json* const dirty = node::optional_member(entry, "dirty");
    if (original == nullptr || dirty == nullptr) return bad_answer("has half a balance_diff");
    const auto before = read_amount(*original);
    if (!before) return std::unexpected{before.error()};
    const auto after = read_amount(*dirty);
    if (!after) return std::unexpected{after.error()};
    // before - after > out - in, without a number below zero.
    const auto left = add(*before, flow.in);
    const auto right = add(*after, flow.out);
    if (!left || !right) return bad_answer("has balances over 256 bits");
    return *left > *right;
}

/// The balances that changed are told apart from the calls. Whoever pays for gas loses more than
/// the calls show; nobody else may.
Status check_balances(const Json& info, const Address& payer, const SimulationResult& result) {
    const Json* const diff = list_of(info, "balance_diff");
    if (diff == nullptr) return {};
    const auto flows = flows_of(result);
    if (!flows) return std::unexpected{flows.error()};
    for (const Json& entry : *diff) {
        const Json* const is_miner = node::optional_member(entry, "is_miner");
        const auto address = node::fixed_member<Address>(entry, "address");
        if (!address) return tell(address.error());
        if (*address == payer || (is_miner != nullptr && *is_miner == true)) continue;
        const auto found = flows->find(*address);
        const auto is_unseen = loses_unseen(entry, found == flows->end() ? Flow{} : found->second);
        if (!is_unseen) return std::unexpected{is_unseen.error()};
        if (*is_unseen) return bad_answer("has an account that loses more than the calls show");
    }
    return {};
}

}  // namespace

std::unexpected<Error> bad_answer(std::string_view problem) {
    return fail(
        ErrorCode::bad_response, fmt::format("Tenderly's answer {}", problem), "E_TENDERLY_ANSWER");
}

Result<U256> read_amount(const Json& value) {
    if (value.is_null()) return U256{};
    if (value.is_number_unsigned()) return U256{value.get<std::uint64_t>()};
    if (!value.is_string()) return bad_answer("has an amount that is not a whole number");
    const std::string_view text = value.get_ref<const std::string&>();
    if (!text.starts_with("0x")) {
        const auto amount = parse_decimal(text);
        return amount ? amount : bad_answer("has an amount that is not a whole number");
    }
    // "0x", "0x0", "0x00ff": digits without the rules of a QUANTITY.
    auto digits = text.substr(2);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    const auto amount = parse_quantity(digits.empty() ? "0x0" : fmt::format("0x{}", digits));
    return amount ? amount : bad_answer("has an amount that is not a whole number");
}

Status take_trace(const Json& info, SimulationResult& out) {
    const Json* const trace = node::optional_member(info, "call_trace");
    if (out.outcome != Outcome::success) {
        const Json* const output =
            trace == nullptr ? nullptr : node::optional_member(*trace, "output");
        if (output != nullptr) out.return_data = revert_bytes(*output).value_or(Bytes{});
        return {};
    }
    if (trace == nullptr) return bad_answer("does not show the calls");
    if (has_failed(*trace)) return bad_answer("shows a success whose call failed");
    if (auto walked = Walk{out}.frame(*trace, 0); !walked) return walked;
    if (const Json* const output = node::optional_member(*trace, "output")) {
        auto bytes = node::read_data(*output, "output");
        if (!bytes) return tell(bytes.error());
        out.return_data = *std::move(bytes);
    }
    if (auto taken = take_logs(info, out); !taken) return taken;
    const auto payer = node::fixed_member<Address>(*trace, "from");
    if (!payer) return tell(payer.error());
    return check_balances(info, *payer, out);
}

}  // namespace chela::chains::simulation::tenderly
