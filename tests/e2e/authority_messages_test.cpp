// Messages and typed data of identities whose authority is elsewhere.
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/preimage/preimage.hpp"
#include "tests/e2e/support/front.hpp"
#include "tests/e2e/support/scripted_authority.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::test {
namespace {

using chains::PersonalMessage;
using chains::Preimage;
using sidecar::http::json_response;
using testing::HasSubstr;
using testing::Not;
using Route = ScriptedAuthority::Route;
using Call = ScriptedAuthority::Call;

constexpr const char* kToken = "0x7070707070707070707070707070707070707070";

/// Messages that begin with "hello" or "0x", and permits of one token.
constexpr const char* kGreeter = R"(schema: chela.policy/1
id: greeter
version: 1
assets:
  usdc@31337: {address: "0x7070707070707070707070707070707070707070", decimals: 6}
budgets:
  usdc-day: {asset: usdc@31337, limit: "100 USDC", window: 24h}
envelope: {chains: [31337, 31338], operations: [personal_message, typed_data]}
permit:
  - {id: greet, effect: message, where: {text: {starts_with: "hello"}}}
  - {id: hex, effect: message, where: {text: {starts_with: "0x"}}}
  - {id: allow, effect: grant, where: {asset: usdc@31337, owner: self}, charge: usdc-day}
)";

void use_greeter(const Sidecar& sidecar) {
    const auto path = sidecar.dir() / "greeter.yaml";
    std::ofstream{path} << kGreeter;
    std::filesystem::permissions(path, std::filesystem::perms{0600});
    const auto done = sidecar.cli({"policy", "activate", path.string(), "--yes"});
    if (done.status.code != 0) throw std::runtime_error{done.err};
}

Json greeting(const std::string& message, const char* encoding = nullptr) {
    Json body = {{"intent_type", "personal_sign"}, {"chain", "anvil"}, {"message", message}};
    if (encoding != nullptr) body["message_encoding"] = encoding;
    return body;
}

