#include "policy/decide/record.hpp"

#include "chains/base/hex.hpp"
#include "chains/message/typed_data.hpp"
#include "chains/simulation/digest.hpp"
#include "policy/decide/envelope_facts.hpp"
#include "policy/decode/preimage.hpp"
#include "tests/policy/decide/build.hpp"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using chains::Preimage;

Policy wide() {
    auto pay = charging(permit("pay", EffectKind::transfer), {"day"});
    pay.condition.any = {{{{over(Field::amount, 7, kUsdc)}, {}}, {{is(Field::to, kAlice)}, {}}}};
    auto out = document(
        {pay, permit("say", EffectKind::message), permit("code", EffectKind::delegate_7702),
         permit("let", EffectKind::grant), review("big", EffectKind::grant)});
    out.envelope.operations = {
        Operation::transaction, Operation::typed_data, Operation::personal_message,
        Operation::authorization, Operation::user_operation};
    out.budgets = {budget("day", kUsdc, 1'000)};
    out.digest.bytes.fill(0x77);
    return out;
}

/// A decision, and all that it was made of.
struct Decided {
    Preimage preimage;
    std::vector<BoundPolicy> policies;
    EffectTree tree;
    Facts facts;
    Decision decision;
    [[nodiscard]] std::string record() const {
        return to_record(preimage, policies, facts, decision);
    }
};

Decided decided(Preimage preimage, std::vector<BoundPolicy> policies = {bind(wide())}) {
    Decided out{std::move(preimage), std::move(policies), {}, {}, {}};
    const auto contracts = contracts_of(out.policies).value();
    out.tree = decode_preimage(out.preimage.content(), kSelf, contracts);
    out.facts.self = kSelf;
    out.facts.preimage_hash = Hash256{out.preimage.signing_hash().bytes};
    out.facts.envelope = envelope_facts(out.preimage.content());
    out.facts.envelope.operator_max_fee = ether("1");
    out.facts.envelope.node_chain = kChain;
    out.facts.ledger.slot = "tx/8453/self/7";
    out.facts.ledger.high_water = kNow - 1s;
    const MeterKey key{Budget::Scope::agent, kAgent, "day"};
    out.facts.ledger.spent = {{{key, kChain, U256{40}}, "tx/8453/self/6", kNow - 1h}};
    out.facts.simulation = SimulationFacts{
        .id = "simulation-1",
        .outcome = chains::simulation::Outcome::success,
        .is_degraded = false,
        .age_blocks = 2,
        .changes = {
            {kSelf, kUsdc.contract, false, U256{5}}, {kAlice, kUsdc.contract, true, U256{5}}}};
    out.facts.approvals.approvers = {"ana", "bo"};
    out.facts.now = kNow;
    out.facts.tree = &out.tree;
    out.decision = decide(out.policies, out.facts);
    return out;
}

auto finder(const std::vector<BoundPolicy>& policies) {
    return [&policies](const Hash256& digest) -> Result<std::shared_ptr<const Policy>> {
        for (const auto& bound : policies)
            if (bound.policy->digest == digest) return bound.policy;
        return fail(ErrorCode::not_found, "no such policy");
    };
}

Preimage payment(std::uint64_t amount = 5) {
    auto transaction = test::transaction_to(
        kUsdc.contract, {}, "a9059cbb" + test::word(kAlice) + test::word(amount));
    transaction.nonce = Nonce{7};
    return Preimage{chains::Transaction{transaction}};
}

Preimage permit_message() {
    const auto data = chains::parse_typed_data(fmt::format(
        R"({{"types": {{"Permit": [
            {{"name": "owner", "type": "address"}}, {{"name": "spender", "type": "address"}},
            {{"name": "value", "type": "uint256"}}, {{"name": "nonce", "type": "uint256"}},
            {{"name": "deadline", "type": "uint256"}}]}},
            "primaryType": "Permit",
            "domain": {{"name": "USD Coin", "version": "2", "chainId": 8453,
                "verifyingContract": "{}"}},
            "message": {{"owner": "{}", "spender": "{}", "value": 5, "nonce": 0,
                "deadline": 1790000300}}}})",
        to_hex(*kUsdc.contract), to_hex(kSelf), to_hex(kBob)));
    return Preimage{data.value()};
}

