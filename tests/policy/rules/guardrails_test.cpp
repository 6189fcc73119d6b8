#include "policy/rules/guardrails.hpp"

#include "tests/policy/build.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using test::address;
using test::ether;
using testing::HasSubstr;

const std::string kAlice = to_checksum(address(0xa1));
const std::string kToken = to_checksum(address(0x70));

Result<ChainId> resolve(std::string_view name) {
    if (name == "base" || name == "8453") return ChainId{8453};
    if (name == "mainnet" || name == "1") return ChainId{1};
    return fail(ErrorCode::not_found, "no such chain", "E_UNKNOWN_CHAIN");
}

Json parse(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) bug("a test's JSON does not parse");
    return *json;
}

Guardrails apply(std::string_view request, Guardrails base = {}) {
    auto rules = apply_guardrails(std::move(base), parse(request), resolve);
    EXPECT_TRUE(rules.has_value()) << request << (rules ? "" : rules.error().detail);
    return rules ? *rules : Guardrails{};
}

void expect_invalid(std::string_view request, const std::string& names, Guardrails base = {}) {
    const auto rules = apply_guardrails(std::move(base), parse(request), resolve);
    ASSERT_FALSE(rules.has_value()) << request;
    EXPECT_EQ(rules.error().code, ErrorCode::invalid_input) << request;
    EXPECT_THAT(rules.error().detail, HasSubstr(names));
}

const std::string kEverything = R"({
    "tx_allowed_chains": ["base", "1"],
    "tx_to_allowlist": [")" + kAlice +
                                R"("],
    "tx_token_allowlist": [")" + kToken +
                                R"("],
    "tx_max_value": "0.5", "tx_daily_limit": "1.5", "tx_max_per_day": 10,
    "tx_overhead_budget": {"base": "0.01"},
    "per_chain_guardrails": {
        "base": {"max_value": "0.1", "daily_limit": "0.2", "to_allowlist": [")" +
                                kAlice + R"("],
                 "token_allowlist": [")" +
                                kToken + R"("], "max_per_day": 5, "overhead_budget": "0.01",
                 "max_fee_per_gas_gwei": "1.5", "max_gas_limit": 100000},
        "1": {"max_value": "0"}}})";

TEST(apply_guardrails, reads_every_member) {
    const auto rules = apply(kEverything);
    EXPECT_EQ(
        rules.allowed_chains,
        (std::vector<NamedChain>{{"base", ChainId{8453}}, {"1", ChainId{1}}}));
    EXPECT_EQ(rules.everywhere.to_allowlist, std::vector{address(0xa1)});
    EXPECT_EQ(rules.everywhere.token_allowlist, std::vector{address(0x70)});
    EXPECT_EQ(rules.everywhere.max_value, ether("0.5"));
    EXPECT_EQ(rules.everywhere.daily_limit, ether("1.5"));
    EXPECT_EQ(rules.everywhere.max_per_day, 10U);
    ASSERT_EQ(rules.per_chain.size(), 2U);
    const auto& [name, base] = rules.per_chain.at(8453);
    EXPECT_EQ(name, "base");
    EXPECT_EQ(base.to_allowlist, std::vector{address(0xa1)});
    EXPECT_EQ(base.token_allowlist, std::vector{address(0x70)});
    EXPECT_EQ(base.max_value, ether("0.1"));
    EXPECT_EQ(base.daily_limit, ether("0.2"));
    EXPECT_EQ(base.max_per_day, 5U);
    EXPECT_EQ(base.overhead_budget, ether("0.01"));
    EXPECT_EQ(base.max_fee_per_gas, test::wei(1'500'000'000));
    EXPECT_EQ(base.max_gas_limit, Gas{100'000});
    EXPECT_EQ(rules.per_chain.at(1).second.max_value, Wei{}) << "zero is a limit, not its absence";
}

TEST(apply_guardrails, keeps_what_is_absent_and_clears_what_is_null) {
    const auto all = apply(kEverything);
    EXPECT_EQ(apply("{}", all), all);
    EXPECT_EQ(apply(R"({"name": "x", "scopes": []})", all), all);
    const auto cleared = apply(
        R"({"tx_allowed_chains": null, "tx_to_allowlist": null, "tx_token_allowlist": null, "tx_max_value": null,
            "tx_daily_limit": null, "tx_max_per_day": null, "tx_overhead_budget": null, "per_chain_guardrails": null})",
        all);
    EXPECT_EQ(cleared, Guardrails{});
}

TEST(apply_guardrails, takes_the_deprecated_names) {
    const auto rules = apply(R"({"tx_max_value_eth": "1", "tx_daily_limit_eth": "2"})");
    EXPECT_EQ(rules.everywhere.max_value, ether("1"));
    EXPECT_EQ(rules.everywhere.daily_limit, ether("2"));
    EXPECT_EQ(
        apply(R"({"tx_max_value": "1", "tx_max_value_eth": "1.0"})").everywhere.max_value,
        ether("1"));
    EXPECT_EQ(apply(R"({"tx_max_value_eth": null})", rules).everywhere.max_value, std::nullopt);
    expect_invalid(R"({"tx_max_value": "1", "tx_max_value_eth": "2"})", "tx_max_value");
    expect_invalid(R"({"tx_max_value": "1", "tx_max_value_eth": null})", "tx_max_value");
    expect_invalid(R"({"tx_daily_limit": null, "tx_daily_limit_eth": "2"})", "tx_daily_limit");
}

TEST(apply_guardrails, drops_repeated_entries) {
    const auto rules = apply(
        R"({"tx_allowed_chains": ["base", "8453"], "tx_to_allowlist": [")" + kAlice + R"(", ")" +
        to_hex(address(0xa1)) + R"("]})");
    EXPECT_EQ(rules.allowed_chains.size(), 1U);
    EXPECT_EQ(rules.everywhere.to_allowlist.size(), 1U);
}

