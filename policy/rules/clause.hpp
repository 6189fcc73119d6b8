#pragma once

#include "chains/base/units.hpp"
#include "policy/effect/effect.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chela::policy {

/// A named set of addresses of the document. Sorted, without doubles.
struct AddressSet {
    std::string name;
    std::vector<Address> addresses;
    // NOLINTNEXTLINE(readability-redundant-member-init): without it, AddressSet{name, list} warns
    std::string where{};  ///< "FILE:LINE"
    [[nodiscard]] bool contains(const Address& address) const;
};

/// What of an effect (or of the call that has it) a clause speaks of. Which effect has which is
/// has_field().
enum class Field : std::uint8_t {
    asset,          ///< transfer, grant, revoke, wrap
    token,          ///< transfer, grant, revoke, wrap: the asset's contract; none: native currency
    from,           ///< transfer
    to,             ///< transfer
    owner,          ///< grant, revoke
    spender,        ///< grant, revoke
    amount,         ///< transfer, grant, wrap: base units or unbounded
    token_id,       ///< transfer
    expiry,         ///< grant: none, or how far away
    venue,          ///< swap: protocol and chain, or its contract
    asset_in,       ///< swap
    token_in,       ///< swap: the contract of asset_in; none: native currency
    asset_out,      ///< swap
    max_in,         ///< swap
    min_out,        ///< swap
    payer,          ///< swap
    recipient,      ///< swap
    deadline,       ///< swap: none, or how far away
    via,            ///< swap: every asset on the way
    direction,      ///< wrap: "wrap" or "unwrap"
    holder,         ///< wrap
    value,          ///< deploy: wei
    initcode_hash,  ///< deploy
    creator,        ///< deploy
    delegate,       ///< delegate_7702
    authority,      ///< delegate_7702: whose code
    contract,       ///< authority, call
    kind,           ///< authority: "owner", "module" …; opaque: its reason
    subject,        ///< authority
    entry_point,    ///< userop
    sender,         ///< userop
    prefund,        ///< userop: wei
    paymaster,      ///< userop; none is a value
    factory,        ///< userop; none is a value
    function,       ///< call: the full signature
    argument,       ///< call: one argument, by name or position
    text,           ///< message
    length,         ///< message: bytes
    validator,      ///< message: of EIP-191 version 0x00; none is a value
    chain,          ///< all but message
    actor,          ///< all: who acts, the signer or an account it acts through
    target          ///< all that are calls: the contract that the call is made to
};
/// The word of the document: "min_out". Field::argument is "args".
[[nodiscard]] std::string_view to_string(Field field);
[[nodiscard]] std::optional<Field> parse_field(std::string_view word);
[[nodiscard]] bool has_field(EffectKind effect, Field field);

enum class Comparison : std::uint8_t {
    equal,
    not_equal,
    in,
    not_in,
    greater,
    greater_or_equal,
    less,
    less_or_equal,
    within,          ///< a time that lies at most so far in the future
    is_unbounded,    ///< amounts
    is_none,         ///< nothing is there
    is_something,    ///< the opposite of is_none
    starts_with,     ///< text
    any_item_not_in  ///< of a list: at least one item is outside (the complement of `in`)
};
[[nodiscard]] std::string_view to_string(Comparison comparison);

/// The signer.
struct Self {
    auto operator<=>(const Self&) const = default;
};
/// The account that acts (the signer, a Safe, a smart account).
struct ActorItself {
    auto operator<=>(const ActorItself&) const = default;
};
/// @param chain  and protocol, or a contract
struct VenuePattern {
    std::string protocol;
    ChainId chain;
    std::optional<Address> contract;
    bool operator==(const VenuePattern&) const = default;
};
/// An amount that the document wrote with its unit.
struct AssetAmount {
    U256 amount;  ///< base units
    Asset asset;  ///< compared only with amounts of this asset; another one is "unknown"
    bool operator==(const AssetAmount&) const = default;
};
/// An address that the document may write as "self", "actor", or in full.
using AddressPattern = std::variant<Self, ActorItself, Address>;

/// What a field is compared with. Lists and sets are "one of these": of lists, equal and not_equal
/// have exactly one item.
/// Alternatives by field: addresses, assets, venues, chains, hashes (Bytes), words and text
/// (std::string) as lists; amount, max_in, min_out as AssetAmount; value, prefund (wei on whichever
/// chain), token_id and length as U256. An argument has the alternative of its ABI type: address →
/// AddressPattern, intN and uintN → U256 (a negative value is less than all), bool → "true" or
/// "false", bytes and bytesN → Bytes, string → text; of other types there are no clauses.
using Operand = std::variant<
    std::monostate,                     // is_unbounded, is_none, is_something
    std::vector<AddressPattern>,        // addresses written out
    std::shared_ptr<const AddressSet>,  // a named set
    std::vector<Asset>,                 // assets
    std::vector<VenuePattern>,          // venues
    AssetAmount,                        // amounts with a unit
    U256,                               // plain numbers: token ids, lengths, arguments
    std::vector<U256>,                  // one of these numbers
    std::chrono::milliseconds,          // within
    std::vector<std::string>,           // words, text, signatures
    std::vector<ChainId>,               // chains
    std::vector<Bytes>>;                // hashes and byte arguments

struct Clause {
    Field field{Field::asset};
    std::string argument;  ///< of Field::argument: a name, or a position in decimal
    Comparison comparison{Comparison::equal};
    Operand operand;
    std::string expected;  ///< the clause as text, for traces: `to in payees`
    std::string where;     ///< "FILE:LINE"
};

/// All of its clauses, and at least one of each of its alternatives.
struct Condition {
    std::vector<Clause> clauses;
    std::vector<std::vector<Condition>> any;  ///< each: one of these must hold
};

}  // namespace chela::policy
