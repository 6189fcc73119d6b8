#include "policy/decode/universal_router_commands.hpp"

#include "chains/abi/decode.hpp"
#include "policy/decode/permit2_effects.hpp"
#include "policy/decode/swap_path.hpp"
#include "policy/decode/token_effects.hpp"
#include "policy/decode/values.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

constexpr std::uint8_t kMayFail = 0x80;
// Stand-ins for amounts. Source: v4-periphery, ActionConstants.sol; universal-router,
// Constants.sol.
constexpr U256 kContractBalance{{0, 0, 0, 1ULL << 63}};
constexpr U256 kResolvedAmount{{0, 1ULL << 63, 0, 0}};

struct Step {
    SwapSequence& sequence;
    const abi::Value::List& in;
    const Expiry& deadline;

    template <class T>
    [[nodiscard]] const T& at(std::size_t index) const {
        return value_as<T>(in[index]);
    }
    [[nodiscard]] Address recipient(std::size_t index) const {
        return resolve_recipient(at<Address>(index), sequence.caller(), sequence.router());
    }
    /// Zero means native coins.
    [[nodiscard]] std::optional<Address> token(std::size_t index) const {
        const auto& address = at<Address>(index);
        return address == Address{} ? std::nullopt : std::optional{address};
    }
};

StepOutcome certain(bool is_modelled) {
    return is_modelled ? StepOutcome::done : StepOutcome::uncertain;
}

SwapOrder order_of(const Step& step, const Bound& amount_in, const U256& min_out) {
    const auto payer = step.at<bool>(4) ? SwapOrder::Payer::caller : SwapOrder::Payer::router;
    return {
        .path = {},
        .payer = payer,
        .amount_in = amount_in,
        .min_out = min_out,
        .recipient = step.recipient(0),
        .deadline = step.deadline};
}

StepOutcome run(const Step& step, std::optional<std::vector<Address>> path, SwapOrder order) {
    if (!path) return StepOutcome::malformed;
    order.path = *std::move(path);
    return certain(step.sequence.swap(order));
}

Bound all_or(const U256& amount) {
    return amount == kContractBalance ? std::nullopt : Bound{amount};
}

StepOutcome v3_swap_exact_in(const Step& step) {
    return run(
        step, parse_v3_path(step.at<Bytes>(3)),
        order_of(step, all_or(step.at<U256>(1)), step.at<U256>(2)));
}

StepOutcome v3_swap_exact_out(const Step& step) {
    auto path = parse_v3_path(step.at<Bytes>(3));
    if (path) path = reversed(*std::move(path));
    return run(step, std::move(path), order_of(step, step.at<U256>(2), step.at<U256>(1)));
}

StepOutcome v2_swap_exact_in(const Step& step) {
    // 0: the first pair has been paid already, by whatever came before.
    if (step.at<U256>(1).is_zero()) return StepOutcome::uncertain;
    return run(
        step, parse_v2_path(step.at<abi::Value::List>(3)),
        order_of(step, all_or(step.at<U256>(1)), step.at<U256>(2)));
}

StepOutcome v2_swap_exact_out(const Step& step) {
    const auto& path = step.at<abi::Value::List>(3);
    // What comes out is not looked at, and a token in between may keep a part.
    const auto min_out = path.size() == 2 ? step.at<U256>(1) : U256{};
    return run(step, parse_v2_path(path), order_of(step, step.at<U256>(2), min_out));
}

StepOutcome permit2_transfer_from(const Step& step) {
    step.sequence.pull(step.at<Address>(0), step.at<U256>(2), step.recipient(1));
    return StepOutcome::done;
}

// Here stand-ins are not resolved.
StepOutcome permit2_transfer_from_batch(const Step& step) {
    const auto& list = step.at<abi::Value::List>(0);
    if (!take_nodes(step.sequence.decoder(), list.size())) return StepOutcome::uncertain;
    for (const auto& transfer : list) {
        // The router refuses transfers from anybody else.
        if (member_as<Address>(transfer, 0) != step.sequence.caller()) {
            return StepOutcome::uncertain;
        }
        step.sequence.pull(
            member_as<Address>(transfer, 3), member_as<U256>(transfer, 2),
            member_as<Address>(transfer, 1));
    }
    return StepOutcome::done;
}

/// @param permit   (…, spender, last moment at which it can be given)
/// @param details  (token, amount, expiration, nonce)
void add_allowance(SwapSequence& sequence, const abi::Value& permit, const abi::Value& details) {
    const Permit2Details parts{
        .token = member_as<Address>(details, 0),
        .amount = member_as<U256>(details, 1),
        .expiration = member_as<U256>(details, 2)};
    sequence.add(permit2_allowance(
        sequence.frame().chain, sequence.caller(), member_as<Address>(permit, 1), parts,
        member_as<U256>(permit, 2)));
}

StepOutcome permit2_permit(const Step& step) {
    const auto& permit = step.in[0];
    add_allowance(step.sequence, permit, value_as<abi::Value::List>(permit)[0]);
    return StepOutcome::done;
}

