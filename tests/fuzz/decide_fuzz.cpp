#include "policy/decide/envelope_facts.hpp"
#include "policy/decide/record.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/rules/compile.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using namespace chela;
using policy::EffectKind;

constexpr ChainId kChain{1};
constexpr Address kSigner{{0x51}};
constexpr Address kTarget{{0x70}};
constexpr int kKinds = static_cast<int>(policy::ContractKind::entry_point) + 1;

/// Permits every kind of effect on sight, what was not understood included.
policy::Policy generous(std::uint8_t kind) {
    policy::Rule all;
    all.kind = policy::Rule::Kind::permit;
    all.id = "all";
    for (int i = 0; i <= static_cast<int>(EffectKind::opaque); ++i)
        all.effects.push_back(static_cast<EffectKind>(i));
    policy::Policy out;
    out.id = "generous";
    out.envelope.chains = {kChain};
    out.envelope.tx_types = {0};
    out.envelope.max_total_fee = Wei{U256::max()};
    out.rules = {all};
    if (kind < kKinds) out.contracts.declare(kChain, kTarget, policy::ContractKind{kind});
    return out;
}

void check(const chains::Preimage& preimage, policy::Policy document) {
    const bool is_compiled = document.is_compiled;
    const policy::BoundPolicy bound{
        std::make_shared<const policy::Policy>(std::move(document)), "agent"};
    const auto contracts = policy::contracts_of({&bound, 1});
    if (!contracts) bug("one policy contradicts itself");
    const auto tree = policy::decode_preimage(preimage.content(), kSigner, *contracts);
    policy::Facts facts;
    facts.self = kSigner;
    facts.envelope = policy::envelope_facts(preimage.content());
    facts.tree = &tree;
    const auto decision = policy::decide({&bound, 1}, facts);

    const auto effects = policy::effects_of(tree);
    const bool is_understood =
        !effects.empty() && std::ranges::none_of(effects, [](const auto* node) {
            return policy::kind_of(policy::effect_of(*node)) == EffectKind::opaque;
        });
    const bool is_allowed = decision.verdict == policy::Verdict::allow;
    if (is_allowed && !is_understood) bug("what was not understood is allowed");
    if (!is_compiled && is_understood && !is_allowed) bug("what was understood is not permitted");
    if (is_allowed != decision.violations.empty()) bug("a verdict without its reasons");

    const auto record = policy::to_record(preimage, {&bound, 1}, facts, decision);
    const auto again = policy::replay(
        record, [&](const Hash256&) -> Result<std::shared_ptr<const policy::Policy>> {
            return bound.policy;
        });
    if (!again || *again != record) bug("a record does not replay");
    if (!policy::explain(record)) bug("a record cannot be explained");
}

}  // namespace

/// @param data  a kind of contract, one byte of native value, then calldata: whole decode → decide.
/// What is not decoded is never allowed, however generous the policy; what is, follows the rules;
/// and the record of it replays.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const chains::LegacyTransaction transaction{
        .chain_id = kChain,
        .nonce = {},
        .gas_price = {},
        .gas_limit = {},
        .to = kTarget,
        .value = Wei{U256{data[1]}},
        .data = Bytes(data + 2, data + size)};
    const chains::Preimage preimage{chains::Transaction{transaction}};
    check(preimage, generous(data[0]));
    // Guardrails that name no contract let no unknown call through.
    check(preimage, policy::compile_guardrails({}));
    return 0;
}
