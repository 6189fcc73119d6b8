#include "chains/tx/transaction.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/tx/decode.hpp"

#include <string>

namespace chela::chains {
namespace {

constexpr std::uint8_t kFirstStringPrefix = 0x80;
constexpr std::uint8_t kFirstListPrefix = 0xc0;

enum class Envelope : std::uint8_t { legacy, eip1559 };

/// Source: EIP-2718: a list is a legacy transaction, a first byte up to 0x7f is a type.
Result<Envelope> envelope_of(BytesView encoded) {
    if (encoded.empty()) return fail(ErrorCode::invalid_input, "transaction: no bytes");
    const std::uint8_t first = encoded[0];
    if (first >= kFirstListPrefix) return Envelope::legacy;
    if (first >= kFirstStringPrefix) {
        return fail(ErrorCode::invalid_input, "transaction: neither a list nor a type at byte 0");
    }
    if (first == tx::kEip1559Type) return Envelope::eip1559;
    return fail(
        ErrorCode::unsupported, "transaction type " + std::to_string(first) + " is not supported");
}

Result<tx::UncheckedSigned> decode_fields(BytesView encoded) {
    const auto envelope = envelope_of(encoded);
    if (!envelope) return std::unexpected{envelope.error()};
    switch (*envelope) {
        case Envelope::legacy:
            return tx::decode_signed_legacy(encoded);
        case Envelope::eip1559:
            return tx::decode_signed_eip1559(encoded);
    }
    bug("Envelope outside its list");
}

struct MaxGasPrice {
    Wei operator()(const LegacyTransaction& tx) const { return tx.gas_price; }
    Wei operator()(const Eip1559Transaction& tx) const { return tx.max_fee_per_gas; }
};

}  // namespace

ChainId chain_id(const Transaction& tx) {
    return std::visit([](const auto& typed) { return typed.chain_id; }, tx);
}

Nonce nonce(const Transaction& tx) {
    return std::visit([](const auto& typed) { return typed.nonce; }, tx);
}

const std::optional<Address>& to(const Transaction& tx) {
    return std::visit(
        [](const auto& typed) -> const std::optional<Address>& { return typed.to; }, tx);
}

Wei value(const Transaction& tx) {
    return std::visit([](const auto& typed) { return typed.value; }, tx);
}

const Bytes& data(const Transaction& tx) {
    return std::visit([](const auto& typed) -> const Bytes& { return typed.data; }, tx);
}

Gas gas_limit(const Transaction& tx) {
    return std::visit([](const auto& typed) { return typed.gas_limit; }, tx);
}

Wei max_gas_price(const Transaction& tx) {
    return std::visit(MaxGasPrice{}, tx);
}

Transaction with_nonce(Transaction tx, Nonce nonce) {
    std::visit([nonce](auto& typed) { typed.nonce = nonce; }, tx);
    return tx;
}

Result<Wei> max_fee(const Transaction& tx) {
    const auto fee = multiply(max_gas_price(tx).value, U256{gas_limit(tx).value});
    if (!fee) return fail(ErrorCode::out_of_range, "gas limit * gas price does not fit 256 bits");
    return Wei{*fee};
}

Bytes encode_unsigned(const Transaction& tx) {
    return std::visit([](const auto& typed) { return encode_unsigned(typed); }, tx);
}

Bytes encode_signed(const Transaction& tx, const RecoverableSignature& signature) {
    return std::visit(
        [&signature](const auto& typed) { return encode_signed(typed, signature); }, tx);
}

TxHash transaction_hash(BytesView signed_bytes) {
    return TxHash{keccak256(signed_bytes).bytes};
}

Result<Transaction> decode_unsigned(BytesView encoded) {
    const auto envelope = envelope_of(encoded);
    if (!envelope) return std::unexpected{envelope.error()};
    switch (*envelope) {
        case Envelope::legacy:
            return tx::decode_unsigned_legacy(encoded);
        case Envelope::eip1559:
            return tx::decode_unsigned_eip1559(encoded);
    }
    bug("Envelope outside its list");
}

Result<SignedTransaction> decode_signed(BytesView encoded) {
    auto fields = decode_fields(encoded);
    if (!fields) return std::unexpected{fields.error()};
    const SigningHash hash{keccak256(encode_unsigned(fields->transaction)).bytes};
    const auto key = recover(hash, fields->signature);
    if (!key) return std::unexpected{key.error()};
    return SignedTransaction{
        .transaction = std::move(fields->transaction),
        .signature = fields->signature,
        .sender = address_of(*key),
        .hash = transaction_hash(encoded)};
}

}  // namespace chela::chains