/// EIP-2612. @param amount  base units of USDC
Json permit(const std::string& owner, const std::string& amount = "1000000") {
    const auto field = [](const char* name, const char* type) {
        return Json{{"name", name}, {"type", type}};
    };
    return {
        {"types",
         {{"Permit",
           {field("owner", "address"), field("spender", "address"), field("value", "uint256"),
            field("nonce", "uint256"), field("deadline", "uint256")}}}},
        {"primaryType", "Permit"},
        {"domain",
         {{"name", "USD"}, {"version", "1"}, {"chainId", 31'337}, {"verifyingContract", kToken}}},
        {"message",
         {{"owner", owner},
          {"spender", kPayee},
          {"value", amount},
          {"nonce", "0"},
          {"deadline", "1900000000"}}}};
}

Preimage preimage_of(const std::string& text) {
    return Preimage{PersonalMessage{Bytes{text.begin(), text.end()}}};
}

/// Who signed this, by the signature alone.
std::string signer_of(const HttpAnswer& answer, const Preimage& preimage) {
    const auto bytes = must(parse_hex(text(json_of(answer).at("signature"))));
    const auto raw = must(chains::normalize_signature(BytesView{bytes}.first(64)));
    const chains::RecoverableSignature signature{
        raw.r, raw.s, static_cast<std::uint8_t>(bytes.back() - 27)};
    return to_checksum(
        chains::address_of(must(chains::recover(preimage.signing_hash(), signature))));
}

/// As its log tells.
std::size_t requests_to_sign(const Sidecar& sidecar) {
    const std::string log = sidecar.log();
    const std::string_view route = "\"/v1/agents/{agent_id}/sign\"";
    std::size_t found = 0;
    for (auto at = log.find(route); at != std::string::npos; at = log.find(route, at + 1))
        ++found;
    return found;
}

class SigningFront : public Front {
public:
    SigningFront(const LocalNode& node, const std::string& url, const TestAgent& agent)
        : Front{node, url, agent},
          path_{"/v1/agents/" + agent.id + "/sign"} {
        sidecar.edit_config(
            "chains:\n", fmt::format(
                             "chains:\n  second:\n    chain_id: 31338\n"
                             "    rpc_url: {}\n    max_fee_per_transaction: 1 ETH\n",
                             node.url()));
        use_greeter(sidecar);
        const auto made = enlist({"--policy", "greeter"});
        if (made.status.code != 0) throw std::runtime_error{made.err};
        sidecar.start();
    }

    HttpAnswer sign(const Json& body, const std::string& key = {}) const {
        Headers headers{{"Content-Type", "application/json"}};
        if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
        return must(sidecar.unix_client().request("POST", path_, headers, body.dump()));
    }

private:
    std::string path_;
};

TEST(authority_messages, of_a_second_chela_are_signed_under_the_policies_of_both) {
    const auto anvil = must(Anvil::start());
    Sidecar behind{anvil->url()};
    use_greeter(behind);
    behind.start();
    const auto agent = behind.create_agent(*anvil, {"--policy", "greeter"});
    const SigningFront front{*anvil, fmt::format("http://127.0.0.1:{}", behind.port()), agent};

    const auto greeted = front.sign(greeting("hello there"));
    ASSERT_EQ(greeted.status, 200U) << greeted.body;
    EXPECT_EQ(signer_of(greeted, preimage_of("hello there")), agent.address);

    // Text that looks like bytes, and bytes that are no text.
    const auto looks = front.sign(greeting("0xabcd", "text"));
    ASSERT_EQ(looks.status, 200U) << looks.body;
    EXPECT_EQ(signer_of(looks, preimage_of("0xabcd")), agent.address);

    const auto data = permit(agent.address);
    const auto granted =
        front.sign({{"intent_type", "typed_data"}, {"chain", "anvil"}, {"typed_data", data}});
    ASSERT_EQ(granted.status, 200U) << granted.body;
    EXPECT_EQ(signer_of(granted, Preimage{must(chains::read_typed_data(data))}), agent.address);

    // The policy in front denies: the authority is not asked.
    const auto denied = front.sign(greeting("goodbye"));
    EXPECT_EQ(denied.status, 403U) << denied.body;
    ASSERT_EQ(front.sign(greeting("hello again")).status, 200U);
    EXPECT_TRUE(
        eventually([&] { return requests_to_sign(behind) >= 4; }, std::chrono::seconds{10}));
    EXPECT_EQ(requests_to_sign(behind), 4U);
    for (const auto& said : {greeted.body, granted.body, front.sidecar.log()})
        EXPECT_THAT(said, Not(HasSubstr("eyJ")));
}

TEST(authority_messages, that_the_authority_denies_name_its_reason) {
    const auto anvil = must(Anvil::start());
    Sidecar behind{anvil->url()};
    behind.start();
    // Guardrails alone permit no message.
    const auto agent = behind.create_agent(*anvil, {"--to", kPayee, "--max-value", "0.4"});
    const SigningFront front{*anvil, fmt::format("http://127.0.0.1:{}", behind.port()), agent};
    const auto denied = front.sign(greeting("hello"));
    EXPECT_EQ(denied.status, 403U) << denied.body;
    EXPECT_EQ(json_of(denied).at("code"), "E_AUTHORITY_DENIED");
}

class authority_messages_that : public testing::Test {
protected:
    /// An authority repeats what became of a key, as if all were well. Under the next one it signs
    /// "hello".
    void repeat_for_the_first_key(const Json& what) {
        scripted.answer(Route::sign_message, [this, what](const Call& call) {
            if (call.idempotency_key.ends_with("-0")) return json_response(200, what);
            return scripted.sign_message(preimage_of("hello").signing_hash());
        });
    }

    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    ScriptedAuthority scripted;
    SigningFront front{
        *anvil,
        scripted.url(),
        {ScriptedAuthority::kAgent, "key-secret-canary", scripted.address()}};
};

TEST_F(authority_messages_that, are_something_else_are_thrown_away) {
    const TestKey other{"0x4747474747474747474747474747474747474747474747474747474747474747"};
    const auto hash = preimage_of("hello").signing_hash();
    const auto of = [](const Json& signature) {
        return
            [signature](const Call&) { return json_response(200, Json{{"signature", signature}}); };
    };
    const std::vector<ScriptedAuthority::Answer> lies{
        [this](const Call&) { return scripted.sign_message(preimage_of("hell0").signing_hash()); },
        of(to_hex(chains::to_bytes(other.sign(hash)))),
        of("0x"),
        of(7),
        of("0x" + std::string(130, '0')),
        of("0x" + std::string(130, 'f')),
        of(to_hex(chains::to_bytes(other.sign(hash))) + "00"),
        [](const Call&) { return json_response(200, Json::object()); }};
    for (const auto& lie : lies) {
        scripted.answer(Route::sign_message, lie);
        const auto answer = front.sign(greeting("hello"));
        EXPECT_EQ(json_of(answer).at("code"), "E_SIGNATURE_MISMATCH") << answer.body;
        EXPECT_GE(answer.status, 500U);
    }
    scripted.behave();
    const auto answer = front.sign(greeting("hello"));
    ASSERT_EQ(answer.status, 200U) << answer.body;
    EXPECT_EQ(signer_of(answer, preimage_of("hello")), scripted.address());
    EXPECT_EQ(scripted.calls(Route::sign).size(), 0U);
    std::set<std::string> keys;
    for (const auto& one : scripted.calls(Route::sign_message))
        keys.insert(one.idempotency_key);
    EXPECT_EQ(keys.size(), lies.size() + 1) << "a lie would be repeated for its key";
}

TEST_F(authority_messages_that, are_not_signed_now_hold_nothing_and_can_be_asked_for_anew) {
    const auto says = [](unsigned status, const Json& body) {
        return [=](const Call&) { return json_response(status, body); };
    };
    // A budget of 100 USDC, and permits of one: each that is not signed gives it back.
    const Json granted = {
        {"intent_type", "typed_data"},
        {"chain", "anvil"},
        {"typed_data", permit(scripted.address(), "60000000")}};
    const std::vector<std::pair<const char*, ScriptedAuthority::Answer>> not_now{
        {"E_AUTHORITY_REVIEW", says(202, {{"state", "awaiting_approval"}})},
        {"E_AUTHORITY_BUSY", says(503, {{"detail", "Bearer jwt-2-secret"}})},
        {"E_AUTHORITY_BUSY", says(200, {{"status", "pending"}})},
        {"E_AUTHORITY_BUSY", says(429, Json::object())}};
    for (const auto& [reason, answer] : not_now) {
        scripted.answer(Route::sign_message, answer);
        const auto unclear = front.sign(granted);
        EXPECT_EQ(unclear.status, 503U) << unclear.body;
        EXPECT_EQ(json_of(unclear).at("code"), reason);
        EXPECT_THAT(unclear.body, Not(HasSubstr("jwt-2-secret")));
    }
    scripted.behave();
    const auto done = front.sign(granted);
    ASSERT_EQ(done.status, 200U) << done.body;
    const auto over = front.sign(granted);
    EXPECT_EQ(over.status, 403U) << "twice 60 are more than 100: " << over.body;
    const auto asked = scripted.calls(Route::sign_message);
    ASSERT_EQ(asked.size(), not_now.size() + 1);
    for (const auto& one : asked) {
        EXPECT_EQ(one.idempotency_key, asked[0].idempotency_key);
        EXPECT_EQ(one.body, asked[0].body);
        EXPECT_EQ(one.body.at("chain"), "anvil");
    }
}

TEST_F(authority_messages_that, failed_there_once_are_asked_for_under_another_key) {
    repeat_for_the_first_key({{"status", "failed"}, {"error_code", "E_TOKEN"}});
    const auto done = front.sign(greeting("hello"));
    ASSERT_EQ(done.status, 200U) << done.body;
    EXPECT_EQ(signer_of(done, preimage_of("hello")), scripted.address());
    EXPECT_EQ(scripted.calls(Route::sign_message).size(), 2U);
}

TEST_F(authority_messages_that, fail_there_again_and_again_are_not_signed_now) {
    scripted.answer(Route::sign_message, [](const Call&) {
        return json_response(200, Json{{"status", "failed"}});
    });
    const auto busy = front.sign(greeting("hello"));
    EXPECT_EQ(busy.status, 503U) << busy.body;
    EXPECT_EQ(json_of(busy).at("code"), "E_AUTHORITY_BUSY");
    EXPECT_EQ(scripted.calls(Route::sign_message).size(), 2U);
}

TEST_F(authority_messages_that, were_cancelled_there_are_denied_once) {
    repeat_for_the_first_key({{"status", "failed"}, {"state", "cancelled"}});
    const auto denied = front.sign(greeting("hello"));
    EXPECT_EQ(denied.status, 403U) << denied.body;
    EXPECT_EQ(json_of(denied).at("code"), "E_AUTHORITY_DENIED");
    EXPECT_EQ(front.sign(greeting("hello")).status, 200U) << "who asks anew is asked anew";
}

TEST_F(authority_messages_that, are_the_same_on_two_chains_have_two_keys) {
    ASSERT_EQ(front.sign(greeting("hello")).status, 200U);
    auto elsewhere = greeting("hello");
    elsewhere["chain"] = "second";
    ASSERT_EQ(front.sign(elsewhere).status, 200U);
    const auto asked = scripted.calls(Route::sign_message);
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_NE(asked[0].idempotency_key, asked[1].idempotency_key);
    EXPECT_EQ(asked[1].body.at("chain"), "31338");
}

TEST_F(authority_messages_that, lie_about_typed_data_are_thrown_away) {
    scripted.answer(Route::sign_message, [this](const Call&) {
        const auto other = must(chains::read_typed_data(permit(scripted.address(), "2")));
        return scripted.sign_message(Preimage{other}.signing_hash());
    });
    const auto answer = front.sign(
        {{"intent_type", "typed_data"},
         {"chain", "anvil"},
         {"typed_data", permit(scripted.address(), "1")}});
    EXPECT_EQ(json_of(answer).at("code"), "E_SIGNATURE_MISMATCH") << answer.body;
}

TEST_F(authority_messages_that, have_a_high_s_are_made_low) {
    const auto low = scripted.sign_message(preimage_of("hello").signing_hash());
    scripted.answer(Route::sign_message, [low](const Call&) {
        auto bytes = must(parse_hex(text(Json::parse(low.body).at("signature"))));
        const auto s = negated(must(U256::from_big_endian(BytesView{bytes}.subspan(32, 32))));
        const auto high = s.to_big_endian();
        std::ranges::copy(high, bytes.begin() + 32);
        return json_response(200, Json{{"signature", to_hex(bytes)}});
    });
    const auto answer = front.sign(greeting("hello"));
    ASSERT_EQ(answer.status, 200U) << answer.body;
    EXPECT_EQ(json_of(answer).at("signature"), Json::parse(low.body).at("signature"));
}

}  // namespace
}  // namespace chela::test
