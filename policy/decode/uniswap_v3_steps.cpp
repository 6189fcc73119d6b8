#include "policy/decode/uniswap_v3_steps.hpp"

#include "policy/decode/swap_path.hpp"
#include "policy/decode/values.hpp"

#include <utility>

namespace chela::policy {
namespace {

StepOutcome certain(bool is_modelled) {
    return is_modelled ? StepOutcome::done : StepOutcome::uncertain;
}

/// The members of the one struct that a function takes.
struct Parameters {
    const chains::abi::Value& tuple;
    explicit Parameters(const KnownCall& call) : tuple{call.arguments.front()} {}
    [[nodiscard]] const U256& number(std::size_t i) const { return member_as<U256>(tuple, i); }
    [[nodiscard]] const Address& address(std::size_t i) const {
        return member_as<Address>(tuple, i);
    }
    [[nodiscard]] const Bytes& bytes(std::size_t i) const { return member_as<Bytes>(tuple, i); }
};

enum class Router : std::uint8_t { old_one, router02 };

Address recipient_of(const SwapSequence& sequence, Router router, const Address& recipient) {
    if (router == Router::router02) {
        return resolve_recipient(recipient, sequence.caller(), sequence.router());
    }
    return recipient == Address{} ? sequence.router() : recipient;
}

StepOutcome run(
    SwapSequence& sequence,
    Router router,
    std::optional<std::vector<Address>> path,
    SwapOrder order) {
    if (!path || path->size() < 2) return StepOutcome::malformed;
    order.path = *std::move(path);
    order.recipient = recipient_of(sequence, router, order.recipient);
    return certain(sequence.swap(order));
}

/// SwapRouter02 takes 0 for all that it has, and pays with that.
SwapOrder exact_input(Router router, const U256& amount_in) {
    if (router == Router::router02 && amount_in.is_zero()) {
        return {.path = {}, .payer = SwapOrder::Payer::router, .amount_in = std::nullopt};
    }
    return {.path = {}, .payer = SwapOrder::Payer::caller, .amount_in = amount_in};
}

/// @param first  position of the first amount; the deadline, if there is one, stands before it
StepOutcome input_single(
    SwapSequence& sequence,
    Router router,
    const Parameters& in,
    std::size_t first,
    Expiry deadline) {
    auto order = exact_input(router, in.number(first));
    order.min_out = in.number(first + 1);
    order.recipient = in.address(3);
    order.deadline = std::move(deadline);
    return run(sequence, router, std::vector{in.address(0), in.address(1)}, std::move(order));
}

StepOutcome output_single(
    SwapSequence& sequence,
    Router router,
    const Parameters& in,
    std::size_t first,
    Expiry deadline) {
    SwapOrder order{
        .path = {}, .payer = SwapOrder::Payer::caller, .amount_in = in.number(first + 1)};
    // With a price limit the swap may end early and still succeed.
    const bool has_price_limit = !in.number(first + 2).is_zero();
    order.min_out = has_price_limit ? U256{} : in.number(first);
    order.recipient = in.address(3);
    order.deadline = std::move(deadline);
    return run(sequence, router, std::vector{in.address(0), in.address(1)}, std::move(order));
}

StepOutcome input_path(
    SwapSequence& sequence,
    Router router,
    const Parameters& in,
    std::size_t first,
    Expiry deadline) {
    auto order = exact_input(router, in.number(first));
    order.min_out = in.number(first + 1);
    order.recipient = in.address(1);
    order.deadline = std::move(deadline);
    return run(sequence, router, parse_v3_path(in.bytes(0)), std::move(order));
}

StepOutcome output_path(
    SwapSequence& sequence,
    Router router,
    const Parameters& in,
    std::size_t first,
    Expiry deadline) {
    auto path = parse_v3_path(in.bytes(0));
    if (path) path = reversed(*std::move(path));
    SwapOrder order{
        .path = {}, .payer = SwapOrder::Payer::caller, .amount_in = in.number(first + 1)};
    order.min_out = in.number(first);
    order.recipient = in.address(1);
    order.deadline = std::move(deadline);
    return run(sequence, router, std::move(path), std::move(order));
}

StepOutcome grant(SwapSequence& sequence, const Address& token, const Bound& amount) {
    sequence.add(Grant{
        .asset = {sequence.frame().chain, token},
        .owner = sequence.caller(),
        .spender = sequence.router(),
        .amount = amount,
        .expires_at = std::nullopt});
    return StepOutcome::done;
}

}  // namespace

StepOutcome v3_exact_input_single(SwapSequence& s, const KnownCall& call, const Expiry&) {
    const Parameters in{call};
    return input_single(s, Router::old_one, in, 5, in.number(4));
}
StepOutcome v3_exact_input(SwapSequence& s, const KnownCall& call, const Expiry&) {
    const Parameters in{call};
    return input_path(s, Router::old_one, in, 3, in.number(2));
}
StepOutcome v3_exact_output_single(SwapSequence& s, const KnownCall& call, const Expiry&) {
    const Parameters in{call};
    return output_single(s, Router::old_one, in, 5, in.number(4));
}
StepOutcome v3_exact_output(SwapSequence& s, const KnownCall& call, const Expiry&) {
    const Parameters in{call};
    return output_path(s, Router::old_one, in, 3, in.number(2));
}

StepOutcome router02_exact_input_single(
    SwapSequence& s, const KnownCall& call, const Expiry& deadline) {
    return input_single(s, Router::router02, Parameters{call}, 4, deadline);
}
StepOutcome router02_exact_input(SwapSequence& s, const KnownCall& call, const Expiry& deadline) {
    return input_path(s, Router::router02, Parameters{call}, 2, deadline);
}
StepOutcome router02_exact_output_single(
    SwapSequence& s, const KnownCall& call, const Expiry& deadline) {
    return output_single(s, Router::router02, Parameters{call}, 4, deadline);
}
StepOutcome router02_exact_output(SwapSequence& s, const KnownCall& call, const Expiry& deadline) {
    return output_path(s, Router::router02, Parameters{call}, 2, deadline);
}

StepOutcome router02_v2_exact_input(
    SwapSequence& s, const KnownCall& call, const Expiry& deadline) {
    auto order = exact_input(Router::router02, call.number(0));
    order.min_out = call.number(1);
    order.recipient = call.address(3);
    order.deadline = deadline;
    return run(s, Router::router02, parse_v2_path(call.list(2)), std::move(order));
}
StepOutcome router02_v2_exact_output(
    SwapSequence& s, const KnownCall& call, const Expiry& deadline) {
    SwapOrder order{.path = {}, .payer = SwapOrder::Payer::caller, .amount_in = call.number(1)};
    // What comes out is not looked at, and a token in between may keep a part.
    order.min_out = call.list(2).size() == 2 ? call.number(0) : U256{};
    order.recipient = call.address(3);
    order.deadline = deadline;
    return run(s, Router::router02, parse_v2_path(call.list(2)), std::move(order));
}

StepOutcome v3_unwrap(SwapSequence& s, const KnownCall& call, const Expiry&) {
    return certain(s.unwrap(call.number(0), call.address(1)));
}
StepOutcome router02_unwrap_to_caller(SwapSequence& s, const KnownCall& call, const Expiry&) {
    return certain(s.unwrap(call.number(0), s.caller()));
}
StepOutcome v3_sweep(SwapSequence& s, const KnownCall& call, const Expiry&) {
    return certain(s.sweep(call.address(0), call.number(1), call.address(2)));
}
StepOutcome router02_sweep_to_caller(SwapSequence& s, const KnownCall& call, const Expiry&) {
    return certain(s.sweep(call.address(0), call.number(1), s.caller()));
}
StepOutcome v3_refund(SwapSequence& s, const KnownCall&, const Expiry&) {
    return certain(s.sweep(std::nullopt, {}, s.caller()));
}
StepOutcome router02_wrap(SwapSequence& s, const KnownCall& call, const Expiry&) {
    return certain(s.wrap(call.number(0)));
}
StepOutcome router02_pull(SwapSequence& s, const KnownCall& call, const Expiry&) {
    s.pull(call.address(0), call.number(1), s.router());
    return StepOutcome::done;
}

// An allowance, whoever signed it before: for as long as it stands. All ones never shrink.
StepOutcome v3_self_permit(SwapSequence& s, const KnownCall& call, const Expiry&) {
    const auto& amount = call.number(1);
    return grant(s, call.address(0), amount == U256::max() ? Bound{} : Bound{amount});
}
// In DAI's form, which is all or nothing.
StepOutcome v3_self_permit_allowed(SwapSequence& s, const KnownCall& call, const Expiry&) {
    return grant(s, call.address(0), std::nullopt);
}

}  // namespace chela::policy
