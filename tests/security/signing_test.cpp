// A23, A24: requests that two readers understand differently, and requests that come twice.
#include "tests/security/support/world.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

std::string with_value(const std::string& json_value) {
    return fmt::format(R"({{"chain":"anvil","to":"{}","value":{}}})", kPayee, json_value);
}

std::string with_to(const std::string& to) {
    return fmt::format(R"({{"chain":"anvil","to":{},"value":"0.01"}})", to);
}

TEST(a23, ambiguous_json_is_refused_and_signs_nothing) {
    const std::string good = payment(kPayee, "0.01").dump();
    const std::string payee = kPayee;
    const std::vector<std::string> bodies{
        // Members twice, in any spelling
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","value":"0.4"})",
        R"({"chain":"anvil","to":")" + payee + R"(","to":")" + kStranger + R"(","value":"0.01"})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","\u0076alue":"0.4"})",
        R"({"chain":"anvil","to":")" + payee + R"(","Value":"0.01"})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","vaIue":"0.4"})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","value ":"0.4"})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","__proto__":{"value":"0.4"}})",
        // Numbers
        with_value("1e-2"), with_value("0.01"), with_value("1"), with_value("\"1e3\""),
        with_value("\"0x10\""), with_value("\"-0.01\""), with_value("\"+0.01\""),
        with_value("\" 0.01\""), with_value("\"0.01 \""), with_value("\"0,01\""),
        with_value("\"1_000\""), with_value("\".01\""), with_value("\"1.\""),
        with_value("\"0.0000000000000000001\""), with_value("\"NaN\""), with_value("\"Infinity\""),
        with_value("NaN"), with_value("-0"), with_value("\"\xef\xbc\x91\""),
        with_value("\"\xd9\xa1\""), with_value("\"00.01\""), with_value("[\"0.01\"]"),
        with_value("{\"eth\":\"0.01\"}"), with_value("true"), with_value("\"\""),
        with_value("\"1157920892373161954235709850086879078532699846656405640394575840079131296400"
                   "000000000\""),
        // Addresses
        with_to("\"" + payee.substr(0, 41) + "\""), with_to("\"" + payee + "0\""),
        with_to("\"" + payee.substr(2) + "\""), with_to("\"0X" + payee.substr(2) + "\""),
        with_to("\"0x70997970c51812DC3A010C7D01B50E0D17DC79C8\""), with_to("\" " + payee + "\""),
        with_to("\"" + payee.substr(0, 41) + "\xd0\xa1\""), with_to("\"vitalik.eth\""),
        with_to("[\"" + payee + "\"]"), with_to("0"),
        // Documents
        good + "x", good + good, "[" + good + "]", "\xef\xbb\xbf" + good, good.substr(1), "",
        "null", "1", "\"x\"", "{", "{}}", R"({'chain':'anvil'})", "{/**/}", R"({"chain":"anvil",})",
        R"({"chain":"anvil"}//)", "{\"chain\":\"an\xffvil\"}", R"({"chain":"an\u0000vil"})",
        R"({"chain":"\ud800"})", std::string(100'000, '{'),
        // Chains by another name
        R"({"chain":31337.0,"to":")" + payee + R"(","value":"0.01"})",
        R"({"chain":"anvil ","to":")" + payee + R"(","value":"0.01"})",
        // Quantities
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","nonce":-1})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","nonce":1.5})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","nonce":"0x0"})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","gas_limit":1e5})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","data":"0x1"})",
        R"({"chain":"anvil","to":")" + payee + R"(","value":"0.01","data":"zz"})"};
    for (const auto& body : bodies) {
        const auto answer = world().ask("POST", world().transactions(), body);
        EXPECT_TRUE(answer.status >= 400 && answer.status < 500)
            << answer.status << " for " << body.substr(0, 200) << "\n"
            << answer.body;
    }
    EXPECT_EQ(world().sent(), 0U) << "nothing of this was signed";
}

