#include "chains/crypto/keccak.hpp"
#include "policy/decode/decoder.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/decode/roots.hpp"
#include "policy/decode/user_operation_parts.hpp"

#include <algorithm>
#include <utility>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

constexpr std::size_t kSelectorSize = 4;

const abi::Selector& execute_user_op() {
    static const auto selector = [] {
        const auto signature = abi::parse_signature(
            "executeUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes),"
            "bytes32)");
        if (!signature) bug("the signature of executeUserOp does not read");
        return abi::selector(*signature);
    }();
    return selector;
}

bool is_in(std::span<const KnownFunction> table, const KnownFunction* function) {
    return std::ranges::any_of(table, [function](const auto& entry) { return &entry == function; });
}

/// Why the account's callData is not followed; empty: it is.
std::string_view objection(const Frame& frame, const Contracts& contracts) {
    if (frame.data.size() < kSelectorSize) return {};
    abi::Selector selector;
    std::ranges::copy(frame.data.first(kSelectorSize), selector.bytes.begin());
    // The EntryPoint calls the account with the whole operation instead of this data.
    // Source: EntryPoint v0.7, innerHandleOp.
    if (selector == execute_user_op()) return "callData of executeUserOp";
    const auto found = find_function(selector, contracts.kind_of(frame.chain, frame.target));
    // An account is neither a token nor a router: only what accounts do is read by its selector.
    if (found && !is_in(account_functions(), found->function) &&
        !is_in(authority_functions(), found->function)) {
        return "callData that is no function of an account";
    }
    return {};
}

std::vector<EffectNode> executed(
    Decoder& decoder, const UserOperationParts& parts, const Contracts& contracts) {
    if (parts.call_data.empty()) return {};
    const Frame frame{
        .chain = parts.chain,
        .actor = parts.entry_point,
        .target = parts.sender,
        .value = {},
        .data = parts.call_data,
        .at = 0,
        .depth = 1};
    if (const auto why = objection(frame, contracts); !why.empty()) {
        return {opaque_node(frame, Opaque::Reason::unsupported, std::string{why})};
    }
    return decoder.call(frame);
}

EffectNode leaf(const Address& actor, const Address& target, Effect effect) {
    return {.what = std::move(effect), .actor = actor, .target = target, .range = {}, .inner = {}};
}

/// The factory's code runs, and makes the account: what it makes is told by the init code alone.
std::vector<EffectNode> deployed(const UserOperationParts& parts) {
    if (!parts.factory) return {};
    if (parts.eip7702_delegate) {
        // The delegate only binds the operation to code that the account has already.
        if (parts.init_code.size() == Address::kSize) return {};
        return {leaf(
            parts.entry_point, parts.sender,
            Opaque{
                .reason = Opaque::Reason::unsupported,
                .chain = parts.chain,
                .target = parts.sender,
                .selector = std::nullopt,
                .detail = "a call that initializes the delegated account"})};
    }
    return {leaf(
        parts.entry_point, *parts.factory,
        Deploy{
            .chain = parts.chain,
            .creator = *parts.factory,
            .value = {},
            .initcode_hash = chains::keccak256(parts.init_code)})};
}

}  // namespace

EffectTree decode_user_operation(
    const chains::UserOperationToSign& to_sign, const Address& signer, const Contracts& contracts) {
    const auto& operation = to_sign.operation;
    const auto refuse = [&](Opaque::Reason reason, std::string detail) {
        return refused_root(
            signer, operation.entry_point, operation.chain_id, reason, std::move(detail));
    };
    if (contracts.kind_of(operation.chain_id, operation.entry_point) != ContractKind::entry_point) {
        return refuse(Opaque::Reason::untrusted_contract, "not a known entry point");
    }
    const auto parts = parts_of(operation);
    if (!parts) return refuse(Opaque::Reason::non_canonical, parts.error().detail);

    Decoder decoder{signer, contracts};
    auto root = single_root(
        signer, parts->entry_point,
        UserOp{
            .chain = parts->chain,
            .entry_point = parts->entry_point,
            .sender = parts->sender,
            .prefund = parts->prefund,
            .paymaster = parts->paymaster,
            .factory = parts->factory});
    auto& node = root.roots.front();
    node.range = {0, parts->call_data.size()};
    node.inner = deployed(*parts);
    std::ranges::move(executed(decoder, *parts, contracts), std::back_inserter(node.inner));
    return root;
}

}  // namespace chela::policy
