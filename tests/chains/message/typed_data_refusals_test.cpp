#include "chains/message/typed_data.hpp"
#include "tests/chains/message/mail.hpp"
#include "tests/chains/message/refusals.hpp"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

using test::expect_refused;
using test::field;
using test::mail;
using test::one;
using Case = test::Refusal;

TEST(typed_data_refusals, every_part_must_be_there_and_no_other) {
    for (const char* const part : {"types", "primaryType", "domain", "message"}) {
        Json json = mail();
        json.erase(part);
        expect_refused(json, "MISSING_MEMBER", part);
        json[part] = nullptr;
        expect_refused(json, "TYPE_MISMATCH", part);
    }
    expect_refused({"/extra", 1, "EXTRA_MEMBER", "the text.extra"});
    expect_refused(Json::array(), "TYPE_MISMATCH", "the text");
    expect_refused({"/primaryType", "Letter", "UNKNOWN_TYPE", "primaryType"});
    expect_refused({"/primaryType", "Mail[]", "UNKNOWN_TYPE", "primaryType"});
    expect_refused({"/primaryType", "uint256", "UNKNOWN_TYPE", "primaryType"});
}

TEST(typed_data_refusals, missing_extra_and_mistyped_members) {
    for (const Case& each :
         {Case{"/message/to/age", 7, "EXTRA_MEMBER", "message.to.age"},
          Case{"/message/extra", 7, "EXTRA_MEMBER", "message.extra"},
          Case{"/message/to", nullptr, "TYPE_MISMATCH", "message.to"},
          Case{"/message/to", "Bob", "TYPE_MISMATCH", "message.to"},
          Case{"/message/to", Json::array(), "TYPE_MISMATCH", "message.to"},
          Case{"/message/to", Json::object(), "MISSING_MEMBER", "message.to.name"},
          Case{"/message/to/name", 1, "TYPE_MISMATCH", "message.to.name"},
          Case{"/message/to/name", nullptr, "TYPE_MISMATCH", "message.to.name"},
          Case{
              "/message/to/wallet", "0xcD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "TYPE_MISMATCH",
              "message.to.wallet"},
          Case{"/message/to/wallet", "0xcd", "TYPE_MISMATCH", "message.to.wallet"},
          Case{"/message/to/wallet", 1, "TYPE_MISMATCH", "message.to.wallet"},
          Case{"/message/contents", "\xff", "TYPE_MISMATCH", "message.contents"}}) {
        expect_refused(each);
    }
}

TEST(typed_data_refusals, a_domain_that_is_not_what_is_declared) {
    Json json = mail();
    json["domain"].erase("version");
    expect_refused(json, "MISSING_MEMBER", "domain.version");
    json = mail();
    json["types"]["EIP712Domain"].erase(1);
    expect_refused(json, "EXTRA_MEMBER", "domain.version");
    json = mail();
    std::swap(json["types"]["EIP712Domain"][0], json["types"]["EIP712Domain"][1]);
    expect_refused(json, "DOMAIN", "types.EIP712Domain.version");
    const std::string salt = "0x" + std::string(64, '0');
    for (const Case& each :
         {Case{"/domain/foo", 1, "EXTRA_MEMBER", "domain.foo"},
          Case{"/domain/salt", salt, "EXTRA_MEMBER", "domain.salt"},
          Case{"/types/EIP712Domain/2/type", "uint64", "DOMAIN", "types.EIP712Domain.chainId"},
          Case{"/types/EIP712Domain/2/name", "chainID", "EXTRA_MEMBER", "domain.chainId"},
          Case{"/types/EIP712Domain/4", field("foo", "string"), "DOMAIN", "types.EIP712Domain.foo"},
          Case{"/domain/name", nullptr, "TYPE_MISMATCH", "domain.name"},
          Case{"/domain/chainId", -1, "RANGE", "domain.chainId"},
          Case{"/domain/verifyingContract", "cosmos", "TYPE_MISMATCH", "domain.verifyingContract"},
          Case{"/primaryType", "EIP712Domain", "EXTRA_MEMBER", "message"}}) {
        expect_refused(each);
    }
}

TEST(typed_data_refusals, a_domain_inside_a_message) {
    Json json = mail();
    json["types"]["Mail"].push_back(field("where", "EIP712Domain"));
    json["message"]["where"] = json["domain"];
    expect_refused(json, "DOMAIN", "types.Mail.where");
    json["types"]["Mail"].back() = field("where", "EIP712Domain[]");
    expect_refused(json, "DOMAIN", "types.Mail.where");
}

TEST(typed_data_refusals, declarations_that_are_malformed) {
    for (const Case& each :
         {Case{"/types/Person", 1, "TYPE_MISMATCH", "types.Person"},
          Case{"/types/Person/1", "wallet", "TYPE_MISMATCH", "types.Person[1]"},
          Case{"/types/Person/1", {{"name", "wallet"}}, "MISSING_MEMBER", "types.Person[1]"},
          Case{"/types/Person/1/type", 1, "TYPE_MISMATCH", "types.Person[1].type"},
          Case{"/types/Person/1/indexed", true, "EXTRA_MEMBER", "types.Person[1]"},
          Case{"/types/Person/1/name", "name", "DUPLICATE_MEMBER", "types.Person.name"},
          Case{"/types/Unused", Json::array(), "UNUSED_TYPE", "types.Unused"}}) {
        expect_refused(each);
    }
    for (const char* const name : {"", "1a", "a b", "a,b", "a)", "a-b", "é"}) {
        expect_refused({"/types/Person/1/name", name, "NAME", "types.Person[1]"});
    }
}

TEST(typed_data_refusals, struct_names_that_are_no_identifiers_or_shadow_a_type) {
    for (const std::string name :
         {"",        "1a",    "a b",      "a$b",   "A[]",     "A(",          "uint",    "int",
          "uint256", "uint7", "int8",     "bytes", "bytes32", "bytes33",     "address", "bool",
          "string",  "byte",  "function", "tuple", "fixed",   "ufixed128x18"}) {
        Json json = one("uint8", 1);
        json["types"][name] = Json::array();
        expect_refused(json, "NAME", "types." + name);
    }
}

TEST(typed_data_refusals, text_that_is_not_strict_json) {
    EXPECT_EQ(parse_typed_data("{").error().reason, "E_JSON_MALFORMED");
    EXPECT_EQ(
        parse_typed_data(R"({"types":{},"types":{}})").error().reason, "E_JSON_DUPLICATE_KEY");
    EXPECT_EQ(
        parse_typed_data(std::string(kMaxTypedDataText + 1, ' ')).error().reason,
        "E_TYPED_DATA_LIMIT");
}

}  // namespace
}  // namespace chela::chains
