#include "chains/simulation/tenderly.hpp"

#include "chains/abi/revert_reason.hpp"
#include "chains/base/hex.hpp"
#include "chains/simulation/tenderly_trace.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

using Texts = std::vector<std::string>;
constexpr BlockNumber kBlock{16};

std::string vector(const std::string& name) {
    std::ifstream in{
        std::filesystem::path{CHELA_VECTORS_DIR} / "tenderly" / (name + ".json"), std::ios::binary};
    EXPECT_TRUE(in) << name;
    return {std::istreambuf_iterator<char>{in}, {}};
}
/// The vector with one text put in the place of another, which must be there.
std::string changed(const std::string& name, const std::string& from, const std::string& to) {
    auto text = vector(name);
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

Texts amounts(const SimulationResult& result) {
    Texts out;
    for (const auto& move : result.native_moves)
        out.push_back(to_decimal(move.amount.value));
    return out;
}

template <class T>
void expect_refused(const Result<T>& result, ErrorCode code, const std::string& reason) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code) << result.error().detail;
    EXPECT_EQ(result.error().reason, reason) << result.error().detail;
}

TEST(tenderly_body, says_amounts_as_decimal_texts_and_gas_as_a_number) {
    node::CallRequest call;
    call.from.bytes.fill(0xa1);
    call.to = Address{};
    call.value = Wei{U256::max()};
    call.data = {0xab};
    call.gas = Gas{21'000};
    call.max_fee_per_gas = Wei{U256{7}};
    call.max_priority_fee_per_gas = Wei{U256{1}};
    const Json expected = {
        {"network_id", "8453"},
        {"block_number", 16},
        {"from",
         "0x" + std::string(40, 'a').replace(0, 40, "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1")},
        {"to", "0x" + std::string(40, '0')},
        {"input", "0xab"},
        {"value", to_decimal(U256::max())},
        {"gas", 21'000},
        {"gas_price", "7"},
        {"simulation_type", "full"},
        {"save", true},
        {"save_if_fails", true}};
    EXPECT_EQ(tenderly_body(ChainId{8453}, call, kBlock), expected);
    const std::vector<node::CallRequest> calls{call, call};
    EXPECT_EQ(
        tenderly_bundle_body(ChainId{8453}, calls, kBlock),
        (Json{{"simulations", Json::array({expected, expected})}}));
}

TEST(tenderly_answer, shows_logs_and_what_calls_paid) {
    const auto result = read_tenderly(vector("success"), 200, kBlock);
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->outcome, Outcome::success);
    EXPECT_EQ(result->provider, Provider::tenderly);
    EXPECT_FALSE(result->degraded);
    EXPECT_EQ(result->gas_used, Gas{46'101});
    EXPECT_EQ(amounts(*result), (Texts{"100", "50"}))
        << "jumps, delegate calls and what was undone pay nobody";
    ASSERT_EQ(result->logs.size(), 1U);
    EXPECT_EQ(result->pinning, Pinning::by_number);
    EXPECT_EQ(result->block_number, kBlock);
    EXPECT_FALSE(result->block_hash);
    EXPECT_EQ(result->provider_id, "1b8a2e4c-0d8b-4c1e-9d53-2f4f5a1f7a10");
}

TEST(tenderly_answer, a_revert_keeps_its_bytes_and_words) {
    const auto result = read_tenderly(vector("reverted"), 200, kBlock);
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->outcome, Outcome::reverted);
    EXPECT_EQ(abi::revert_reason(result->return_data), "no money");
    EXPECT_EQ(result->error, "execution reverted: no money");
    EXPECT_TRUE(result->native_moves.empty());
}

TEST(tenderly_answer, a_failure_is_never_a_success_whatever_the_status) {
    for (const unsigned status : {200U, 400U, 500U}) {
        expect_refused(
            read_tenderly(vector("failure_funds"), status, kBlock), ErrorCode::unavailable,
            "E_TENDERLY_REFUSED");
    }
    for (const unsigned status : {401U, 403U, 404U}) {
        expect_refused(
            read_tenderly(vector("failure_access"), status, kBlock), ErrorCode::denied,
            "E_TENDERLY_ACCESS");
    }
    expect_refused(
        read_tenderly(vector("success"), 500, kBlock), ErrorCode::unavailable,
        "E_TENDERLY_REFUSED");
    expect_refused(
        read_tenderly("<html>", 502, kBlock), ErrorCode::unavailable, "E_TENDERLY_REFUSED");
}

TEST(tenderly_answer, what_contradicts_itself_is_refused) {
    const std::vector<std::pair<std::string, std::string>> edits{
        {R"("block_number": 16,)", R"("block_number": 15,)"},
        {R"("status": true,)", R"("status": false,)"},
        {R"("status": true,)", R"("status": "0x1",)"},
        {R"("gas_used": 46101,)", R"("gas_used": -1,)"},
        {R"("call_trace")", R"("no_trace")"},
        {R"("output": "0x",)", R"("output": "0x", "error": "out of gas",)"},
        {R"("value": 50,)", R"("value": 5e1,)"},
        {R"("value": 50,)", R"("value": "fifty",)"},
        {R"("value": 50,)", R"("value": 51,)"},
        {R"("original": "0")", R"("original": "999")"},
        {R"("raw")", R"("cooked")"},
        {R"("simulation": {)", R"("simulation": )"}};
    for (const auto& [from, to] : edits) {
        const auto result = read_tenderly(changed("success", from, to), 200, kBlock);
        ASSERT_FALSE(result.has_value()) << from << " > " << to;
        EXPECT_EQ(result.error().code, ErrorCode::bad_response) << from << " > " << to;
        EXPECT_EQ(result.error().reason, "E_TENDERLY_ANSWER");
    }
}

TEST(tenderly_answer, an_id_that_is_none_is_left_out) {
    const auto result = read_tenderly(
        changed("success", "1b8a2e4c-0d8b-4c1e-9d53-2f4f5a1f7a10", "../../evil?x"), 200, kBlock);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->provider_id, "");
}

TEST(tenderly_bundle, has_one_result_for_each) {
    const auto results = read_tenderly_bundle(vector("bundle_success"), 200, kBlock, 2);
    ASSERT_TRUE(results) << results.error().detail;
    EXPECT_EQ(results->size(), 2U);
}

TEST(tenderly_bundle, what_comes_after_a_failure_did_not_run) {
    const auto results = read_tenderly_bundle(vector("bundle_stopped"), 200, kBlock, 4);
    ASSERT_TRUE(results) << results.error().detail;
    ASSERT_EQ(results->size(), 4U);
    EXPECT_EQ(results->at(0).outcome, Outcome::success);
    EXPECT_EQ(results->at(1).outcome, Outcome::reverted);
    for (const std::size_t i : {2U, 3U}) {
        EXPECT_EQ(results->at(i).outcome, Outcome::error);
        EXPECT_NE(results->at(i).error.find("did not run"), std::string::npos);
    }
}

TEST(tenderly_bundle, of_another_length_is_refused) {
    for (const std::size_t calls : {1U, 3U}) {
        expect_refused(
            read_tenderly_bundle(vector("bundle_success"), 200, kBlock, calls),
            ErrorCode::bad_response, "E_TENDERLY_ANSWER");
    }
    expect_refused(
        read_tenderly_bundle(R"({"simulation_results":[]})", 200, kBlock, 1),
        ErrorCode::bad_response, "E_TENDERLY_ANSWER");
    expect_refused(
        read_tenderly_bundle(vector("success"), 200, kBlock, 1), ErrorCode::bad_response,
        "E_TENDERLY_ANSWER");
}

TEST(tenderly_amount, is_exact_however_it_is_written) {
    const auto read = [](const std::string& text) {
        const auto json = parse_json(text, {.max_depth = 4, .big_integers = BigIntegers::as_text});
        EXPECT_TRUE(json) << text;
        return tenderly::read_amount(*json);
    };
    const auto most = to_decimal(U256::max());
    EXPECT_EQ(read(most), U256::max());
    EXPECT_EQ(read('"' + most + '"'), U256::max());
    EXPECT_EQ(read("\"0x" + std::string(64, 'f') + '"'), U256::max());
    EXPECT_EQ(read("18446744073709551616"), U256({0, 1, 0, 0}));
    EXPECT_EQ(read("0"), U256{});
    EXPECT_EQ(read("null"), U256{});
    EXPECT_EQ(read("\"0x\""), U256{});
    EXPECT_EQ(read("\"0x00ff\""), U256{255});
    for (const char* text :
         {"-1", "1.0", "1e3", "\"\"", "\"-1\"", "\"1.5\"", "\"0xg\"", "true", "[]",
          "-99999999999999999999"}) {
        EXPECT_FALSE(read(text)) << text;
    }
    EXPECT_FALSE(read(most + "0"));
}

}  // namespace
}  // namespace chela::chains::simulation
