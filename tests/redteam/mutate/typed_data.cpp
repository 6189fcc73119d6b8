// Typed data that says one thing and is another.
#include "tests/redteam/mutate/caps.hpp"
#include "tests/redteam/mutate/json_leaves.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;
using chains::TypedData;

const TypedData* typed_data_of(const Subject& subject) {
    return std::get_if<TypedData>(subject.content);
}

/// The primary type under another name.
Json renamed(Json json, const std::string& from, const std::string& to) {
    json["types"][to] = json["types"][from];
    json["types"].erase(from);
    json["primaryType"] = to;
    return json;
}

Mutants other_types(const Subject& subject) {
    const auto* data = typed_data_of(subject);
    if (data == nullptr) return {};
    const auto json = json_of(*data);
    const auto& primary = data->primary_type();
    auto extra = json;
    extra["types"][primary].push_back({{"name", "extra"}, {"type", "uint256"}});
    extra["message"]["extra"] = "0";
    auto undeclared = json;
    undeclared["message"]["extra"] = "0";
    auto unused = json;
    unused["types"]["Extra"] = Json::array({{{"name", "extra"}, {"type", "uint256"}}});
    auto reversed = json;
    auto& members = reversed["types"][primary];
    std::reverse(members.begin(), members.end());
    auto fewer = json;
    fewer["message"].erase(members[0]["name"].get<std::string>());
    return {
        {"one member more", content_of(extra)},
        {"one value more", content_of(undeclared)},
        {"one type more", content_of(unused)},
        {"members in another order", content_of(reversed)},
        {"one value less", content_of(fewer)},
        {"another name", content_of(renamed(json, primary, "Other"))}};
}

void set_domain(Json& json, const char* member, const Json& value) {
    json["domain"][member] = value;
}

/// The declaration follows the members, as the parser asks for it.
Json without(Json json, const char* member) {
    json["domain"].erase(member);
    json["types"].erase("EIP712Domain");
    return json;
}

Mutants other_domain(const Subject& subject) {
    const auto* data = typed_data_of(subject);
    if (data == nullptr) return {};
    const auto json = json_of(*data);
    Mutants out{
        {"no chain", content_of(without(json, "chainId"))},
        {"no contract", content_of(without(json, "verifyingContract"))}};
    for (const auto* chain : {"0", "1", "10", "18446744073709551616"}) {
        auto other = json;
        set_domain(other, "chainId", chain);
        out.push_back({std::string{"chain "} + chain, content_of(other)});
    }
    for (const auto* contract :
         {"0x0000000000000000000000000000000000000000",
          "0xdededededededededededededededededededede"}) {
        auto other = json;
        set_domain(other, "verifyingContract", contract);
        out.push_back({std::string{"contract "} + contract, content_of(other)});
    }
    return out;
}

bool is_an_end(const std::string& path) {
    return path.ends_with("eadline") || path.ends_with("expiration") ||
           path.ends_with("validBefore") || path.ends_with("expiry");
}

/// Ends are left alone: which of them a policy bounds is its own choice (rows 3 and 25).
Mutants largest_numbers(const Subject& subject) {
    const auto* data = typed_data_of(subject);
    if (data == nullptr) return {};
    Mutants out;
    for (const auto* word :
         {"115792089237316195423570985008687907853269984665640564039457584007913129639935",
          "1461501637330902918203684832716283019655932542975", "281474976710655", "255"}) {
        auto more = with_each_leaf(*data, [word](const std::string& path, Json& leaf) {
            const bool is_number = leaf.is_string() && parse_decimal(leaf.get<std::string>());
            if (!is_number || is_an_end(path) || path.starts_with("/domain")) return false;
            const auto was = parse_decimal(leaf.get<std::string>()).value();
            if (was > parse_decimal(word).value()) return false;
            leaf = word;
            return true;
        });
        for (auto& mutant : more)
            out.push_back(std::move(mutant));
    }
    return out;
}

/// Where a permit bounds the end of what it claims.
Mutants later_end(const Subject& subject) {
    const auto* data = typed_data_of(subject);
    if (data == nullptr || !bounds_expiry(subject)) return {};
    return with_each_leaf(*data, [](const std::string& path, Json& leaf) {
        if (!is_an_end(path)) return false;
        leaf = "281474976710655";
        return true;
    });
}

/// Its preimage, and the hash of it, as a message.
Mutants as_a_message(const Subject& subject) {
    const auto* data = typed_data_of(subject);
    if (data == nullptr) return {};
    const auto& hash = data->struct_hash();
    return {
        {"the preimage", Content{chains::PersonalMessage{data->bytes()}}},
        {"a hash", Content{chains::PersonalMessage{{hash.bytes.begin(), hash.bytes.end()}}}}};
}

constexpr std::array kOperators{
    Operator{"other types", other_types},
    Operator{"another domain", other_domain},
    Operator{"the largest numbers", largest_numbers},
    Operator{"a later end", later_end},
    Operator{"typed data as a message", as_a_message},
};

}  // namespace

std::span<const Operator> typed_data_operators() {
    return kOperators;
}

}  // namespace chela::redteam
