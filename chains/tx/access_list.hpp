#pragma once

#include "chains/base/bytes.hpp"

#include <vector>

namespace chela::chains {

namespace rlp {
class Encoder;
}
namespace tx {
class FieldReader;
}

/// What a transaction says it will touch. Source: EIP-2930.
struct AccessListEntry {
    Address address;
    std::vector<Hash256> storage_keys;
    bool operator==(const AccessListEntry&) const = default;
};
using AccessList = std::vector<AccessListEntry>;

namespace tx {

/// Appends [[address, [key…]]…].
void append(rlp::Encoder& encoder, const AccessList& list);
/// The next field; anything but a list of [20 bytes, [32 bytes…]] is the reader's refusal.
[[nodiscard]] AccessList read_access_list(FieldReader& reader);

}  // namespace tx
}  // namespace chela::chains
