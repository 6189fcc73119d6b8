#include "chains/userop/words.hpp"

#include "chains/crypto/keccak.hpp"

namespace chela::chains {

Words& Words::add(const U256& number) {
    const auto word = number.to_big_endian();
    bytes_.insert(bytes_.end(), word.begin(), word.end());
    return *this;
}

Words& Words::add(const Address& address) {
    bytes_.insert(bytes_.end(), 32 - Address::kSize, 0);
    bytes_.insert(bytes_.end(), address.bytes.begin(), address.bytes.end());
    return *this;
}

Words& Words::add(const Hash256& hash) {
    bytes_.insert(bytes_.end(), hash.bytes.begin(), hash.bytes.end());
    return *this;
}

Words& Words::add_hash_of(BytesView bytes) {
    return add(keccak256(bytes));
}

Hash256 hash_of_text(std::string_view text) {
    return keccak256(Bytes{text.begin(), text.end()});
}

}  // namespace chela::chains