StepOutcome permit2_permit_batch(const Step& step) {
    const auto& permit = step.in[0];
    const auto& list = member_as<abi::Value::List>(permit, 0);
    if (!take_nodes(step.sequence.decoder(), list.size())) return StepOutcome::uncertain;
    for (const auto& details : list)
        add_allowance(step.sequence, permit, details);
    return StepOutcome::done;
}

StepOutcome sweep(const Step& step) {
    return certain(step.sequence.sweep(step.token(0), step.at<U256>(2), step.recipient(1)));
}

StepOutcome transfer(const Step& step) {
    const auto& amount = step.at<U256>(2);
    if (amount != kContractBalance) {
        return certain(step.sequence.pay(step.token(0), amount, step.recipient(1)));
    }
    // Of native coins it means the number itself, which nobody has.
    if (!step.token(0)) return StepOutcome::uncertain;
    return certain(step.sequence.sweep(step.token(0), {}, step.recipient(1)));
}

StepOutcome pay_portion(const Step& step) {
    return certain(step.sequence.pay_portion(step.token(0), step.at<U256>(2), step.recipient(1)));
}

StepOutcome wrap(const Step& step) {
    // The command does not name the token, so where it goes must be seen in what follows.
    if (step.recipient(0) != step.sequence.router()) return StepOutcome::uncertain;
    return certain(step.sequence.wrap(all_or(step.at<U256>(1))));
}

StepOutcome unwrap(const Step& step) {
    return certain(step.sequence.unwrap(step.at<U256>(1), step.recipient(0)));
}

StepOutcome look(const Step&) {
    return StepOutcome::done;
}

struct Command {
    std::uint8_t code;
    std::string_view input;
    StepOutcome (*run)(const Step& step);
    bool may_fail;  ///< nothing that follows rests on its success
};

constexpr std::array kCommands{
    Command{0x00, "V3_SWAP_EXACT_IN(address,uint256,uint256,bytes,bool)", v3_swap_exact_in, false},
    Command{
        0x01, "V3_SWAP_EXACT_OUT(address,uint256,uint256,bytes,bool)", v3_swap_exact_out, false},
    Command{0x02, "PERMIT2_TRANSFER_FROM(address,address,uint160)", permit2_transfer_from, false},
    Command{
        0x03, "PERMIT2_PERMIT_BATCH(((address,uint160,uint48,uint48)[],address,uint256),bytes)",
        permit2_permit_batch, true},
    // The router reads the minimum as 160 bits.
    Command{0x04, "SWEEP(address,address,uint160)", sweep, false},
    Command{0x05, "TRANSFER(address,address,uint256)", transfer, false},
    Command{0x06, "PAY_PORTION(address,address,uint256)", pay_portion, false},
    Command{
        0x08, "V2_SWAP_EXACT_IN(address,uint256,uint256,address[],bool)", v2_swap_exact_in, false},
    Command{
        0x09, "V2_SWAP_EXACT_OUT(address,uint256,uint256,address[],bool)", v2_swap_exact_out,
        false},
    Command{
        0x0a, "PERMIT2_PERMIT(((address,uint160,uint48,uint48),address,uint256),bytes)",
        permit2_permit, true},
    Command{0x0b, "WRAP_ETH(address,uint256)", wrap, false},
    Command{0x0c, "UNWRAP_WETH(address,uint256)", unwrap, false},
    Command{
        0x0d, "PERMIT2_TRANSFER_FROM_BATCH((address,address,uint160,address)[])",
        permit2_transfer_from_batch, false},
    Command{0x0e, "BALANCE_CHECK_ERC20(address,address,uint256)", look, true},
};

const std::vector<abi::Type>& types_of(std::size_t index) {
    static const auto kTypes = [] {
        std::array<std::vector<abi::Type>, kCommands.size()> out;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const auto signature = abi::parse_signature(kCommands[i].input);
            if (!signature) bug("the input of a router command does not read");
            out[i] = abi::types_of(signature->inputs);
        }
        return out;
    }();
    return kTypes.at(index);
}

/// A number that newer routers take from elsewhere. Source: universal-router, ResolvedAmount.sol.
bool has_resolved_amount(const abi::Value::List& values) {
    return std::ranges::any_of(values, [](const abi::Value& value) {
        const auto* number = std::get_if<U256>(&value.data);
        return number != nullptr && *number == kResolvedAmount;
    });
}

}  // namespace

StepOutcome run_router_command(
    SwapSequence& sequence, std::uint8_t command, BytesView input, const Expiry& deadline) {
    // Bit 0x40 is a part of the command for some routers and ignored by others: no entry has it.
    const auto code = static_cast<std::uint8_t>(command & ~kMayFail);
    const auto found = std::ranges::find(kCommands, code, &Command::code);
    const bool may_fail = (command & kMayFail) != 0;
    if (found == kCommands.end() || (may_fail && !found->may_fail)) return StepOutcome::uncertain;
    const auto index = static_cast<std::size_t>(found - kCommands.begin());
    const auto values = abi::decode(types_of(index), input);
    if (!values) return StepOutcome::malformed;
    if (has_resolved_amount(*values)) return StepOutcome::uncertain;
    return found->run({sequence, *values, deadline});
}

}  // namespace chela::policy
