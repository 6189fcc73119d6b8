#pragma once

#include "chains/base/units.hpp"
#include "chains/crypto/ecdsa.hpp"
#include "chains/rlp/decode.hpp"
#include "chains/rlp/encode.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

namespace chela::chains::tx {

/// Reads a transaction's fields one after another and keeps the first refusal, so that a decoder
/// asks once at the end. A field read after a refusal is empty. Every refusal names the byte.
/// Ownership: the list of items must outlive the reader.
class FieldReader {
public:
    /// @param root  must be a list of exactly `count` items; anything else is the first refusal
    FieldReader(const rlp::Item& root, std::size_t count);

    [[nodiscard]] ChainId chain_id();          ///< 1 … 2^64-1
    [[nodiscard]] ChainId chain_id_or_zero();  ///< 0 … 2^64-1
    [[nodiscard]] Nonce nonce();               ///< Source: EIP-2681, below 2^64-1
    [[nodiscard]] Nonce any_nonce();           ///< 0 … 2^64-1
    [[nodiscard]] Wei wei();
    [[nodiscard]] Gas gas();
    void read_to(std::optional<Address>& out);  ///< empty or 20 bytes
    void read_to(Address& out);                 ///< 20 bytes
    void read_delegate(Address& out);           ///< 20 bytes
    [[nodiscard]] Bytes data();
    [[nodiscard]] U256 integer();
    [[nodiscard]] std::uint8_t uint8();
    [[nodiscard]] RecoverableSignature signature();  ///< parity 0 or 1, r, s
    /// A list's items. @param name  what the refusal calls the field
    [[nodiscard]] std::span<const rlp::Item> list(std::string_view name);
    [[nodiscard]] const rlp::Item* item();  ///< nullptr after a refusal

    /// Records a refusal of the field read last, unless there is a refusal already.
    void refuse(std::string_view problem, std::string_view reason = {});
    /// @param position  a byte of the whole input
    void refuse_at(std::size_t position, std::string_view problem, std::string_view reason = {});
    void keep(const Error& error);
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    [[nodiscard]] std::uint64_t uint64();

    std::span<const rlp::Item> rest_;
    std::size_t at_ = 0;
    std::optional<Error> error_;
};

/// @return whether the item is a string of just the size
template <class Fixed>
[[nodiscard]] bool read_fixed(const rlp::Item& item, Fixed& out) {
    if (item.kind != rlp::Item::Kind::string || item.payload.size() != Fixed::kSize) return false;
    std::ranges::copy(item.payload, out.bytes.begin());
    return true;
}

/// Appends `to`: 20 bytes, or the empty string for a creation.
void append(rlp::Encoder& encoder, const std::optional<Address>& to);
void append(rlp::Encoder& encoder, const Address& to);
/// Appends parity, r and s.
void append(rlp::Encoder& encoder, const RecoverableSignature& signature);

}  // namespace chela::chains::tx
