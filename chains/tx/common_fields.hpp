#pragma once

#include "chains/tx/access_list.hpp"
#include "chains/tx/fields.hpp"

namespace chela::chains::tx {

// The runs of fields that several types share, for any struct that has them by these names.

// Room for every fixed-size field at its usual width, so that one allocation does.
inline constexpr std::size_t kUsualFieldBytes = 160;

/// [nonce, gasPrice, gasLimit, to, value, data]
template <class Typed>
[[nodiscard]] rlp::Encoder legacy_fields(const Typed& tx) {
    rlp::Encoder out{kUsualFieldBytes + tx.data.size()};
    out.integer(tx.nonce.value).integer(tx.gas_price.value).integer(tx.gas_limit.value);
    append(out, tx.to);
    out.integer(tx.value.value).string(tx.data);
    return out;
}

template <class Typed>
void read_legacy_fields(FieldReader& reader, Typed& out) {
    out.nonce = reader.nonce();
    out.gas_price = reader.wei();
    out.gas_limit = reader.gas();
    reader.read_to(out.to);
    out.value = reader.wei();
    out.data = reader.data();
}

/// [chainId, nonce, tip, feeCap, gas, to, value, data, accessList]. Source: EIP-1559.
template <class Typed>
[[nodiscard]] rlp::Encoder fee_market_fields(const Typed& tx) {
    rlp::Encoder out{kUsualFieldBytes + tx.data.size()};
    out.integer(tx.chain_id.value)
        .integer(tx.nonce.value)
        .integer(tx.max_priority_fee_per_gas.value)
        .integer(tx.max_fee_per_gas.value)
        .integer(tx.gas_limit.value);
    append(out, tx.to);
    out.integer(tx.value.value).string(tx.data);
    append(out, tx.access_list);
    return out;
}

template <class Typed>
void read_fee_market_fields(FieldReader& reader, Typed& out) {
    out.chain_id = reader.chain_id();
    out.nonce = reader.nonce();
    out.max_priority_fee_per_gas = reader.wei();
    out.max_fee_per_gas = reader.wei();
    if (out.max_priority_fee_per_gas > out.max_fee_per_gas)
        reader.refuse("the priority fee is larger than the fee that holds it");
    out.gas_limit = reader.gas();
    reader.read_to(out.to);
    out.value = reader.wei();
    out.data = reader.data();
    out.access_list = read_access_list(reader);
}

}  // namespace chela::chains::tx
