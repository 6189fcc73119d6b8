#include "policy/analysis/request.hpp"

#include "policy/analysis/arguments.hpp"

#include <array>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::policy::analysis {
namespace {

using Content = chains::Preimage::Content;
using Read = std::optional<Result<Content>>;

constexpr std::array<std::string_view, 6> kMembers{
    "transaction", "raw_transaction", "typed_data", "user_operation", "message", "authorization"};

/// Unsigned bytes, or signed ones, of which the sender must be the signer to mean anything.
Read read_raw(const Node& node, Scope& scope) {
    const auto bytes = read_bytes(node, scope);
    if (!bytes) return std::nullopt;
    auto unsigned_form = chains::decode_unsigned(*bytes);
    if (unsigned_form) return Content{*std::move(unsigned_form)};
    auto signed_form = chains::decode_signed(*bytes);
    if (signed_form) return Content{std::move(signed_form->transaction)};
    return std::unexpected{unsigned_form.error()};
}

/// A text, or {text} or {hex}, with the validator of EIP-191's version 0x00.
Read read_message(const Node& node, Scope& scope) {
    const auto bytes_of = [](const std::string& text) { return Bytes{text.begin(), text.end()}; };
    if (node.is_scalar()) return Content{chains::PersonalMessage{bytes_of(node.tree().text)}};
    if (!node.check_keys({"text", "hex", "validator"})) return std::nullopt;
    const auto text = node.find("text");
    const auto hex = node.find("hex");
    if (text.has_value() == hex.has_value()) {
        node.refuse("write either text: or hex:");
        return std::nullopt;
    }
    std::optional<Bytes> bytes;
    if (hex) {
        bytes = read_bytes(*hex, scope);
    } else if (text->is_scalar()) {
        bytes = bytes_of(text->tree().text);
    } else {
        text->refuse("expected a text");
    }
    if (!bytes) return std::nullopt;
    const auto validator = node.find("validator");
    if (!validator) return Content{chains::PersonalMessage{*std::move(bytes)}};
    const auto address = read_account(*validator, scope);
    if (!address) return std::nullopt;
    return Content{chains::ValidatorMessage{*address, *std::move(bytes)}};
}

Read read_authorization(const Node& section, const Scope& scope) {
    if (!section.check_keys({"chain", "delegate", "nonce"})) return std::nullopt;
    const auto chain = read_chain_of(section, scope);
    const auto delegate = section.require("delegate", "the contract that becomes the code");
    const auto address = delegate ? read_account(*delegate, scope) : std::nullopt;
    const auto nonce = section.find("nonce");
    const auto number =
        nonce ? nonce->number(0, std::numeric_limits<std::uint64_t>::max()) : std::optional{0UL};
    if (!chain || !address || !number) return std::nullopt;
    return Content{chains::Authorization{*chain, *address, Nonce{*number}}};
}

Read read_member(std::string_view key, const Node& node, Scope& scope) {
    if (key == "raw_transaction") return read_raw(node, scope);
    if (key == "typed_data") return read_typed_data(node, scope);
    if (key == "user_operation") return read_user_operation(node, scope);
    if (key == "message") return read_message(node, scope);
    if (key == "authorization") return read_authorization(node, scope);
    auto transaction = read_transaction(node, scope);
    if (!transaction) return std::nullopt;
    return *std::move(transaction);
}

}  // namespace

Read read_request(const Node& section, Scope& scope) {
    std::optional<std::pair<std::string_view, Node>> found;
    for (const auto key : kMembers) {
        const auto node = section.find(key);
        if (!node) continue;
        if (found) {
            node->refuse(fmt::format("a second request beside {}; keep one", found->first));
            return std::nullopt;
        }
        found.emplace(key, *node);
    }
    if (found) return read_member(found->first, found->second, scope);
    section.refuse(fmt::format("asks for nothing; write one of {}", fmt::join(kMembers, ", ")));
    return std::nullopt;
}

}  // namespace chela::policy::analysis
