#include "sidecar/flow/simulation_body.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "tests/policy/build.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {
namespace {

namespace simulation = chains::simulation;
using test::address;

const Address kSelf = address(0x51);
const Address kAlice = address(0xa1);

chains::Chain base() {
    chains::Chain chain;
    chain.name = "base";
    chain.native_currency = "ETH";
    return chain;
}

Simulated payment() {
    Simulated out;
    out.id = "id";
    out.result.outcome = simulation::Outcome::success;
    out.result.provider = simulation::Provider::tenderly;
    out.result.gas_used = Gas{21'000};
    out.result.native_moves = {{kSelf, kAlice, Wei{U256{5}}}};
    out.changes = *simulation::balance_changes(out.result);
    return out;
}

Json body_of(const Simulated& simulated) {
    return simulation_body(simulated, {}, base(), test::kNow);
}

TEST(simulation_body, has_the_published_members_and_what_else_is_known) {
    auto simulated = payment();
    simulated.transaction_digest = Hash256{};
    simulated.result.block_number = BlockNumber{16};
    simulated.result.block_hash = BlockHash{};
    simulated.result.pinning = simulation::Pinning::by_hash;
    simulated.result.provider_url = "https://dashboard.tenderly.co/a/b/simulator/c";
    const auto body = body_of(simulated);
    const auto zeros = "0x" + std::string(64, '0');
    EXPECT_EQ(body["simulation_id"], "id");
    EXPECT_EQ(body["status"], "success");
    EXPECT_EQ(body["gas_used"], 21'000);
    EXPECT_EQ(body["provider"], "tenderly");
    EXPECT_EQ(body["degraded"], false);
    EXPECT_EQ(body["block_number"], 16);
    EXPECT_EQ(body["block_hash"], zeros);
    EXPECT_EQ(body["pinned_by"], "hash");
    EXPECT_EQ(body["transaction_digest"], zeros);
    EXPECT_EQ(body["tenderly_dashboard_url"], "https://dashboard.tenderly.co/a/b/simulator/c");
    ASSERT_EQ(body["balance_changes"].size(), 2U);
    EXPECT_EQ(
        body["asset_changes"], Json::array({Json{
                                   {"type", "native"},
                                   {"token", "native"},
                                   {"from", to_checksum(kSelf)},
                                   {"to", to_checksum(kAlice)},
                                   {"amount", "5"}}}));
    EXPECT_EQ(body["approvals"], Json::array());
    EXPECT_FALSE(body.contains("error"));
}

TEST(simulation_body, is_small_whatever_a_contract_returns) {
    auto simulated = payment();
    simulated.result.outcome = simulation::Outcome::reverted;
    simulated.result.return_data.assign(3'000'000, 0xab);
    simulated.result.native_moves.assign(5'000, {kSelf, kAlice, Wei{U256{5}}});
    const auto body = body_of(simulated);
    EXPECT_EQ(body["return_data"].get<std::string>().size(), 2U + 2 * 1'024);
    EXPECT_EQ(body["return_data_bytes"], 3'000'000);
    EXPECT_LE(body["asset_changes"].size(), 100U);
    EXPECT_LT(body.dump().size(), 64U * 1'024);
}

TEST(simulation_body, leaves_out_what_is_not_known) {
    const auto body = body_of(payment());
    EXPECT_EQ(body["block_number"], nullptr);
    EXPECT_EQ(body["block_hash"], nullptr);
    EXPECT_EQ(body["transaction_digest"], nullptr);
    EXPECT_EQ(body["pinned_by"], "none");
    EXPECT_FALSE(body.contains("tenderly_dashboard_url"));
    EXPECT_FALSE(body["balance_changes"][0].contains("before"));
}

TEST(simulation_body, tells_balances_before_and_after_where_the_state_is_known) {
    auto simulated = payment();
    simulation::AccountChange account;
    account.account = kSelf;
    account.balance = simulation::Change<Wei>{Wei{U256{100}}, Wei{U256{74}}};  // fees included
    simulated.result.state_diff = simulation::StateDiff{account};
    for (const auto& change : body_of(simulated)["balance_changes"]) {
        if (change["address"] != to_checksum(kSelf)) {
            EXPECT_FALSE(change.contains("before"));
            continue;
        }
        EXPECT_EQ(change["before"], "100");
        EXPECT_EQ(change["after"], "95");
        EXPECT_EQ(change["change"], "-5");
        EXPECT_EQ(change["token_symbol"], "ETH");
    }
}

TEST(simulation_body, names_ids_and_approvals) {
    const auto word = [](const Address& account) {
        Hash256 out;
        std::ranges::copy(account.bytes, out.bytes.begin() + 12);
        return out;
    };
    auto simulated = payment();
    const auto topic = [](const char* text) { return *parse_fixed<Hash256>(text); };
    const Hash256 id{U256{77}.to_big_endian()};
    simulated.result.logs = {
        {kAlice,
         {topic("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"), word(kSelf),
          word(kAlice), id},
         {}},
        {kAlice,
         {topic("0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925"), word(kSelf),
          word(kAlice)},
         Bytes(32, 0xff)}};
    simulated.changes = *simulation::balance_changes(simulated.result);
    const auto body = body_of(simulated);
    EXPECT_EQ(body["asset_changes"][1]["type"], "erc721");
    EXPECT_EQ(body["asset_changes"][1]["token_id"], "77");
    EXPECT_EQ(
        body["approvals"], Json::array({Json{
                               {"type", "allowance"},
                               {"token", to_checksum(kAlice)},
                               {"owner", to_checksum(kSelf)},
                               {"spender", to_checksum(kAlice)},
                               {"granted", true},
                               {"amount", to_decimal(U256::max())}}}));
}

TEST(simulation_body, of_a_revert_tells_why) {
    Simulated simulated;
    simulated.result.outcome = simulation::Outcome::reverted;
    simulated.result.error = "execution reverted";
    simulated.revert_reason = "no money";
    const auto body = body_of(simulated);
    EXPECT_EQ(body["status"], "reverted");
    EXPECT_EQ(body["error"], "execution reverted");
    EXPECT_EQ(body["error_code"], "E_WOULD_REVERT");
    EXPECT_EQ(body["error_human_readable"], "no money");
    EXPECT_EQ(body["revert_reason"], "no money");
}

}  // namespace
}  // namespace chela::sidecar::flow
