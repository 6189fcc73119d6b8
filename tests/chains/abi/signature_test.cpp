#include "chains/abi/signature.hpp"

#include "chains/base/hex.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains::abi {
namespace {

using Kind = Signature::Kind;

Result<Signature> from_json(const std::string& text) {
    return parse_json_signature(parse_json(text).value());
}

// Selectors and topics of ERC-20 and ERC-721.
TEST(abi_signature, gives_selectors_and_topics) {
    EXPECT_EQ(to_hex(selector(*parse_signature("transfer(address,uint256)"))), "0xa9059cbb");
    EXPECT_EQ(to_hex(selector(*parse_signature("transfer(address,uint)"))), "0xa9059cbb");
    EXPECT_EQ(
        to_hex(selector(*parse_signature(
            "function transfer(address to, uint256 amount) external returns (bool)"))),
        "0xa9059cbb");
    EXPECT_EQ(to_hex(selector(*parse_signature("error Error(string)"))), "0x08c379a0");
    EXPECT_EQ(
        to_hex(topic(*parse_signature(
            "event Transfer(address indexed from, address indexed to, uint256 value)"))),
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
}

TEST(abi_signature, keeps_names_and_what_a_person_wrote) {
    const auto event =
        parse_signature(
            "event Moved(address indexed who, (uint8 x, uint8 y)[] path, bytes) anonymous")
            .value();
    EXPECT_EQ(event.kind, Kind::event);
    EXPECT_TRUE(event.is_anonymous);
    EXPECT_EQ(canonical_text(event), "Moved(address,(uint8,uint8)[],bytes)");
    EXPECT_TRUE(event.inputs[0].is_indexed);
    EXPECT_EQ(event.inputs[1].name, "path");
    EXPECT_EQ(event.inputs[1].type.inner().front().names(), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(event.inputs[2].name, "");
    const auto function = parse_signature(
                              "function f(tuple(address payable a) memory t, string calldata s) "
                              "public view returns (bool ok, uint8)")
                              .value();
    EXPECT_EQ(canonical_text(function), "f((address),string)");
    EXPECT_EQ(function.outputs.size(), 2U);
    EXPECT_EQ(function.outputs[0].name, "ok");
    EXPECT_EQ(parse_signature("Short(uint256)", Kind::error)->kind, Kind::error);
    EXPECT_EQ(parse_signature("error(uint256)")->name, "error");
}

TEST(abi_signature, refuses_other_texts) {
    for (const char* const text :
         {"",
          "()",
          "transfer",
          "transfer(",
          "transfer(address",
          "transfer(address))",
          "transfer(address,)",
          "1f()",
          "a-b()",
          "function ()",
          "function f",
          "f() returns",
          "f() returns ()",
          "f() returns (bool) view",
          "f() extern",
          "f(address indexed a)",
          "function f(uint8 1a)",
          "function f(uint8 a b)",
          "f(bool payable)",
          "f(uint8 memory memory)",
          "event E(uint8) view",
          "event E() anonymous anonymous",
          "error E() anonymous",
          "error E(uint8 indexed a)",
          "event E(bool indexed, bool indexed, bool indexed, bool indexed)",
          "f((bool indexed a))",
          "f()\n",
          "f();",
          "f(uint8 memory indexed)",
          "event E(uint7)",
          "f(function)",
          "f() returns (bool indexed a)"}) {
        EXPECT_FALSE(parse_signature(text).has_value()) << text;
    }
    EXPECT_EQ(
        parse_signature("f(" + std::string(kMaxTypeText, ' ') + ")").error().reason, "E_ABI_LIMIT");
    EXPECT_EQ(parse_signature("f(" + std::string(4000, '(')).error().reason, "E_ABI_LIMIT");
    EXPECT_TRUE(
        parse_signature("event E(bool indexed, bool indexed, bool indexed, bool indexed) anonymous")
            .has_value());
}

TEST(abi_signature, reads_a_json_abi) {
    const auto abi = parse_json(R"([
        {"type":"constructor","inputs":[]}, {"type":"receive"}, {"type":"fallback"},
        {"type":"function","name":"submit","stateMutability":"view","inputs":[
            {"name":"orders","type":"tuple[2][]","internalType":"struct Order[2][]","components":[
                {"name":"maker","type":"address"},
                {"name":"legs","type":"tuple[]","components":[{"name":"amount","type":"uint256"}]}]},
            {"name":"","type":"bytes"}],"outputs":[{"name":"","type":"bool"}]},
        {"type":"event","name":"Transfer","anonymous":false,"inputs":[
            {"name":"from","type":"address","indexed":true},{"name":"to","type":"address","indexed":true},
            {"name":"value","type":"uint256","indexed":false}]},
        {"type":"error","name":"Denied","inputs":[{"name":"code","type":"uint8"}]},
        {"name":"old","inputs":[]}])");
    const auto signatures = parse_json_abi(*abi).value().signatures;
    ASSERT_EQ(signatures.size(), 4U);
    EXPECT_EQ(canonical_text(signatures[0]), "submit((address,(uint256)[])[2][],bytes)");
    EXPECT_EQ(signatures[0].inputs[0].type.inner()[0].inner()[0].names()[1], "legs");
    EXPECT_EQ(signatures[0].outputs.size(), 1U);
    EXPECT_EQ(
        to_hex(topic(signatures[1])),
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    EXPECT_EQ(signatures[2].kind, Kind::error);
    EXPECT_EQ(signatures[3].kind, Kind::function);
}

TEST(abi_signature, passes_over_what_has_an_unsupported_type_and_says_so) {
    const auto abi = parse_json(R"([
        {"type":"function","name":"cb","inputs":[{"name":"f","type":"function"}],"outputs":[]},
        {"type":"function","name":"rate","inputs":[],"outputs":[{"name":"","type":"fixed168x10"}]},
        {"type":"error","name":"E","inputs":[{"name":"a","type":"uint256","components":[]}]}])");
    const auto read = parse_json_abi(*abi);
    ASSERT_TRUE(read.has_value()) << read.error().detail;
    ASSERT_EQ(read->signatures.size(), 1U);
    EXPECT_EQ(canonical_text(read->signatures[0]), "E(uint256)");
    ASSERT_EQ(read->skipped.size(), 2U);
    EXPECT_TRUE(read->skipped[0].starts_with("cb: ")) << read->skipped[0];
    EXPECT_TRUE(read->skipped[1].starts_with("rate: ")) << read->skipped[1];
}

TEST(abi_signature, refuses_other_json) {
    for (
        const char* const text :
        {"1",
         "[]",
         "{}",
         R"({"type":"function","inputs":[]})",
         R"({"type":"function","name":"f"})",
         R"({"type":"function","name":1,"inputs":[]})",
         R"({"type":"other","name":"f","inputs":[]})",
         R"({"type":1,"name":"f","inputs":[]})",
         R"({"type":"function","name":"f g","inputs":[]})",
         R"({"type":"function","name":"f","inputs":{}})",
         R"({"type":"function","name":"f","inputs":[1]})",
         R"({"type":"function","name":"f","inputs":[{"name":"a"}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"uint8","name":"a b"}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"tuple"}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"tuple","components":[]}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"tuple[0]","components":[{"type":"bool"}]}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"tuple[]x","components":[{"type":"bool"}]}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"tupled","components":[{"type":"bool"}]}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"bool","components":[{"type":"bool"}]}]})",
         "{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"type\":\"(bool)\"}]}",
         R"({"type":"function","name":"f","inputs":[{"type":"bool","indexed":true}]})",
         R"({"type":"function","name":"f","inputs":[{"type":"bool","indexed":1}]})",
         R"({"type":"function","name":"f","inputs":[],"outputs":1})",
         R"({"type":"function","name":"f","inputs":[],"anonymous":true})",
         R"({"type":"event","name":"E","inputs":[],"anonymous":"yes"})",
         R"({"type":"constructor","inputs":[]})"}) {
        EXPECT_FALSE(from_json(text).has_value()) << text;
    }
    EXPECT_EQ(from_json(R"({"type":"receive"})").error().code, ErrorCode::unsupported);
    EXPECT_FALSE(parse_json_abi(Json::object()).has_value());
    EXPECT_FALSE(parse_json_abi(Json::array({1})).has_value());
}

}  // namespace
}  // namespace chela::chains::abi
