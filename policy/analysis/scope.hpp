#pragma once

#include "policy/analysis/fixture.hpp"
#include "policy/rules/load/context.hpp"
#include "policy/rules/load/node.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace chela::policy::analysis {

using load::Node;

/// What the words of a case stand for.
struct Scope {
    /// Assets and contracts of all policies of the fixture; its rules are not looked at.
    Policy declared;
    std::span<const BoundPolicy> policies;
    const ReadFile& read_file;
    std::map<std::string, Address, std::less<>> names;
    std::optional<Address> signer;
    std::optional<TimePoint> now;
    std::optional<ChainId> chain;

    Scope(std::span<const BoundPolicy> policies, const ReadFile& read_file);
    /// For the readers of policy documents.
    [[nodiscard]] load::Context context() { return {.policy = declared, .sets = {}, .rules = {}}; }
};

/// "self", a name of the file, a contract or token of the policy by its name, or an address in
/// full.
[[nodiscard]] std::optional<Address> read_account(const Node& node, const Scope& scope);
/// As above, of a text that may be something else. @return empty: it names no account
[[nodiscard]] std::optional<Address> find_account(std::string_view name, const Scope& scope);
/// `chain:` of the section, else the file's. Any number: 0 is a thing to test.
[[nodiscard]] std::optional<ChainId> read_chain_of(const Node& section, const Scope& scope);
/// "now", "now+5m", "now-1h" as unix seconds. @return empty: the text is something else
[[nodiscard]] std::optional<U256> find_moment(const Node& node, const Scope& scope);
/// Base units of "30 USDC", wei of "0.1 ETH".
[[nodiscard]] std::optional<U256> read_units(
    const Node& node, Scope& scope, const std::optional<Asset>& asset);
/// `key` of the section in ETH, gwei or wei; absent: `otherwise`.
[[nodiscard]] Wei read_wei_of(
    const Node& section, std::string_view key, Scope& scope, Wei otherwise);
/// 0x hex of any length.
[[nodiscard]] std::optional<Bytes> read_hex(const Node& node);

}  // namespace chela::policy::analysis
