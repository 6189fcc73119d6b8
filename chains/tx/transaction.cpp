#include "chains/tx/transaction.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/tx/decode.hpp"

#include <string>

namespace chela::chains {
namespace {

constexpr std::uint8_t kLastType = 0x7f;
constexpr std::uint8_t kFirstListPrefix = 0xc0;

/// Source: EIP-2718: a list is a legacy transaction, a first byte up to 0x7f is a type.
Result<TransactionType> type_of_bytes(BytesView encoded) {
    if (encoded.empty()) return fail(ErrorCode::invalid_input, "transaction: no bytes");
    const std::uint8_t first = encoded[0];
    if (first >= kFirstListPrefix) return TransactionType::legacy;
    if (first > kLastType)
        return fail(ErrorCode::invalid_input, "transaction: neither a list nor a type at byte 0");
    if (first == static_cast<std::uint8_t>(TransactionType::legacy)) {
        return fail(
            ErrorCode::unsupported,
            "transaction type 0 is never written: a legacy transaction starts with its list");
    }
    if (first <= static_cast<std::uint8_t>(TransactionType::eip7702))
        return static_cast<TransactionType>(first);
    return fail(
        ErrorCode::unsupported, "transaction type " + std::to_string(first) + " is not supported");
}

Result<tx::UncheckedSigned> decode_fields(BytesView encoded) {
    const auto type = type_of_bytes(encoded);
    if (!type) return std::unexpected{type.error()};
    switch (*type) {
        case TransactionType::legacy:
            return tx::decode_signed_legacy(encoded);
        case TransactionType::eip2930:
            return tx::decode_signed_eip2930(encoded);
        case TransactionType::eip1559:
            return tx::decode_signed_eip1559(encoded);
        case TransactionType::eip4844:
            return tx::decode_signed_eip4844(encoded);
        case TransactionType::eip7702:
            return tx::decode_signed_eip7702(encoded);
    }
    bug("TransactionType outside its list");
}

struct TypeOf {
    using enum TransactionType;
    TransactionType operator()(const LegacyTransaction&) const { return legacy; }
    TransactionType operator()(const Eip2930Transaction&) const { return eip2930; }
    TransactionType operator()(const Eip1559Transaction&) const { return eip1559; }
    TransactionType operator()(const Eip4844Transaction&) const { return eip4844; }
    TransactionType operator()(const Eip7702Transaction&) const { return eip7702; }
};

template <class Typed>
concept HasGasPrice = requires(const Typed& tx) { tx.gas_price; };
template <class Typed>
concept HasAccessList = requires(const Typed& tx) { tx.access_list; };

/// What the blobs may cost; zero for a transaction without.
Result<Wei> max_blob_fee(const Transaction& tx) {
    const auto* typed = std::get_if<Eip4844Transaction>(&tx);
    if (typed == nullptr) return Wei{};
    const auto blob_gas = multiply(U256{typed->blob_versioned_hashes.size()}, U256{kGasPerBlob});
    if (!blob_gas) return std::unexpected{blob_gas.error()};
    const auto fee = multiply(*blob_gas, typed->max_fee_per_blob_gas.value);
    if (!fee)
        return fail(ErrorCode::out_of_range, "blob gas * blob gas price does not fit 256 bits");
    return Wei{*fee};
}

}  // namespace

TransactionType type_of(const Transaction& tx) {
    return std::visit(TypeOf{}, tx);
}

ChainId chain_id(const Transaction& tx) {
    return std::visit([](const auto& typed) { return typed.chain_id; }, tx);
}

Nonce nonce(const Transaction& tx) {
    return std::visit([](const auto& typed) { return typed.nonce; }, tx);
}

std::optional<Address> to(const Transaction& tx) {
    return std::visit([](const auto& typed) { return std::optional<Address>{typed.to}; }, tx);
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

const AccessList& access_list(const Transaction& tx) {
    static const AccessList none;
    return std::visit(
        []<class Typed>(const Typed& typed) -> const AccessList& {
            if constexpr (HasAccessList<Typed>) {
                return typed.access_list;
            } else {
                return none;
            }
        },
        tx);
}

Wei max_gas_price(const Transaction& tx) {
    return std::visit(
        []<class Typed>(const Typed& typed) {
            if constexpr (HasGasPrice<Typed>) {
                return typed.gas_price;
            } else {
                return typed.max_fee_per_gas;
            }
        },
        tx);
}

Transaction with_nonce(Transaction tx, Nonce nonce) {
    std::visit([nonce](auto& typed) { typed.nonce = nonce; }, tx);
    return tx;
}

Result<Wei> max_fee(const Transaction& tx) {
    const auto fee = multiply(max_gas_price(tx).value, U256{gas_limit(tx).value});
    if (!fee) return fail(ErrorCode::out_of_range, "gas limit * gas price does not fit 256 bits");
    const auto blobs = max_blob_fee(tx);
    if (!blobs) return blobs;
    const auto total = add(*fee, blobs->value);
    if (!total) return fail(ErrorCode::out_of_range, "the worst-case fee does not fit 256 bits");
    return Wei{*total};
}

Bytes encode_unsigned(const Transaction& tx) {
    return std::visit([](const auto& typed) { return encode_unsigned(typed); }, tx);
}

Bytes encode_signed(const Transaction& tx, const RecoverableSignature& signature) {
    return std::visit(
        [&signature](const auto& typed) { return encode_signed(typed, signature); }, tx);
}

SigningHash signing_hash(const Transaction& tx) {
    return SigningHash{keccak256(encode_unsigned(tx)).bytes};
}

TxHash transaction_hash(BytesView signed_bytes) {
    return TxHash{keccak256(signed_bytes).bytes};
}

Result<Transaction> decode_unsigned(BytesView encoded) {
    const auto type = type_of_bytes(encoded);
    if (!type) return std::unexpected{type.error()};
    switch (*type) {
        case TransactionType::legacy:
            return tx::decode_unsigned_legacy(encoded);
        case TransactionType::eip2930:
            return tx::decode_unsigned_eip2930(encoded);
        case TransactionType::eip1559:
            return tx::decode_unsigned_eip1559(encoded);
        case TransactionType::eip4844:
            return tx::decode_unsigned_eip4844(encoded);
        case TransactionType::eip7702:
            return tx::decode_unsigned_eip7702(encoded);
    }
    bug("TransactionType outside its list");
}

Result<SignedTransaction> decode_signed(BytesView encoded) {
    auto fields = decode_fields(encoded);
    if (!fields) return std::unexpected{fields.error()};
    const auto key = recover(signing_hash(fields->transaction), fields->signature);
    if (!key) return std::unexpected{key.error()};
    // The hash leaves the blobs out, so it is not that of the bytes that came.
    const TxHash hash =
        fields->sidecar ? transaction_hash(encode_signed(fields->transaction, fields->signature))
                        : transaction_hash(encoded);
    return SignedTransaction{
        .transaction = std::move(fields->transaction),
        .signature = fields->signature,
        .sender = address_of(*key),
        .hash = hash,
        .sidecar = std::move(fields->sidecar)};
}

}  // namespace chela::chains