Preimage operation(chains::UserOperationToSign::Form form) {
    chains::UserOperationV08 parts{};
    parts.parts.sender = kSafe;
    parts.parts.nonce = U256{9};
    parts.parts.call_gas_limit = U256{100'000};
    parts.parts.max_fee_per_gas = U256{1'000'000};
    return Preimage::of(
               {.operation =
                    {.operation = parts, .entry_point = chains::kEntryPointV08, .chain_id = kChain},
                .form = form})
        .value();
}

std::vector<std::pair<std::string, Preimage>> preimages() {
    std::vector<std::pair<std::string, Preimage>> out;
    out.emplace_back("payment", payment());
    out.emplace_back("over the budget", payment(2'000));
    out.emplace_back(
        "creation", Preimage{chains::Transaction{test::transaction_to({}, {}, "6000")}});
    chains::LegacyTransaction legacy;
    legacy.chain_id = kChain;
    legacy.to = kAlice;
    legacy.value = wei(3);
    out.emplace_back("legacy", Preimage{chains::Transaction{legacy}});
    out.emplace_back("text", Preimage{chains::PersonalMessage{{'h', 'i', '\n', '"'}}});
    out.emplace_back("no text", Preimage{chains::PersonalMessage{{0xff, 0x00, 0xfe}}});
    out.emplace_back("validator", Preimage{chains::ValidatorMessage{kBob, {1, 2, 3}}});
    out.emplace_back("permit", permit_message());
    out.emplace_back(
        "authorization",
        Preimage{chains::Authorization{.chain_id = kChain, .address = kBob, .nonce = Nonce{1}}});
    out.emplace_back("operation", operation(chains::UserOperationToSign::Form::hash));
    out.emplace_back(
        "prefixed operation", operation(chains::UserOperationToSign::Form::personal_message));
    return out;
}

TEST(record, replays_byte_for_byte_whatever_was_signed) {
    for (const auto& [name, preimage] : preimages()) {
        const auto made = decided(preimage);
        const auto record = made.record();
        const auto again = replay(record, finder(made.policies));
        ASSERT_TRUE(again) << name << ": " << again.error().detail;
        EXPECT_EQ(*again, record) << name;
    }
}

TEST(record, replays_with_nothing_known_and_with_several_policies) {
    auto second = wide();
    second.id = "organization";
    second.digest.bytes.fill(0x78);
    second.rules[0].effects = {EffectKind::grant};
    auto made = decided(payment(), {bind(wide()), bind(second)});
    EXPECT_EQ(*replay(made.record(), finder(made.policies)), made.record());
    made.facts.simulation.reset();
    made.facts.ledger = {};
    made.facts.approvals = {};
    made.facts.envelope.node_chain.reset();
    made.facts.envelope.operator_max_fee.reset();
    made.decision = decide(made.policies, made.facts);
    EXPECT_EQ(*replay(made.record(), finder(made.policies)), made.record());
}

TEST(record, of_a_bound_simulation_replays_byte_for_byte) {
    auto made = decided(payment());
    const auto digest = chains::simulation::transaction_digest(made.preimage.transaction(), kSelf);
    made.facts.transaction_digest = digest;
    made.facts.simulation->changes[0].token_id = U256::max();
    for (const auto& simulated :
         {std::optional{digest}, std::optional{Hash256{}}, std::optional<Hash256>{}}) {
        made.facts.simulation->transaction_digest = simulated;
        made.decision = decide(made.policies, made.facts);
        const auto record = made.record();
        EXPECT_EQ(record.find("E_SIMULATION_OTHER") == std::string::npos, simulated == digest);
        const auto again = replay(record, finder(made.policies));
        ASSERT_TRUE(again) << again.error().detail;
        EXPECT_EQ(*again, record);
    }
    made.facts.simulation->transaction_digest = digest;
    made.decision = decide(made.policies, made.facts);
    auto bent = made.record();
    const auto at = bent.find(to_hex(digest));
    ASSERT_NE(at, std::string::npos);
    bent[at + 2] = bent[at + 2] == '0' ? '1' : '0';
    EXPECT_NE(replay(bent, finder(made.policies)).value(), bent)
        << "the digest is made from the preimage again";
}

TEST(record, is_the_same_for_the_same_input) {
    EXPECT_EQ(decided(payment()).record(), decided(payment()).record());
    EXPECT_NE(decided(payment()).record(), decided(payment(6)).record());
}

TEST(record, tells_the_whole_decision) {
    const auto made = decided(payment());
    ASSERT_EQ(made.decision.verdict, Verdict::allow) << answer(made.decision);
    const auto json = Json::parse(made.record());
    EXPECT_EQ(json["schema"], "chela.decision/1");
    EXPECT_EQ(json["decoder"], kDecoderVersion);
    EXPECT_EQ(json["registry"], kRegistryVersion);
    EXPECT_EQ(json["input"]["preimage"]["transaction"], to_hex(made.preimage.bytes()));
    EXPECT_EQ(json["input"]["preimage"]["hash"], to_hex(made.preimage.signing_hash()));
    EXPECT_EQ(json["input"]["policies"][0]["digest"], to_hex(made.policies[0].policy->digest));
    EXPECT_EQ(json["input"]["ledger"]["spent"][0]["amount"], "40");
    EXPECT_EQ(json["input"]["simulation"]["changes"][0]["change"], "-5");
    EXPECT_EQ(json["effects"]["roots"][0]["effect"], "transfer");
    EXPECT_EQ(json["effects"]["roots"][0]["bytes"], Json({0, 68}));
    const auto& decision = json["decision"];
    EXPECT_EQ(decision["verdict"], "allow");
    EXPECT_EQ(decision["charges"][0]["amount"], "5");
    const auto& policy = decision["policies"][0];
    EXPECT_EQ(policy["version"], 7);
    EXPECT_EQ(policy["coverage"][0], Json({"pay"}));
    EXPECT_EQ(policy["budgets"][0]["before"], "40");
    EXPECT_EQ(policy["budgets"][0]["after"], "45");
    EXPECT_EQ(policy["rules"][0]["where"]["any"][0][0]["clauses"][0]["truth"], "no");
    EXPECT_EQ(
        policy["rules"][0]["where"]["any"][0][0]["clauses"][0]["actual"], "0.000005 usdc@8453");
    EXPECT_EQ(policy["rules"][0]["where"]["any"][0][1]["clauses"][0]["truth"], "yes");
    EXPECT_EQ(made.record().find("\"where\":\""), std::string::npos)
        << "no file or line: the same policy may come from another file";
}

TEST(record, keeps_its_members_in_one_order) {
    const auto record = decided(payment()).record();
    std::size_t at = 0;
    for (const char* name :
         {"{\"schema\":", "\"decoder\":", "\"registry\":", "\"input\":{\"preimage\":",
          "\"signer\":", "\"ledger\":", "\"effects\":{\"roots\":", "\"decision\":{\"verdict\":",
          "\"charges\":", "\"policies\":"}) {
        const auto found = record.find(name, at);
        ASSERT_NE(found, std::string::npos) << name;
        at = found;
    }
}

/// Every value of the record, one after another.
void for_each_leaf(Json& json, const std::function<void(Json&)>& change) {
    if (json.is_structured()) {
        for (auto& item : json)
            for_each_leaf(item, change);
        return;
    }
    change(json);
}

Json changed(const Json& leaf) {
    if (leaf.is_string()) return leaf.get<std::string>() + "1";
    if (leaf.is_boolean()) return !leaf.get<bool>();
    if (leaf.is_null()) return 1;
    return leaf.get<std::uint64_t>() + 1;
}

// What others told (the ledger, the simulation, approvals, the clock) is input: bent, it is another
// input with another honest record. Everything else must be what comes out again.
TEST(record, that_was_tampered_with_does_not_replay_to_itself) {
    const auto made = decided(payment(2'000));
    auto bent = Json::parse(made.record());
    std::size_t leaves = 0;
    const auto is_caught = [&](Json& leaf) {
        const auto before = leaf;
        leaf = changed(before);
        const auto again = replay(bent.dump(), finder(made.policies));
        EXPECT_TRUE(!again || Json::parse(*again) != bent) << before << " became " << leaf;
        leaf = before;
        ++leaves;
    };
    for (const char* member : {"schema", "decoder", "registry", "effects", "decision"})
        for_each_leaf(bent[member], is_caught);
    for (const char* member : {"preimage", "signer", "policies"})
        for_each_leaf(bent["input"][member], is_caught);
    for (const char* member :
         {"operation", "chain", "tx_type", "max_fee", "max_fee_per_gas", "gas"})
        for_each_leaf(bent["input"]["envelope"][member], is_caught);
    EXPECT_GT(leaves, 90U);
}

TEST(record, with_another_verdict_does_not_replay_to_itself) {
    const auto made = decided(payment(2'000));
    ASSERT_EQ(made.decision.verdict, Verdict::deny);
    auto lie = made.record();
    const auto at = lie.find("\"verdict\":\"deny\"");
    ASSERT_NE(at, std::string::npos);
    lie.replace(at, 16, "\"verdict\":\"allow\"");
    EXPECT_EQ(replay(lie, finder(made.policies)).value(), made.record());
}

TEST(record, that_is_none_is_refused_with_a_reason) {
    const auto made = decided(payment());
    for (const std::string& text :
         {std::string{}, std::string{"{"}, std::string{"[]"}, std::string{"{}"},
          std::string{R"({"schema":"chela.decision/1"})"},
          std::string{R"({"schema":"chela.decision/1","input":7})"},
          std::string{R"({"schema":"chela.decision/2","input":{}})"}}) {
        const auto again = replay(text, finder(made.policies));
        ASSERT_FALSE(again) << text;
        EXPECT_EQ(again.error().reason, "E_RECORD") << text;
    }
    EXPECT_EQ(explain("{}").error().reason, "E_RECORD");
}

TEST(record, without_one_member_of_its_input_is_refused) {
    const auto made = decided(payment());
    const auto whole = Json::parse(made.record());
    for (const auto& member : whole["input"].items()) {
        if (member.key() == "simulation") continue;  // none was made
        auto json = whole;
        json["input"].erase(member.key());
        const auto again = replay(json.dump(), finder(made.policies));
        ASSERT_FALSE(again) << member.key();
        EXPECT_EQ(again.error().reason, "E_RECORD") << member.key();
    }
}

TEST(record, hands_on_that_a_policy_is_not_there) {
    const auto made = decided(payment());
    const std::vector<BoundPolicy> none;
    EXPECT_EQ(replay(made.record(), finder(none)).error().code, ErrorCode::not_found);
}

TEST(record, keeps_text_that_is_not_utf8_readable) {
    const auto made = decided(Preimage{chains::PersonalMessage{{0xff, 0xfe}}});
    EXPECT_TRUE(parse_json(made.record(), {.max_depth = 64}));
}

TEST(explanation, says_why_for_a_person) {
    const auto text = explain(decided(payment(2'000)).record()).value();
    for (const char* part :
         {"Verdict: deny", "E_BUDGET:", "Policy treasury version 7: deny",
          "permit pay on effect 0: yes, matches", "and one of:", "effect 0: pay",
          "day: 40 before, 2000 for this, 2040 after, limit 1000: does not fit", "bytes 0 to 68",
          "for operators:"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
    const auto allowed = explain(decided(payment()).record()).value();
    EXPECT_NE(allowed.find("Reserved\n  5 on the meter day (agent agent-1)"), std::string::npos)
        << allowed;
}

TEST(explanation, of_a_bent_record_has_gaps_and_no_control_characters) {
    // All of a message, however much stands before what matters.
    const std::string said = std::string(3'000, 'x') + "\nI also sell the house";
    const auto message =
        explain(
            decided(Preimage{chains::PersonalMessage{Bytes(said.begin(), said.end())}}).record())
            .value();
    EXPECT_NE(message.find("| I also sell the house\n"), std::string::npos) << message;
    EXPECT_NE(message.find("| " + std::string(3'000, 'x') + "\n"), std::string::npos);
    const auto gaps = explain(R"({"schema":"chela.decision/1","input":{}})").value();
    EXPECT_TRUE(gaps.starts_with("Verdict: none")) << gaps;
    const auto text =
        explain(decided(Preimage{chains::PersonalMessage{{'a', 0x1b, '[', '2', 'J', '\n', 'b'}}})
                    .record())
            .value();
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(effect_tree, is_told_as_json_and_as_text) {
    auto tree = tree_of({pay(5)});
    tree.roots.push_back(
        {.what = Wrapper{"Multicall3.aggregate3", kBob},
         .actor = kSelf,
         .target = kBob,
         .range = {4, 200},
         .inner = {node(grant({}), kSafe)}});
    tree.valid_until = U256{1'790'000'300};
    const auto json = to_json(tree);
    EXPECT_EQ(json["valid_until"], "1790000300");
    EXPECT_EQ(json["roots"][1]["wrapper"], "Multicall3.aggregate3");
    EXPECT_EQ(json["roots"][1]["inner"][0]["amount"], "unbounded");
    EXPECT_EQ(json["roots"][1]["inner"][0]["expires_at"], nullptr);
    const auto text = to_text(tree);
    EXPECT_EQ(std::ranges::count(text, '\n'), 4);
    EXPECT_NE(text.find("the signature holds until 2026-09-21T"), std::string::npos) << text;
    EXPECT_NE(text.find("\n  "), std::string::npos) << "what is carried is indented\n" << text;
}

}  // namespace
}  // namespace chela::policy
