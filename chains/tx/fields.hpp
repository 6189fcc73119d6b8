#pragma once

#include "chains/base/units.hpp"
#include "chains/rlp/decode.hpp"
#include "chains/rlp/encode.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace chela::chains::tx {

/// Reads a transaction's fields one after another and keeps the first refusal, so that a decoder
/// asks once at the end. A field read after a refusal is empty.
/// Ownership: the list of items must outlive the reader.
class FieldReader {
public:
    /// @param root  must be a list of exactly `count` items; anything else is the first refusal
    FieldReader(const rlp::Item& root, std::size_t count);

    [[nodiscard]] ChainId chain_id();  ///< 1 … 2^64-1
    [[nodiscard]] Nonce nonce();       ///< Source: EIP-2681, below 2^64-1
    [[nodiscard]] Wei wei();
    [[nodiscard]] Gas gas();
    [[nodiscard]] std::optional<Address> to();  ///< empty or 20 bytes
    [[nodiscard]] Bytes data();
    [[nodiscard]] U256 integer();
    [[nodiscard]] std::uint8_t parity();    ///< 0 or 1
    [[nodiscard]] const rlp::Item* item();  ///< nullptr after a refusal

    /// Records a refusal found by the caller, unless there is one already.
    void refuse(std::string_view problem, std::string_view reason = {});
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    void keep(const Error& error);
    [[nodiscard]] std::uint64_t uint64();

    std::span<const rlp::Item> rest_;
    std::optional<Error> error_;
};

/// Appends `to`: 20 bytes, or the empty string for a creation.
void append_to(rlp::Encoder& encoder, const std::optional<Address>& to);

}  // namespace chela::chains::tx
