#include "sidecar/api/chain_request.hpp"

#include "tests/sidecar/api/fixture.hpp"

namespace chela::sidecar::api {
namespace {

using namespace std::chrono_literals;
using test::json;
using Kind = ChainRequestKind;

Result<store::ChainRecord> created(const std::string& text) {
    store::ChainRecord record;
    if (auto ok = apply_chain_request(record, json(text), Kind::create); !ok)
        return std::unexpected{ok.error()};
    return record;
}

Result<store::ChainRecord> updated(store::ChainRecord record, const std::string& text) {
    if (auto ok = apply_chain_request(record, json(text), Kind::update); !ok)
        return std::unexpected{ok.error()};
    return record;
}

constexpr const char* kEverything = R"({
    "name": "zone", "display_name": "Zone", "chain_id": 4242, "rpc_url": "https://node.example/k",
    "ws_url": "wss://node.example/k", "explorer_url": "https://zone.example",
    "native_currency": "ZON", "is_testnet": true, "is_enabled": false,
    "max_fee_per_transaction": "0.5 ZON", "confirmations": 7, "finality": "finalized",
    "has_eip1559": false, "block_time_ms": 250})";

TEST(chain_request, reads_every_member) {
    const auto record = created(kEverything);
    ASSERT_TRUE(record.has_value()) << record.error().detail;
    EXPECT_EQ(record->chain.name, "zone");
    EXPECT_EQ(record->chain.display_name, "Zone");
    EXPECT_EQ(record->chain.chain_id, ChainId{4242});
    EXPECT_EQ(record->rpc_url, "https://node.example/k");
    EXPECT_EQ(record->ws_url, "wss://node.example/k");
    EXPECT_EQ(record->chain.explorer_url, "https://zone.example");
    EXPECT_EQ(record->chain.native_currency, "ZON");
    EXPECT_TRUE(record->chain.is_testnet);
    EXPECT_FALSE(record->chain.is_enabled);
    EXPECT_EQ(record->max_fee_per_transaction, Wei{U256{500'000'000'000'000'000U}});
    EXPECT_EQ(record->chain.confirmations, 7U);
    EXPECT_EQ(record->chain.finality, chains::Finality::finalized_tag);
    EXPECT_FALSE(record->chain.has_eip1559);
    EXPECT_EQ(record->chain.block_time, 250ms);
}

TEST(chain_request, has_the_published_defaults) {
    const auto record = created(R"({"name": "zone", "display_name": "Zone", "chain_id": 4242})");
    ASSERT_TRUE(record.has_value()) << record.error().detail;
    EXPECT_EQ(record->chain.native_currency, "ETH");
    EXPECT_FALSE(record->chain.is_testnet);
    EXPECT_TRUE(record->chain.is_enabled);
    EXPECT_EQ(record->max_fee_per_transaction, std::nullopt);
    EXPECT_EQ(record->rpc_url, "");
}

TEST(chain_request, of_a_well_known_chain_needs_its_name_or_id_alone) {
    const auto by_name = created(R"({"name": "metis"})");
    ASSERT_TRUE(by_name.has_value()) << by_name.error().detail;
    EXPECT_EQ(by_name->chain.chain_id, ChainId{1088});
    EXPECT_EQ(by_name->chain.display_name, "Metis");
    EXPECT_EQ(by_name->chain.native_currency, "METIS");
    EXPECT_FALSE(by_name->chain.has_eip1559);
    const auto by_id = created(R"({"name": "ours", "chain_id": 1, "confirmations": 3})");
    ASSERT_TRUE(by_id.has_value()) << by_id.error().detail;
    EXPECT_EQ(by_id->chain.display_name, "Ethereum");
    EXPECT_EQ(by_id->chain.finality, chains::Finality::depth) << "who says how deep means it";
    EXPECT_EQ(created(R"({"name": "ethereum"})")->chain.finality, chains::Finality::finalized_tag);
}

TEST(chain_request, of_a_known_name_with_another_id_is_a_mistake) {
    test::expect_refused(
        created(R"({"name": "base", "chain_id": 1, "display_name": "Base"})"),
        ErrorCode::invalid_input, "E_CHAIN_NAME", "chain id 8453, not 1");
}

TEST(chain_request, must_say_which_chain) {
    test::expect_refused(
        created(R"({"chain_id": 4242})"), ErrorCode::invalid_input, "E_FIELD_REQUIRED", "name");
    test::expect_refused(
        created(R"({"name": "zone"})"), ErrorCode::invalid_input, "E_FIELD_REQUIRED", "chain_id");
}

TEST(chain_request, changes_what_it_names_and_nothing_else) {
    const auto before = created(kEverything);
    ASSERT_TRUE(before.has_value());
    EXPECT_EQ(*updated(*before, "{}"), *before);
    const auto after = updated(*before, R"({"is_enabled": true, "rpc_url": ""})");
    ASSERT_TRUE(after.has_value()) << after.error().detail;
    auto expected = *before;
    expected.chain.is_enabled = true;
    expected.rpc_url.clear();
    EXPECT_EQ(*after, expected);
}

TEST(chain_request, never_makes_another_chain_of_one) {
    const auto before = created(kEverything);
    for (const char* text : {R"({"name": "base"})", R"({"chain_id": 1})", R"({"id": "x"})"})
        EXPECT_EQ(updated(*before, text).error().reason, "E_UNKNOWN_FIELD") << text;
}

TEST(chain_request, reads_the_fee_limit_in_the_currency_that_the_chain_then_has) {
    const auto before = created(kEverything);
    const auto after =
        updated(*before, R"({"native_currency": "NEW", "max_fee_per_transaction": "1 NEW"})");
    ASSERT_TRUE(after.has_value()) << after.error().detail;
    for (const char* limit : {"1 ETH", "1", "1 zon", "-1 ZON", "1e3 ZON"}) {
        test::expect_refused(
            updated(*before, R"({"max_fee_per_transaction": ")" + std::string{limit} + "\"}"),
            ErrorCode::invalid_input, "E_CHAIN_FEE_LIMIT", "max_fee_per_transaction");
    }
    test::expect_refused(
        updated(*before, R"({"max_fee_per_transaction": 1})"), ErrorCode::invalid_input,
        "E_FIELD_TYPE", "max_fee_per_transaction");
}

TEST(chain_request, refuses_other_types_and_words) {
    const auto before = created(kEverything);
    for (const char* text :
         {R"({"is_enabled": "false"})", R"({"rpc_url": 1})", R"({"confirmations": -1})",
          R"({"has_eip1559": 0})"})
        EXPECT_EQ(updated(*before, text).error().reason, "E_FIELD_TYPE") << text;
    test::expect_refused(
        updated(*before, R"({"finality": "soon"})"), ErrorCode::invalid_input, "E_CHAIN_FIELD",
        "finality");
    test::expect_refused(
        updated(*before, R"({"is_enable": false})"), ErrorCode::invalid_input, "E_UNKNOWN_FIELD",
        "is_enable");
}

TEST(chain_request, keeps_an_absurd_block_time_absurd) {
    const auto after = updated(*created(kEverything), R"({"block_time_ms": 18446744073709551615})");
    ASSERT_TRUE(after.has_value()) << after.error().detail;
    EXPECT_GT(after->chain.block_time, 1h);
}

}  // namespace
}  // namespace chela::sidecar::api
