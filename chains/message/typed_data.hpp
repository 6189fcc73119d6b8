#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/u256.hpp"
#include "chains/message/typed_data_types.hpp"
#include "chains/message/typed_value.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace chela::chains {

inline constexpr std::size_t kMaxTypedDataText = 1U << 20U;  ///< bytes of JSON

/// Who the signature is for; a member that is absent was not signed.
/// Source: EIP-712, "Definition of domainSeparator".
struct TypedDomain {
    std::optional<std::string> name;
    std::optional<std::string> version;
    std::optional<U256> chain_id;
    std::optional<Address> verifying_contract;
    std::optional<Hash256> salt;
};

/// Typed structured data with its declarations. What wallets read in different ways is refused,
/// with one exception: a domain that types.EIP712Domain does not declare is taken from its members,
/// as ethers and viem do; MetaMask's library takes it for the empty domain.
/// Source: EIP-712.
class TypedData {
public:
    [[nodiscard]] const TypedDataTypes& types() const { return types_; }
    [[nodiscard]] const std::string& primary_type() const { return primary_type_; }
    [[nodiscard]] const TypedDomain& domain() const { return domain_; }
    /// A struct of the primary type; the domain itself when that is EIP712Domain.
    [[nodiscard]] const TypedValue& message() const { return message_; }

    [[nodiscard]] const Hash256& domain_separator() const { return domain_separator_; }
    /// hashStruct(message).
    [[nodiscard]] const Hash256& struct_hash() const { return struct_hash_; }
    /// The bytes whose Keccak-256 is signed: 0x19 0x01 ‖ domainSeparator ‖ hashStruct(message); the
    /// last part is left out when the primary type is EIP712Domain, as viem and MetaMask do.
    [[nodiscard]] Bytes bytes() const;

private:
    friend Result<TypedData> read_typed_data(const Json& json);
    TypedData() = default;

    TypedDataTypes types_;
    std::string primary_type_;
    TypedDomain domain_;
    TypedValue message_;
    Hash256 domain_separator_;
    Hash256 struct_hash_;
};

/// {"types", "primaryType", "domain", "message"} and nothing else. types.EIP712Domain may be left
/// out; when it is there it must declare exactly the domain's members, in the order of TypedDomain.
/// The message of the primary type EIP712Domain must be {} or left out.
/// @return invalid_input naming the path, with reason E_TYPED_DATA_MISSING_MEMBER, _EXTRA_MEMBER,
/// _TYPE_MISMATCH, _DUPLICATE_MEMBER, _NAME, _UNKNOWN_TYPE, _UNUSED_TYPE, _CYCLE, _DOMAIN, _NUMBER
/// or _RANGE; too_large with E_TYPED_DATA_LIMIT
[[nodiscard]] Result<TypedData> read_typed_data(const Json& json);

/// As above, from text; also as parse_json().
[[nodiscard]] Result<TypedData> parse_typed_data(std::string_view json);

}  // namespace chela::chains
