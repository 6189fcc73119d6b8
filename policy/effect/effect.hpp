#pragma once

#include "chains/abi/signature.hpp"
#include "chains/base/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chela::policy {

/// Keyed by chain and contract, never by name or symbol.
struct Asset {
    ChainId chain;
    std::optional<Address> contract;  ///< empty: the chain's native currency
    bool operator==(const Asset&) const = default;
};

/// The most that a signature lets happen, in base units of an asset; empty: there is no bound.
using Bound = std::optional<U256>;
/// Seconds since 1970, as contracts keep time; empty: never.
using Expiry = std::optional<U256>;

/// Value leaves `from`. For an NFT `amount` is 1.
struct Transfer {
    Asset asset;
    Address from;
    Address to;
    Bound amount;
    std::optional<U256> token_id;  ///< of an NFT or ERC-1155 token
    bool operator==(const Transfer&) const = default;
};

/// `spender` may later take from `owner`.
struct Grant {
    Asset asset;
    Address owner;
    Address spender;
    Bound amount;
    Expiry expires_at;  ///< of the grant; a deadline that only limits when it can be given is none
    bool operator==(const Grant&) const = default;
};

struct Revoke {
    Asset asset;
    Address owner;
    Address spender;
    bool operator==(const Revoke&) const = default;
};

/// Where a swap happens. @param protocol  "uniswap-v2", "uniswap-v3" or "uniswap-universal"
struct Venue {
    std::string_view protocol;
    ChainId chain;
    Address contract;
    bool operator==(const Venue&) const = default;
};

/// `payer` gives at most `max_in` and `recipient` gets at least `min_out`.
struct Swap {
    Venue venue;
    Asset asset_in;
    Bound max_in;
    Asset asset_out;
    U256 min_out;
    Address payer;
    Address recipient;
    Expiry deadline;
    std::vector<Asset> via;  ///< assets between asset_in and asset_out, in order
    bool operator==(const Swap&) const = default;
};

/// Native currency into its token form or back, for the one who holds it.
struct Wrap {
    enum class Direction : std::uint8_t { wrap, unwrap };
    Asset token;
    Direction direction{Direction::wrap};
    Address holder;
    Bound amount;
    bool operator==(const Wrap&) const = default;
};

struct Deploy {
    ChainId chain;
    Address creator;
    Wei value;
    Hash256 initcode_hash;
    bool operator==(const Deploy&) const = default;
};

/// `delegate` becomes the code of `authority`. Source: EIP-7702.
struct Delegate7702 {
    ChainId chain;  ///< 0: every chain
    Address authority;
    Address delegate;  ///< zero: the code is taken away
    Nonce nonce;
    bool operator==(const Delegate7702&) const = default;
};

/// Foreign code runs as `actor`, with all that it owns.
struct Delegatecall {
    ChainId chain;
    Address actor;
    Address target;
    bool operator==(const Delegatecall&) const = default;
};

/// Who controls a contract changes.
struct Authority {
    enum class Kind : std::uint8_t {
        owner,
        threshold,
        module,
        guard,
        fallback_handler,
        role,
        upgrade,
        admin
    };
    ChainId chain;
    Address contract;
    Kind kind{Kind::owner};
    std::optional<Address> subject;  ///< the new owner, module, implementation …
    bool operator==(const Authority&) const = default;
};

/// An ERC-4337 operation; what its callData does stands beneath it in the tree.
struct UserOp {
    ChainId chain;
    Address entry_point;
    Address sender;
    Wei prefund;  ///< the most that gas can cost the sender (or its paymaster)
    std::optional<Address> paymaster;
    std::optional<Address> factory;  ///< deploys the sender first
    bool operator==(const UserOp&) const = default;
};

/// A function that the operator pinned to this address, with its decoded arguments.
struct Call {
    ChainId chain;
    Address actor;
    Address target;
    std::string signature;  ///< canonical, "mint(address,uint256)"
    std::vector<chains::abi::Parameter> parameters;
    std::vector<chains::abi::Value> arguments;  ///< one a parameter
};
[[nodiscard]] bool operator==(const Call& left, const Call& right);

/// Text for people, signed under EIP-191.
struct Message {
    Bytes bytes;
    std::optional<Address> validator;  ///< of version 0x00
    bool operator==(const Message&) const = default;
};

/// Anything that was not understood; never a yes.
struct Opaque {
    enum class Reason : std::uint8_t {
        unknown_selector,
        non_canonical,
        limit,                ///< depth, number of effects, size of calldata
        unknown_typed_data,   ///< no registered type at this contract, or no chain or contract
        undecoded_order,      ///< an exchange order
        untrusted_contract,   ///< a function that is understood only at known contracts
        digest_like_message,  ///< 32 bytes, or a preimage of something else, as a message
        unsupported           ///< understood, and nothing that chela signs
    };
    Reason reason{Reason::unknown_selector};
    ChainId chain;
    std::optional<Address> target;
    std::optional<chains::abi::Selector> selector;
    std::string detail;  ///< a few words for a person
    bool operator==(const Opaque&) const = default;
};

/// What a preimage does once decoded. Source: design, "Model". The order is that of EffectKind.
using Effect = std::variant<
    Transfer,
    Grant,
    Revoke,
    Swap,
    Wrap,
    Deploy,
    Delegate7702,
    Delegatecall,
    Authority,
    UserOp,
    Call,
    Message,
    Opaque>;

enum class EffectKind : std::uint8_t {
    transfer,
    grant,
    revoke,
    swap,
    wrap,
    deploy,
    delegate_7702,
    delegatecall,
    authority,
    userop,
    call,
    message,
    opaque
};
[[nodiscard]] EffectKind kind_of(const Effect& effect);
/// The word of the policy document: "delegate_7702".
[[nodiscard]] std::string_view to_string(EffectKind kind);
[[nodiscard]] std::string_view to_string(Authority::Kind kind);
[[nodiscard]] std::string_view to_string(Opaque::Reason reason);

}  // namespace chela::policy
