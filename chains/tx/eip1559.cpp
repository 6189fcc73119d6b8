#include "chains/tx/eip1559.hpp"

#include "chains/tx/decode.hpp"
#include "chains/tx/fields.hpp"

#include <algorithm>

namespace chela::chains {
namespace {

constexpr std::size_t kUnsignedFields = 9;
constexpr std::size_t kSignedFields = 12;

Bytes encode_access_list(const AccessList& list) {
    rlp::Encoder entries;
    for (const AccessListEntry& entry : list) {
        rlp::Encoder keys;
        for (const Hash256& key : entry.storage_keys)
            keys.string(key.view());
        entries.raw(rlp::Encoder{}.string(entry.address.view()).raw(keys.as_list()).as_list());
    }
    return entries.as_list();
}

rlp::Encoder common_fields(const Eip1559Transaction& tx) {
    rlp::Encoder encoder;
    encoder.integer(tx.chain_id.value)
        .integer(tx.nonce.value)
        .integer(tx.max_priority_fee_per_gas.value)
        .integer(tx.max_fee_per_gas.value)
        .integer(tx.gas_limit.value);
    tx::append_to(encoder, tx.to);
    encoder.integer(tx.value.value).string(tx.data).raw(encode_access_list(tx.access_list));
    return encoder;
}

/// 0x02 ‖ rlp(fields). Source: EIP-2718.
Bytes with_type(const rlp::Encoder& fields) {
    Bytes out{tx::kEip1559Type};
    const Bytes list = fields.as_list();
    out.insert(out.end(), list.begin(), list.end());
    return out;
}

template <class Fixed>
bool read_fixed(const rlp::Item& item, Fixed& out) {
    if (item.kind != rlp::Item::Kind::string || item.payload.size() != Fixed::kSize) return false;
    std::ranges::copy(item.payload, out.bytes.begin());
    return true;
}

bool read_storage_keys(const rlp::Item& item, std::vector<Hash256>& out) {
    if (item.kind != rlp::Item::Kind::list) return false;
    return std::ranges::all_of(
        item.items, [&out](const rlp::Item& key) { return read_fixed(key, out.emplace_back()); });
}

bool read_entry(const rlp::Item& item, AccessListEntry& out) {
    return item.kind == rlp::Item::Kind::list && item.items.size() == 2 &&
           read_fixed(item.items[0], out.address) &&
           read_storage_keys(item.items[1], out.storage_keys);
}

AccessList read_access_list(tx::FieldReader& reader) {
    const rlp::Item* const list = reader.item();
    if (list == nullptr) return {};
    AccessList out;
    const bool is_well_formed = list->kind == rlp::Item::Kind::list &&
                                std::ranges::all_of(list->items, [&out](const rlp::Item& entry) {
                                    return read_entry(entry, out.emplace_back());
                                });
    if (!is_well_formed)
        reader.refuse("the access list is not a list of [address, [32-byte keys]]");
    return out;
}

Eip1559Transaction read_common_fields(tx::FieldReader& reader) {
    Eip1559Transaction out;
    out.chain_id = reader.chain_id();
    out.nonce = reader.nonce();
    out.max_priority_fee_per_gas = reader.wei();
    out.max_fee_per_gas = reader.wei();
    out.gas_limit = reader.gas();
    out.to = reader.to();
    out.value = reader.wei();
    out.data = reader.data();
    out.access_list = read_access_list(reader);
    return out;
}

}  // namespace

Bytes encode_unsigned(const Eip1559Transaction& tx) {
    return with_type(common_fields(tx));
}

Bytes encode_signed(const Eip1559Transaction& tx, const RecoverableSignature& signature) {
    return with_type(common_fields(tx)
                         .integer(std::uint64_t{signature.y_parity})
                         .integer(signature.r)
                         .integer(signature.s));
}

namespace tx {

Result<Transaction> decode_unsigned_eip1559(BytesView encoded) {
    const auto root = rlp::decode(encoded.subspan(1));
    if (!root) return std::unexpected{root.error()};
    FieldReader reader{*root, kUnsignedFields};
    Eip1559Transaction out = read_common_fields(reader);
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return out;
}

Result<UncheckedSigned> decode_signed_eip1559(BytesView encoded) {
    const auto root = rlp::decode(encoded.subspan(1));
    if (!root) return std::unexpected{root.error()};
    FieldReader reader{*root, kSignedFields};
    Eip1559Transaction out = read_common_fields(reader);
    RecoverableSignature signature;
    signature.y_parity = reader.parity();
    signature.r = reader.integer();
    signature.s = reader.integer();
    if (const auto& error = reader.error()) return std::unexpected{*error};
    return UncheckedSigned{std::move(out), signature};
}

}  // namespace tx
}  // namespace chela::chains