TEST(apply_guardrails, refuses_wrong_types_and_values) {
    const std::vector<std::pair<std::string, std::string>> lines{
        {R"([])", "object"},
        {R"({"tx_allowed_chains": "base"})", "tx_allowed_chains"},
        {R"({"tx_allowed_chains": [8453]})", "tx_allowed_chains"},
        {R"({"tx_allowed_chains": ["nowhere"]})", "tx_allowed_chains"},
        {R"({"tx_to_allowlist": "0x"})", "tx_to_allowlist"},
        {R"({"tx_to_allowlist": [1]})", "tx_to_allowlist"},
        {R"({"tx_to_allowlist": ["0x12"]})", "tx_to_allowlist"},
        {R"({"tx_token_allowlist": ["0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02914"]})",
         "tx_token_allowlist"},
        {R"({"tx_max_value": 1})", "tx_max_value"},
        {R"({"tx_max_value": 0.5})", "tx_max_value"},
        {R"({"tx_max_value": "-1"})", "tx_max_value"},
        {R"({"tx_max_value": ""})", "tx_max_value"},
        {R"({"tx_max_value": "1e3"})", "tx_max_value"},
        {R"({"tx_max_value": "1 ETH"})", "tx_max_value"},
        {R"({"tx_max_value": "0.0000000000000000001"})", "tx_max_value"},
        {R"({"tx_max_value_eth": true})", "tx_max_value_eth"},
        {R"({"tx_max_per_day": -1})", "tx_max_per_day"},
        {R"({"tx_max_per_day": 1.0})", "tx_max_per_day"},
        {R"({"tx_max_per_day": "1"})", "tx_max_per_day"},
        {R"({"tx_overhead_budget": "1"})", "tx_overhead_budget"},
        {R"({"tx_overhead_budget": {"base": 1}})", "tx_overhead_budget.base"},
        {R"({"tx_overhead_budget": {"base": null}})", "tx_overhead_budget.base"},
        {R"({"tx_overhead_budget": {"nowhere": "1"}})", "tx_overhead_budget.nowhere"},
        {R"({"tx_overhead_budget": {"base": "1", "8453": "1"}})", "twice"},
        {R"({"per_chain_guardrails": []})", "per_chain_guardrails"},
        {R"({"per_chain_guardrails": {"base": 1}})", "per_chain_guardrails.base"},
        {R"({"per_chain_guardrails": {"nowhere": {}}})", "per_chain_guardrails.nowhere"},
        {R"({"per_chain_guardrails": {"base": {}, "8453": {}}})", "twice"},
        {R"({"per_chain_guardrails": {"base": {"maxvalue": "1"}}})",
         "per_chain_guardrails.base.maxvalue"},
        {R"({"per_chain_guardrails": {"base": {"max_value": 1}}})",
         "per_chain_guardrails.base.max_value"},
        {R"({"per_chain_guardrails": {"base": {"to_allowlist": ["x"]}}})",
         "per_chain_guardrails.base.to_allowlist"},
        {R"({"per_chain_guardrails": {"base": {"max_fee_per_gas_gwei": "0.0000000001"}}})",
         "max_fee_per_gas_gwei"},
        {R"({"per_chain_guardrails": {"base": {"max_fee_per_gas_gwei": 1.5}}})",
         "max_fee_per_gas_gwei"},
        {R"({"per_chain_guardrails": {"base": {"max_gas_limit": "1"}}})", "max_gas_limit"},
        {R"({"per_chain_guardrails": {"base": {"overhead_budget": "1", "gas_daily_budget_native": "2"}}})",
         "overhead_budget"},
        {R"({"per_chain_guardrails": {"base": {"overhead_budget": "1"}}, "tx_overhead_budget": {"base": "2"}})",
         "tx_overhead_budget.base"},
    };
    for (const auto& [request, names] : lines)
        expect_invalid(request, names);
}

TEST(apply_guardrails, keeps_the_reason_of_a_wrong_address) {
    const auto rules = apply_guardrails(
        {}, parse(R"({"tx_to_allowlist": ["0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02914"]})"),
        resolve);
    ASSERT_FALSE(rules);
    EXPECT_EQ(rules.error().reason, "E_ADDRESS_CHECKSUM");
}

