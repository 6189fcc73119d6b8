#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/userop/json.hpp"
#include "policy/analysis/arguments.hpp"
#include "policy/analysis/request.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy::analysis {
namespace {

using chains::UserOperationToSign;
using chains::UserOperationVersion;
using Content = chains::Preimage::Content;

Address usual_entry_point(UserOperationVersion version) {
    switch (version) {
        case UserOperationVersion::v06:
            return chains::kEntryPointV06;
        case UserOperationVersion::v07:
            return chains::kEntryPointV07;
        case UserOperationVersion::v08:
            return chains::kEntryPointV08;
    }
    bug("a version of user operations that does not exist");
}

/// A member as JSON-RPC writes it: quantities and bytes in hex.
std::optional<Json> member_of(const Node& node, Scope& scope) {
    if (node.is_scalar()) {
        const auto& text = node.tree().text;
        if (const auto account = find_account(text, scope)) return to_checksum(*account);
        if (const auto number = parse_decimal(text)) return to_quantity(*number);
        if (text.find(' ') == std::string::npos) return text;
        const auto context = scope.context();
        const auto wei = load::read_wei(node, context);
        return wei ? std::optional<Json>{to_quantity(wei->value)} : std::nullopt;
    }
    // An object of its own.
    if (node.path().ends_with("eip7702Auth")) return json_of(node.tree());
    const auto bytes = read_bytes(node, scope);
    return bytes ? std::optional<Json>{to_hex(*bytes)} : std::nullopt;
}

std::optional<Json> operation_of(const Node& node, Scope& scope) {
    Json out = Json::object();
    for (const auto& [key, value] : node.entries()) {
        auto member = member_of(value, scope);
        if (!member) return std::nullopt;
        out[key] = *std::move(member);
    }
    return out;
}

std::optional<UserOperationVersion> read_version(const Node& section) {
    const auto node = section.require("version", "\"0.6\", \"0.7\" or \"0.8\"");
    const auto text = node ? node->text() : std::nullopt;
    if (!text) return std::nullopt;
    const auto version = chains::parse_user_operation_version(*text);
    if (!version)
        node->refuse("unknown version \"" + *text + "\"; write \"0.6\", \"0.7\" or \"0.8\"");
    return version;
}

std::optional<UserOperationToSign::Form> read_form(const Node& section) {
    const auto node = section.find("form");
    if (!node) return UserOperationToSign::Form::hash;
    const auto text = node->text();
    if (!text) return std::nullopt;
    if (*text == "hash") return UserOperationToSign::Form::hash;
    if (*text == "personal_message") return UserOperationToSign::Form::personal_message;
    node->refuse("unknown form \"" + *text + "\"; write hash or personal_message");
    return std::nullopt;
}

std::optional<Address> read_entry_point(
    const Node& section, UserOperationVersion version, const Scope& scope) {
    const auto node = section.find("entry_point");
    if (!node) return usual_entry_point(version);
    return read_account(*node, scope);
}

}  // namespace

std::optional<Result<Content>> read_user_operation(const Node& section, Scope& scope) {
    if (!section.check_keys({"version", "chain", "entry_point", "form", "operation"})) {
        return std::nullopt;
    }
    const auto version = read_version(section);
    const auto chain = read_chain_of(section, scope);
    const auto form = read_form(section);
    const auto members = section.require("operation", "the members of eth_sendUserOperation");
    if (!version || !chain || !form || !members) return std::nullopt;
    const auto entry_point = read_entry_point(section, *version, scope);
    const auto json = operation_of(*members, scope);
    if (!entry_point || !json) return std::nullopt;
    auto operation = chains::read_user_operation(*json, *version, *entry_point, *chain);
    if (!operation) return std::unexpected{operation.error()};
    return Content{UserOperationToSign{*std::move(operation), *form}};
}

}  // namespace chela::policy::analysis
