#include "chains/tx/access_list.hpp"

#include "chains/tx/fields.hpp"

#include <algorithm>

namespace chela::chains::tx {
namespace {

bool read_entry(const rlp::Item& item, AccessListEntry& out) {
    if (item.kind != rlp::Item::Kind::list || item.items.size() != 2) return false;
    const rlp::Item& keys = item.items[1];
    if (!read_fixed(item.items[0], out.address) || keys.kind != rlp::Item::Kind::list) return false;
    out.storage_keys.reserve(keys.items.size());
    return std::ranges::all_of(keys.items, [&out](const rlp::Item& key) {
        return read_fixed(key, out.storage_keys.emplace_back());
    });
}

}  // namespace

void append(rlp::Encoder& encoder, const AccessList& list) {
    rlp::Encoder entries;
    for (const AccessListEntry& entry : list) {
        rlp::Encoder keys;
        for (const Hash256& key : entry.storage_keys)
            keys.string(key.view());
        entries.list(rlp::Encoder{}.string(entry.address.view()).list(keys));
    }
    encoder.list(entries);
}

AccessList read_access_list(FieldReader& reader) {
    AccessList out;
    for (const rlp::Item& entry : reader.list("the access list")) {
        if (read_entry(entry, out.emplace_back())) continue;
        reader.refuse_at(entry.offset, "an entry is not [20-byte address, [32-byte keys]]");
        return {};
    }
    return out;
}

}  // namespace chela::chains::tx