TEST(apply_guardrails, takes_gwei_as_a_string_or_an_integer) {
    const auto of = [](const std::string& value) {
        return apply(
                   R"({"per_chain_guardrails": {"base": {"max_fee_per_gas_gwei": )" + value + "}}}")
            .per_chain.at(8453)
            .second.max_fee_per_gas;
    };
    EXPECT_EQ(of("\"0.000000001\""), test::wei(1));
    EXPECT_EQ(of("2"), test::wei(2'000'000'000));
    EXPECT_EQ(of("null"), std::nullopt);
}

TEST(apply_guardrails, a_fee_budget_is_never_lost_by_accident) {
    const auto budget = [](const Guardrails& rules, std::uint64_t chain) {
        const auto found = rules.per_chain.find(chain);
        return found == rules.per_chain.end() ? std::nullopt : found->second.second.overhead_budget;
    };
    const auto base = apply(R"({"tx_overhead_budget": {"base": "0.01"}})");
    EXPECT_EQ(budget(base, 8453), ether("0.01"));
    EXPECT_EQ(
        budget(apply(R"({"per_chain_guardrails": {"base": {"max_value": "1"}}})", base), 8453),
        ether("0.01"));
    EXPECT_EQ(budget(apply(R"({"per_chain_guardrails": null})", base), 8453), ether("0.01"));
    EXPECT_EQ(
        budget(
            apply(
                R"({"per_chain_guardrails": {"base": {"gas_daily_budget_native": "0.02"}}})", base),
            8453),
        ether("0.02"));
    EXPECT_EQ(
        budget(
            apply(R"({"per_chain_guardrails": {"base": {"overhead_budget": null}}})", base), 8453),
        std::nullopt);
    EXPECT_EQ(apply(R"({"tx_overhead_budget": {}})", base), Guardrails{});
    const auto moved = apply(R"({"tx_overhead_budget": {"mainnet": "1"}})", base);
    EXPECT_EQ(budget(moved, 8453), std::nullopt);
    EXPECT_EQ(budget(moved, 1), ether("1"));
}

TEST(to_api_json, gives_back_what_a_client_sent) {
    EXPECT_EQ(to_api_json(Guardrails{}), Json::object());
    auto sent = parse(kEverything);
    EXPECT_EQ(to_api_json(apply(kEverything)), sent);
    EXPECT_EQ(to_api_json(apply(R"({"tx_max_value": "1.500"})"))["tx_max_value"], "1.5")
        << "amounts are canonical";
    EXPECT_EQ(apply(to_api_json(apply(kEverything)).dump()), apply(kEverything));
    const std::string bare = R"({"per_chain_guardrails":{"base":{}}})";
    EXPECT_EQ(to_api_json(apply(bare)).dump(), bare);
}

TEST(storage, round_trips) {
    auto rules = apply(kEverything);
    rules.everywhere.overhead_budget = Wei{U256::max()};
    rules.everywhere.max_fee_per_gas = test::wei(1);
    rules.everywhere.max_gas_limit = Gas{~std::uint64_t{0}};
    rules.everywhere.max_per_day = ~std::uint64_t{0};
    for (const auto& value : {Guardrails{}, rules}) {
        const auto read = from_storage(to_storage(value));
        ASSERT_TRUE(read.has_value()) << read.error().detail;
        EXPECT_EQ(*read, value);
    }
}

TEST(storage, refuses_anything_that_was_not_written_so) {
    const auto whole = parse(to_storage(apply(kEverything)));
    EXPECT_FALSE(from_storage("").has_value());
    EXPECT_FALSE(from_storage("[]").has_value());
    EXPECT_FALSE(from_storage("{}").has_value());
    for (const auto& [member, value] : whole.items()) {
        auto cut = whole;
        cut.erase(member);
        EXPECT_FALSE(from_storage(cut.dump()).has_value()) << member;
    }
    const std::vector<std::pair<std::string, Json>> changes{
        {"/more", 1},
        {"/everywhere/more", 1},
        {"/everywhere/max_value", "-1"},
        {"/everywhere/max_value", 1},
        {"/everywhere/max_value", nullptr},
        {"/everywhere/max_per_day", "1"},
        {"/everywhere/max_gas_limit", nullptr},
        {"/everywhere/to", "x"},
        {"/everywhere/to/0", "x"},
        {"/everywhere/token/0", 1},
        {"/allowed_chains/0", 1},
        {"/allowed_chains/0/id", -1},
        {"/allowed_chains/0/name", nullptr},
        {"/per_chain/0/id", 8453},
        {"/per_chain/0/limits", nullptr},
    };
    for (const auto& [pointer, value] : changes) {
        auto changed = whole;
        changed[Json::json_pointer(pointer)] = value;
        const auto read = from_storage(changed.dump());
        ASSERT_FALSE(read.has_value()) << pointer;
        EXPECT_EQ(read.error().code, ErrorCode::internal);
    }
}

}  // namespace
}  // namespace chela::policy
