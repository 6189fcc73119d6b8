#include "chains/base/hex.hpp"
#include "chains/tx/authorization.hpp"
#include "chains/tx/transaction.hpp"
#include "chains/tx/unprotected.hpp"
#include "chains/userop/user_operation.hpp"
#include "policy/decode/preimage.hpp"
#include "policy/decode/roots.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace chela::policy {
namespace {

constexpr std::size_t kHashSize = 32;
// Source: EIP-191: no transaction and no text begins with it.
constexpr std::uint8_t kSignedData = 0x19;
// Source: EntryPoint v0.6 and v0.7, getUserOpHash: hash, entry point, chain.
constexpr std::size_t kOperationPreimageSize = 96;

bool is_operation_preimage(BytesView bytes) {
    if (bytes.size() != kOperationPreimageSize) return false;
    const auto word = bytes.subspan(kHashSize, kHashSize);
    const auto padding = word.first(kHashSize - Address::kSize);
    const auto address = word.last(Address::kSize);
    const std::array known{chains::kEntryPointV06, chains::kEntryPointV07, chains::kEntryPointV08};
    return std::ranges::all_of(padding, [](auto byte) { return byte == 0; }) &&
           std::ranges::any_of(known, [&address](const auto& one) {
               return std::ranges::equal(one.view(), address);
           });
}

/// What the bytes would be to somebody who signs them without the prefix; empty: nothing.
std::string_view meaning_of(BytesView bytes) {
    if (bytes.size() == kHashSize) return "32 bytes, as a hash has";
    if (chains::decode_authorization(bytes)) return "an authorization of code";
    if (chains::decode_unsigned(bytes)) return "a transaction";
    if (chains::decode_unsigned_unprotected(bytes)) return "a transaction for every chain";
    if (is_operation_preimage(bytes)) return "a user operation";
    return {};
}

bool is_signed_data(BytesView bytes, std::size_t at_least) {
    return bytes.size() >= at_least && bytes[0] == kSignedData;
}

/// The bytes that the text writes in hex, "0x" or not; empty: it is other text.
Bytes bytes_in_hex(BytesView message) {
    const std::string text(message.begin(), message.end());
    const bool has_prefix = text.starts_with("0x") || text.starts_with("0X");
    const auto bytes = parse_hex("0x" + (has_prefix ? text.substr(2) : text));
    return bytes ? *bytes : Bytes{};
}

/// Why the message is no text for people; empty: it may be.
std::string_view objection(const Bytes& message) {
    if (is_signed_data(message, 1)) return "the beginning of signed data";
    if (const auto meaning = meaning_of(message); !meaning.empty()) return meaning;
    const auto in_hex = bytes_in_hex(message);
    // A year such as 1984 is no signed data.
    if (is_signed_data(in_hex, kHashSize)) return "signed data in hex";
    return meaning_of(in_hex);
}

}  // namespace

// What the chain knows as an order must not be had by calling it a message: accounts of ERC-4337
// and ERC-1271 take a signed 32-byte message for the hash of whatever they do.
EffectTree decode_message(const chains::PersonalMessage& message, const Address& signer) {
    if (const auto why = objection(message.message); !why.empty()) {
        return refused_root(
            signer, std::nullopt, ChainId{}, Opaque::Reason::digest_like_message,
            "the message is " + std::string{why});
    }
    return single_root(
        signer, std::nullopt, Message{.bytes = message.message, .validator = std::nullopt});
}

// The validator's code gives the data its meaning, whatever it looks like; rules name it.
EffectTree decode_message(const chains::ValidatorMessage& message, const Address& signer) {
    return single_root(
        signer, message.validator, Message{.bytes = message.data, .validator = message.validator});
}

}  // namespace chela::policy