TEST(a23, ambiguous_json_rpc_is_refused_and_signs_nothing) {
    const auto send = [](const std::string& fields) {
        return R"({"jsonrpc":"2.0","id":1,"method":"eth_sendTransaction","params":[{"from":")" +
               world().agent.address + "\"," + fields + "}]}";
    };
    const std::string to = std::string{R"("to":")"} + kPayee + "\"";
    for (
        const auto& body :
        {send(to + R"(,"value":"1")"), send(to + R"(,"value":1)"), send(to + R"(,"value":"0x")"),
         send(to + R"(,"value":"0x01")"), send(to + R"(,"value":"0X1")"),
         send(to + R"(,"value":"-0x1")"), send(to + R"(,"value":"0x1","value":"0x2")"),
         send(to + R"(,"value":"0x1)" + std::string(64, '0') + "\""),
         send(to + R"(,"value":"0x1","data":"0x01","input":"0x02")"),
         send(to + R"(,"value":"0x1","gas":"1e5")"), send(to + R"(,"value":"0x1","chainId":"0x1")"),
         send(to + R"(,"value":"0x1","unknown":"0x1")"),
         send(R"("to":"0x70997970c51812DC3A010C7D01B50E0D17DC79C8","value":"0x1")"),
         std::string{
             R"({"jsonrpc":"2.0","id":1,"method":"eth_accounts","method":"eth_sendTransaction","params":[]})"},
         std::string{R"({"jsonrpc":"1.0","id":1,"method":"eth_sendTransaction","params":[]})"},
         std::string{R"({"jsonrpc":"2.0","id":{"a":1},"method":"eth_accounts","params":[]})"},
         std::string{R"({"jsonrpc":"2.0","id":1,"method":["eth_accounts"],"params":[]})"}}) {
        const auto answer = world().ask("POST", "/rpc", body);
        const auto json = answer.json();
        ASSERT_TRUE(json) << answer.body;
        EXPECT_TRUE(json->contains("error")) << body << json->dump();
    }
    EXPECT_EQ(world().sent(), 0U);
}

TEST(a24, replay_of_a_request_is_the_same_transaction) {
    const World own;
    const Headers key{{"Idempotency-Key", "invoice-42"}};
    std::set<std::string> hashes;
    std::mutex mutex;
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 20; ++i) {
            callers.emplace_back([&] {
                const auto answer =
                    own.ask("POST", own.transactions(), payment(kPayee, "0.1").dump(), key);
                EXPECT_TRUE(answer.status == 200 || answer.status == 201 || answer.status == 409)
                    << answer.status;
                if (answer.status >= 300) return;
                const std::lock_guard lock{mutex};
                hashes.insert(text(json_of(answer).at("tx_hash")));
            });
        }
    }
    EXPECT_EQ(hashes.size(), 1U);
    EXPECT_TRUE(eventually([&] { return own.sent() == 1; }, std::chrono::seconds{10}));
    const auto other = own.ask("POST", own.transactions(), payment(kPayee, "0.2").dump(), key);
    EXPECT_EQ(other.status, 409U);
    EXPECT_EQ(json_of(other)["code"], "E_IDEMPOTENCY_MISMATCH");
    EXPECT_EQ(own.sent(), 1U);
}

TEST(a24, replay_after_a_kill_between_signature_and_answer_pays_once) {
    World own;
    std::uint64_t paid = 0;
    for (int round = 0; round < 4; ++round) {
        const Headers key{{"Idempotency-Key", fmt::format("round-{}", round)}};
        const auto body = payment(kPayee, "0.1").dump();
        const auto before = own.sent();
        std::jthread caller{[&] {
            // Its answer may or may not come: the process dies under it.
            Headers headers = key;
            headers.emplace_back("X-Chela-Token", kClientToken);
            static_cast<void>(own.sidecar.tcp().request("POST", own.transactions(), headers, body));
        }};
        // The node has the bytes, so they are signed; or, every other time, as soon as can be.
        if (round % 2 == 0) {
            EXPECT_TRUE(eventually([&] { return own.sent() > before; }, std::chrono::seconds{10}));
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds{20 * round});
        }
        own.sidecar.kill();
        caller.join();
        own.sidecar.start();
        HttpAnswer again;
        // What held no nonce yet has ended, and its key says so for ever.
        const auto was_interrupted = [&] {
            return again.body.find("E_INTERRUPTED") != std::string::npos;
        };
        ASSERT_TRUE(eventually(
            [&] {
                again = own.ask("POST", own.transactions(), body, key);
                // What kept its nonce is signed in a moment.
                const bool is_signed = again.body.find("\"tx_hash\"") != std::string::npos;
                return (is_signed && (again.status == 200 || again.status == 201)) ||
                       was_interrupted();
            },
            std::chrono::seconds{30}))
            << again.body;
        const bool is_paid = !was_interrupted();
        EXPECT_TRUE(is_paid || round % 2 != 0) << "the node had it, so it is signed";
        paid += is_paid ? 1 : 0;
        EXPECT_TRUE(eventually([&] { return own.sent() == paid; }, std::chrono::seconds{20}));
        if (!is_paid) continue;
        const auto receipt = must(own.anvil->rpc(
            "eth_getTransactionReceipt", Json::array({json_of(again).at("tx_hash")})));
        EXPECT_FALSE(receipt.is_null()) << "the transaction that is answered is the one on chain";
    }
    EXPECT_GE(paid, 2U);
    EXPECT_EQ(own.sent(), paid);
}

}  // namespace
}  // namespace chela::test::security
