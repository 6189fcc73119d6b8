#include "chains/rlp/encode.hpp"

#include <algorithm>
#include <bit>

namespace chela::chains::rlp {
namespace {

constexpr std::uint8_t kString = 0x80;
constexpr std::uint8_t kList = 0xc0;
constexpr std::size_t kLongestShort = 55;
constexpr std::size_t kLongestHeader = 9;

/// @param offset  kString or kList
void append_header(Bytes& out, std::uint8_t offset, std::size_t length) {
    if (length <= kLongestShort) {
        out.push_back(static_cast<std::uint8_t>(offset + length));
        return;
    }
    const auto width = static_cast<std::size_t>(std::bit_width(length) + 7) / 8;
    out.push_back(static_cast<std::uint8_t>(offset + kLongestShort + width));
    for (std::size_t i = width; i-- > 0;)
        out.push_back(static_cast<std::uint8_t>(length >> (8 * i)));
}

}  // namespace

Encoder& Encoder::string(BytesView bytes) {
    const bool is_its_own_encoding = bytes.size() == 1 && bytes[0] < kString;
    if (!is_its_own_encoding) append_header(items_, kString, bytes.size());
    return raw(bytes);
}

Encoder& Encoder::integer(std::uint64_t value) {
    return integer(U256{value});
}

Encoder& Encoder::integer(const U256& value) {
    const auto bytes = value.to_big_endian();
    const auto first = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
    return string(BytesView{first, bytes.end()});
}

Encoder& Encoder::list(const Encoder& inner) {
    append_header(items_, kList, inner.items_.size());
    return raw(inner.items_);
}

Encoder& Encoder::raw(BytesView already_encoded) {
    items_.insert(items_.end(), already_encoded.begin(), already_encoded.end());
    return *this;
}

Bytes Encoder::as_list(BytesView prefix) const {
    Bytes out;
    out.reserve(prefix.size() + kLongestHeader + items_.size());
    out.insert(out.end(), prefix.begin(), prefix.end());
    append_header(out, kList, items_.size());
    out.insert(out.end(), items_.begin(), items_.end());
    return out;
}

}  // namespace chela::chains::rlp
