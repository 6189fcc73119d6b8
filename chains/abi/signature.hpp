#pragma once

#include "chains/abi/value.hpp"
#include "chains/base/bytes.hpp"
#include "chains/base/json.hpp"
#include "chains/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace chela::chains::abi {

using Selector = FixedBytes<struct SelectorTag, 4>;

struct Parameter {
    Type type;
    std::string name;  ///< "" when it has none
    bool is_indexed{};
};

struct Signature {
    enum class Kind : std::uint8_t { function, event, error };
    Kind kind{Kind::function};
    std::string name;
    std::vector<Parameter> inputs;
    std::vector<Parameter> outputs;  ///< of a function
    bool is_anonymous{};             ///< an event without its topic
};

[[nodiscard]] std::vector<Type> types_of(const std::vector<Parameter>& parameters);

/// "transfer(address,uint256)", the text whose hash names it.
[[nodiscard]] std::string canonical_text(const Signature& signature);
/// The first four bytes of the hash, for functions and errors. Source: Solidity ABI specification,
/// "Function Selector".
[[nodiscard]] Selector selector(const Signature& signature);
/// The first topic of an event that is not anonymous. Source: as above, "Events".
[[nodiscard]] Hash256 topic(const Signature& signature);

/// Bare, "transfer(address,uint256)", which is of `bare_kind`; or human-readable, "function
/// transfer(address to, uint256 amount) external returns (bool)", "event Transfer(address indexed
/// from, address indexed to, uint256)", "error Denied(uint8 code)".
/// @return invalid_input with reason E_ABI_SIGNATURE or E_ABI_TYPE, too_large with E_ABI_LIMIT
[[nodiscard]] Result<Signature> parse_signature(
    std::string_view text, Signature::Kind bare_kind = Signature::Kind::function);

/// One function, event or error of a JSON ABI.
/// @return as above; unsupported with E_ABI_SIGNATURE: a constructor, fallback or receive
/// Source: Solidity ABI specification, "JSON".
[[nodiscard]] Result<Signature> parse_json_signature(const Json& item);

struct JsonAbi {
    std::vector<Signature> signatures;
    /// Why an entry is not among them: it has a type that is not supported.
    std::vector<std::string> skipped;
};
/// All functions, events and errors of a JSON ABI (an array); constructor, fallback and receive are
/// passed over.
/// @return as parse_json_signature, but for entries of unsupported types
[[nodiscard]] Result<JsonAbi> parse_json_abi(const Json& abi);

/// Selector, then the arguments.
/// @return as encode()
[[nodiscard]] Result<Bytes> encode_call(
    const Signature& signature, const std::vector<Value>& arguments);
/// @return the arguments; as decode(), or invalid_input with E_ABI_SELECTOR: another function
[[nodiscard]] Result<std::vector<Value>> decode_call(
    const Signature& signature, BytesView calldata);

}  // namespace chela::chains::abi
