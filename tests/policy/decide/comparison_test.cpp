#include "policy/decide/comparison.hpp"

#include "tests/policy/decide/build.hpp"

#include <gtest/gtest.h>

namespace chela::policy {
namespace {

using enum Comparison;
constexpr auto kYes = Truth::yes;
constexpr auto kNo = Truth::no;
constexpr auto kUnknown = Truth::unknown;

Truth truth(
    const Effect& effect, const Clause& asked, const Address& actor = kSelf, TimePoint now = kNow) {
    const auto where = node(effect, actor);
    return compare(
        asked, field_value(where, asked.field, asked.argument),
        {.self = kSelf, .actor = actor, .now = now});
}
Truth truth(const Effect& effect, Field field, Comparison comparison, Operand operand = {}) {
    return truth(effect, clause(field, comparison, std::move(operand)));
}

Operand addresses(std::vector<AddressPattern> patterns) {
    return patterns;
}
Operand usdc(std::uint64_t amount) {
    return AssetAmount{U256{amount}, kUsdc};
}
Operand words(std::vector<std::string> list) {
    return list;
}
Operand number(std::uint64_t value) {
    return U256{value};
}

Swap swap(std::vector<Asset> via = {}) {
    return {
        .venue = {"uniswap-v3", kChain, kBob},
        .asset_in = kUsdc,
        .max_in = U256{100},
        .asset_out = kWeth,
        .min_out = U256{7},
        .payer = kSelf,
        .recipient = kSelf,
        .deadline = U256{1'790'000'300},
        .via = std::move(via)};
}

Call call(std::vector<chains::abi::Value> arguments) {
    Call out{
        .chain = kChain,
        .actor = kSelf,
        .target = kBob,
        .signature = "mint(address,uint256)",
        .parameters = {},
        .arguments = std::move(arguments)};
    const auto parsed = chains::abi::parse_signature("function mint(address to, uint256 id)");
    out.parameters = parsed.value().inputs;
    return out;
}
Clause argument(std::string name, Comparison comparison, Operand operand) {
    auto out = clause(Field::argument, comparison, std::move(operand));
    out.argument = std::move(name);
    return out;
}

TEST(comparison, of_addresses_knows_self_actor_and_sets) {
    const auto payment = pay(5);
    EXPECT_EQ(truth(payment, Field::from, equal, addresses({Self{}})), kYes);
    EXPECT_EQ(truth(payment, Field::to, equal, addresses({Self{}})), kNo);
    EXPECT_EQ(truth(payment, Field::to, in, addresses({kBob, kAlice})), kYes);
    EXPECT_EQ(truth(payment, Field::to, in, addresses({})), kNo) << "an empty list is nobody";
    EXPECT_EQ(truth(payment, Field::to, not_in, addresses({kBob})), kYes);
    EXPECT_EQ(truth(payment, Field::to, not_equal, addresses({kAlice})), kNo);
    EXPECT_EQ(truth(payment, clause(Field::from, equal, addresses({ActorItself{}})), kSafe), kNo);
    EXPECT_EQ(truth(payment, clause(Field::from, equal, addresses({ActorItself{}}))), kYes);
    EXPECT_EQ(truth(payment, clause(Field::actor, equal, addresses({Self{}})), kSafe), kNo);
    const auto set = std::make_shared<const AddressSet>(AddressSet{"payees", {kAlice}});
    EXPECT_EQ(truth(payment, Field::to, in, set), kYes);
    EXPECT_EQ(truth(payment, Field::from, in, set), kNo);
    EXPECT_EQ(truth(payment, Field::from, not_in, set), kYes);
    EXPECT_EQ(truth(payment, Field::to, in, std::shared_ptr<const AddressSet>{}), kUnknown);
}

TEST(comparison, of_amounts_of_one_asset_is_exact) {
    for (const auto& [amount, comparison, limit, expected] :
         std::vector<std::tuple<std::uint64_t, Comparison, std::uint64_t, Truth>>{
             {100, greater, 100, kNo},
             {101, greater, 100, kYes},
             {100, greater_or_equal, 100, kYes},
             {99, greater_or_equal, 100, kNo},
             {100, less, 100, kNo},
             {99, less, 100, kYes},
             {100, less_or_equal, 100, kYes},
             {101, less_or_equal, 100, kNo},
             {100, equal, 100, kYes},
             {100, not_equal, 100, kNo}}) {
        EXPECT_EQ(truth(pay(amount), Field::amount, comparison, usdc(limit)), expected)
            << amount << " " << to_string(comparison) << " " << limit;
    }
    EXPECT_EQ(
        truth(pay(U256::max()), Field::amount, greater, AssetAmount{U256::max(), kUsdc}), kNo);
}

TEST(comparison, of_amounts_of_two_assets_is_unknown) {
    for (const auto comparison : {greater, less, less_or_equal, equal, not_equal}) {
        EXPECT_EQ(truth(pay(1, kWeth), Field::amount, comparison, usdc(100)), kUnknown);
        EXPECT_EQ(truth(grant({}, kWeth), Field::amount, comparison, usdc(100)), kUnknown);
    }
    const Asset elsewhere{ChainId{1}, kUsdc.contract};
    EXPECT_EQ(truth(pay(1, elsewhere), Field::amount, less, usdc(100)), kUnknown);
}

TEST(comparison, unbounded_is_over_every_amount_and_never_under_one) {
    const auto all = grant({});
    EXPECT_EQ(truth(all, Field::amount, greater, AssetAmount{U256::max(), kUsdc}), kYes);
    EXPECT_EQ(truth(all, Field::amount, less_or_equal, AssetAmount{U256::max(), kUsdc}), kNo);
    EXPECT_EQ(truth(all, Field::amount, less, usdc(1)), kNo);
    EXPECT_EQ(truth(all, Field::amount, equal, AssetAmount{U256::max(), kUsdc}), kNo);
    EXPECT_EQ(truth(all, Field::amount, is_unbounded), kYes);
    EXPECT_EQ(truth(grant(U256::max()), Field::amount, is_unbounded), kNo);
    EXPECT_EQ(truth(all, Field::amount, less_or_equal, number(7)), kNo);
}

TEST(comparison, a_wrapped_coin_counts_in_both_its_units) {
    const Wrap wrap{kWeth, Wrap::Direction::wrap, kSelf, U256{5}};
    EXPECT_EQ(truth(wrap, Field::amount, less, AssetAmount{U256{6}, kWeth}), kYes);
    EXPECT_EQ(truth(wrap, Field::amount, less, AssetAmount{U256{6}, kNative}), kYes);
    EXPECT_EQ(truth(wrap, Field::amount, less, usdc(6)), kUnknown);
    EXPECT_EQ(truth(wrap, Field::direction, equal, words({"wrap"})), kYes);
    EXPECT_EQ(truth(wrap, Field::direction, equal, words({"unwrap"})), kNo);
}

TEST(comparison, of_times_measures_from_now_in_whole_seconds) {
    // kNow is 1'790'000'000 s; the deadline is 300 s later.
    EXPECT_EQ(truth(swap(), Field::deadline, within, 5min), kYes);
    EXPECT_EQ(truth(swap(), Field::deadline, within, 5min - 1ms), kNo);
    const auto asked = clause(Field::deadline, within, 5min);
    EXPECT_EQ(truth(swap(), asked, kSelf, kNow - 1ms), kNo);
    EXPECT_EQ(truth(swap(), asked, kSelf, kNow + 10h), kYes) << "what is over can do nothing";
    EXPECT_EQ(truth(swap(), asked, kSelf, TimePoint{-1ms}), kUnknown);
    EXPECT_EQ(truth(swap(), Field::deadline, within, -1ms), kUnknown);
    EXPECT_EQ(truth(swap(), Field::deadline, is_none), kNo);
    EXPECT_EQ(truth(swap(), Field::deadline, within, std::chrono::milliseconds::max()), kYes);
    auto endless = swap();
    endless.deadline = std::nullopt;
    EXPECT_EQ(truth(endless, asked), kNo);
    EXPECT_EQ(truth(endless, Field::deadline, is_none), kYes);
    auto far = swap();
    far.deadline = U256::max();
    EXPECT_EQ(truth(far, asked), kNo);
    EXPECT_EQ(truth(grant(U256{1}), Field::expiry, is_none), kYes);
}

TEST(comparison, of_venues_is_by_protocol_and_chain_or_by_contract) {
    const auto like = [](std::string protocol, ChainId chain, std::optional<Address> contract) {
        return Operand{std::vector<VenuePattern>{{std::move(protocol), chain, contract}}};
    };
    EXPECT_EQ(truth(swap(), Field::venue, equal, like("uniswap-v3", kChain, {})), kYes);
    EXPECT_EQ(truth(swap(), Field::venue, equal, like("uniswap-v2", kChain, {})), kNo);
    EXPECT_EQ(truth(swap(), Field::venue, equal, like("uniswap-v3", ChainId{1}, {})), kNo);
    EXPECT_EQ(truth(swap(), Field::venue, equal, like("", kChain, kBob)), kYes);
    EXPECT_EQ(truth(swap(), Field::venue, equal, like("", kChain, kAlice)), kNo);
    EXPECT_EQ(truth(swap(), Field::venue, equal, like("", ChainId{1}, kBob)), kNo);
    EXPECT_EQ(truth(swap(), Field::venue, equal, like("", kChain, {})), kNo)
        << "a chain alone is no venue";
    EXPECT_EQ(truth(swap(), Field::venue, not_in, like("uniswap-v2", kChain, {})), kYes);
}

TEST(comparison, of_a_list_in_means_every_item) {
    const Operand known = std::vector<Asset>{kUsdc, kWeth};
    EXPECT_EQ(truth(swap({kUsdc}), Field::via, in, known), kYes);
    EXPECT_EQ(truth(swap({kUsdc, kNative}), Field::via, in, known), kNo);
    EXPECT_EQ(truth(swap({kUsdc, kNative}), Field::via, any_item_not_in, known), kYes);
    EXPECT_EQ(truth(swap({kUsdc, kNative}), Field::via, not_in, known), kNo);
    EXPECT_EQ(truth(swap({kNative}), Field::via, not_in, known), kYes);
    EXPECT_EQ(truth(swap(), Field::via, in, known), kYes) << "nothing on the way is fine";
    EXPECT_EQ(truth(swap(), Field::via, any_item_not_in, known), kNo);
    EXPECT_EQ(truth(swap(), Field::via, is_none), kYes);
    EXPECT_EQ(truth(swap({kUsdc}), Field::via, is_none), kNo);
    EXPECT_EQ(truth(swap({kUsdc}), Field::via, in, words({"usdc"})), kUnknown);
}

TEST(comparison, none_is_a_value_where_the_field_can_be_nothing) {
    UserOp operation{
        .chain = kChain,
        .entry_point = kBob,
        .sender = kSafe,
        .prefund = wei(5),
        .paymaster = std::nullopt,
        .factory = std::nullopt};
    EXPECT_EQ(truth(operation, Field::paymaster, is_none), kYes);
    EXPECT_EQ(truth(operation, Field::paymaster, is_something), kNo);
    EXPECT_EQ(truth(operation, Field::paymaster, in, addresses({kAlice})), kNo);
    EXPECT_EQ(truth(operation, Field::paymaster, not_in, addresses({kAlice})), kYes);
    operation.paymaster = kAlice;
    EXPECT_EQ(truth(operation, Field::paymaster, is_none), kNo);
    EXPECT_EQ(truth(operation, Field::paymaster, is_something), kYes);
    EXPECT_EQ(truth(operation, Field::prefund, less_or_equal, number(5)), kYes);
    EXPECT_EQ(truth(operation, Field::prefund, less_or_equal, AssetAmount{U256{4}, kNative}), kNo);
    EXPECT_EQ(truth(pay(1, kNative), Field::token, is_none), kYes);
    EXPECT_EQ(truth(pay(1), Field::token, is_none), kNo);
    EXPECT_EQ(truth(pay(1), Field::token, in, addresses({*kUsdc.contract})), kYes);
}

TEST(comparison, what_is_absent_is_unknown_to_everything_but_its_absence) {
    EXPECT_EQ(truth(pay(1), Field::token_id, is_none), kYes);
    EXPECT_EQ(truth(pay(1), Field::token_id, is_something), kNo);
    EXPECT_EQ(truth(pay(1), Field::token_id, equal, number(1)), kUnknown);
    EXPECT_EQ(truth(pay(1), Field::token_id, not_equal, number(1)), kUnknown);
    auto nft = pay(1);
    nft.token_id = U256{9};
    EXPECT_EQ(truth(nft, Field::token_id, equal, number(9)), kYes);
    EXPECT_EQ(truth(nft, Field::token_id, in, std::vector<U256>{U256{8}, U256{9}}), kYes);
    EXPECT_EQ(truth(nft, Field::token_id, in, std::vector<U256>{}), kNo);
    auto message = node(Message{{'h', 'i'}, std::nullopt});
    message.target.reset();
    const auto asked = clause(Field::target, not_in, addresses({kAlice}));
    EXPECT_EQ(compare(asked, field_value(message, Field::target), {kSelf, kSelf, kNow}), kUnknown);
}

TEST(comparison, of_an_argument_goes_by_name_or_position) {
    const auto mint = call({{kAlice}, {U256{7}}});
    EXPECT_EQ(truth(mint, argument("to", equal, addresses({kAlice}))), kYes);
    EXPECT_EQ(truth(mint, argument("0", equal, addresses({Self{}}))), kNo);
    EXPECT_EQ(truth(mint, argument("id", less, number(8))), kYes);
    EXPECT_EQ(truth(mint, argument("1", less, number(7))), kNo);
    for (const char* missing : {"2", "amount", "", "99999999999999999999999", "-1"})
        EXPECT_EQ(truth(mint, argument(missing, less, number(8))), kUnknown) << missing;
    EXPECT_EQ(truth(mint, argument("to", less, number(8))), kUnknown) << "an address is no number";
    EXPECT_EQ(truth(mint, argument("id", equal, addresses({kAlice}))), kUnknown);
    EXPECT_EQ(truth(mint, argument("id", less, usdc(8))), kUnknown) << "it has no unit";
    auto twins = mint;
    twins.parameters[0].name = "id";
    EXPECT_EQ(truth(twins, argument("id", less, number(8))), kUnknown) << "two of that name";
    EXPECT_EQ(truth(call({{kAlice}}), argument("to", equal, addresses({kAlice}))), kUnknown)
        << "fewer arguments than parameters";
}

TEST(comparison, of_an_argument_goes_by_its_type) {
    const auto of = [](chains::abi::Value value) { return call({std::move(value), {U256{1}}}); };
    const auto minus_one = I256::from_word(U256::max());
    EXPECT_EQ(truth(of({minus_one}), argument("0", less, number(0))), kYes);
    EXPECT_EQ(truth(of({minus_one}), argument("0", greater_or_equal, number(0))), kNo);
    EXPECT_EQ(truth(of({minus_one}), argument("0", equal, number(1))), kNo);
    EXPECT_EQ(truth(of({I256::from_word(U256{3})}), argument("0", equal, number(3))), kYes);
    EXPECT_EQ(truth(of({true}), argument("0", equal, words({"true"}))), kYes);
    EXPECT_EQ(truth(of({false}), argument("0", equal, words({"true"}))), kNo);
    EXPECT_EQ(
        truth(of({std::string{"abc"}}), argument("0", starts_with, words({"x", "ab"}))), kYes);
    const Bytes bytes{1, 2};
    EXPECT_EQ(truth(of({bytes}), argument("0", equal, std::vector<Bytes>{bytes})), kYes);
    EXPECT_EQ(truth(of({bytes}), argument("0", not_equal, std::vector<Bytes>{Bytes{1}})), kYes);
    const chains::abi::Value::List list{{U256{1}}};
    EXPECT_EQ(truth(of({list}), argument("0", equal, number(1))), kUnknown);
}

TEST(comparison, of_text_is_by_its_bytes) {
    const Message hello{{'h', 'e', 'l', 'l', 'o'}, std::nullopt};
    EXPECT_EQ(truth(hello, Field::text, starts_with, words({"hel"})), kYes);
    EXPECT_EQ(truth(hello, Field::text, starts_with, words({"help"})), kNo);
    EXPECT_EQ(truth(hello, Field::text, starts_with, words({})), kNo);
    EXPECT_EQ(truth(hello, Field::text, equal, words({"hello"})), kYes);
    EXPECT_EQ(truth(hello, Field::length, less_or_equal, number(5)), kYes);
    EXPECT_EQ(truth(hello, Field::validator, is_none), kYes);
    EXPECT_EQ(truth(hello, Field::chain, in, std::vector<ChainId>{kChain}), kUnknown)
        << "a message names no chain";
    const Message broken{{0xff, 'h'}, std::nullopt};
    EXPECT_EQ(truth(broken, Field::text, not_equal, words({"hello"})), kUnknown);
}

TEST(comparison, of_chains_hashes_and_kinds) {
    const Deploy deploy{kChain, kSelf, wei(0), {}};
    const auto hash = Bytes(32, 0);
    EXPECT_EQ(truth(deploy, Field::initcode_hash, in, std::vector<Bytes>{hash}), kYes);
    EXPECT_EQ(truth(deploy, Field::initcode_hash, in, std::vector<Bytes>{}), kNo);
    EXPECT_EQ(truth(deploy, Field::chain, in, std::vector<ChainId>{kChain}), kYes);
    EXPECT_EQ(truth(deploy, Field::chain, equal, std::vector<ChainId>{ChainId{1}}), kNo);
    EXPECT_EQ(truth(opaque(), Field::kind, equal, words({"unknown_selector"})), kYes);
    const Authority module{kChain, kSafe, Authority::Kind::module, std::nullopt};
    EXPECT_EQ(truth(module, Field::kind, in, words({"owner", "module"})), kYes);
    EXPECT_EQ(truth(module, Field::subject, not_in, addresses({kBob})), kUnknown);
    EXPECT_EQ(
        truth(Delegatecall{kChain, kSafe, kAlice}, Field::target, equal, addresses({kAlice})), kYes)
        << "the code that runs, not the contract that is called";
}

TEST(comparison, a_field_that_the_effect_does_not_have_is_unknown) {
    EXPECT_EQ(truth(pay(1), Field::spender, equal, addresses({kBob})), kUnknown);
    EXPECT_EQ(truth(pay(1), Field::spender, is_none), kUnknown);
    EXPECT_EQ(truth(pay(1), Field::spender, not_in, addresses({kBob})), kUnknown);
}

TEST(condition, is_kleenes_and_over_clauses_and_or_over_alternatives) {
    const auto yes = is(Field::to, kAlice);
    const auto no = is(Field::to, kBob);
    const auto unknown = is(Field::spender, kBob);
    const auto holds = [](const Condition& condition) {
        std::vector<ClauseTrace> trace;
        return evaluate(condition, node(pay(1)), {kSelf, kSelf, kNow}, trace);
    };
    EXPECT_EQ(holds({}), kYes);
    EXPECT_EQ(holds({{yes, yes}, {}}), kYes);
    EXPECT_EQ(holds({{yes, unknown}, {}}), kUnknown);
    EXPECT_EQ(holds({{unknown, no}, {}}), kNo);
    EXPECT_EQ(holds({{}, {{}}}), kNo) << "one of nothing";
    EXPECT_EQ(holds({{yes}, {{{{no}, {}}, {{yes}, {}}}}}), kYes);
    EXPECT_EQ(holds({{yes}, {{{{no}, {}}, {{unknown}, {}}}}}), kUnknown);
    EXPECT_EQ(holds({{no}, {{{{yes}, {}}}}}), kNo);
    EXPECT_EQ(holds({{}, {{{{yes}, {}}}, {{{no}, {}}}}}), kNo) << "one of each list";
}

TEST(condition, traces_every_clause_in_the_order_of_the_document) {
    const auto first = is(Field::to, kBob);
    const auto second = is(Field::to, kAlice);
    const Condition condition{{first, second}, {{{{second}, {}}, {{first}, {}}}}};
    std::vector<ClauseTrace> trace;
    std::ignore = evaluate(condition, node(pay(1)), {kSelf, kSelf, kNow}, trace);
    std::vector<Truth> truths;
    for (const auto& each : trace)
        truths.push_back(each.truth);
    EXPECT_EQ(truths, (std::vector{kNo, kYes, kYes, kNo})) << "nothing is cut short";
}

}  // namespace
}  // namespace chela::policy
