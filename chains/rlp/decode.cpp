#include "chains/rlp/decode.hpp"

#include <string>
#include <utility>

namespace chela::chains::rlp {
namespace {

constexpr std::uint8_t kString = 0x80;
constexpr std::uint8_t kList = 0xc0;
constexpr std::size_t kLongestShort = 55;

std::unexpected<Error> refuse(std::size_t position, const std::string& problem) {
    return fail(
        ErrorCode::invalid_input, "RLP at byte " + std::to_string(position) + ": " + problem);
}

struct Header {
    Item::Kind kind{Item::Kind::string};
    std::size_t payload_at{};
    std::size_t length{};
};

/// Reads one item at a time from [position, end) of the whole input.
class Reader {
public:
    Reader(BytesView input, Limits limits) : input_{input}, limits_{limits} {}

    /// @param depth  how many lists are open around the item
    Result<Item> read_item(std::size_t& position, std::size_t end, std::size_t depth) {
        if (++count_ > limits_.max_items) {
            return refuse(position, "more than " + std::to_string(limits_.max_items) + " items");
        }
        const auto header = read_header(position, end);
        if (!header) return std::unexpected{header.error()};
        Item item{
            .kind = header->kind,
            .offset = position,
            .payload = input_.subspan(header->payload_at, header->length),
            .items = {}};
        const std::size_t item_end = header->payload_at + header->length;
        if (item.kind == Item::Kind::list) {
            if (depth >= limits_.max_depth) {
                return refuse(
                    position, "deeper than " + std::to_string(limits_.max_depth) + " lists");
            }
            std::size_t inner = header->payload_at;
            while (inner < item_end) {
                auto child = read_item(inner, item_end, depth + 1);
                if (!child) return child;
                item.items.push_back(std::move(*child));
            }
        }
        position = item_end;
        return item;
    }

private:
    [[nodiscard]] Result<Header> read_header(std::size_t position, std::size_t end) const {
        if (position >= end) return refuse(position, "an item is missing");
        const std::uint8_t prefix = input_[position];
        if (prefix < kString) return Header{Item::Kind::string, position, 1};
        const auto kind = prefix < kList ? Item::Kind::string : Item::Kind::list;
        std::size_t length = static_cast<std::size_t>(prefix) - (prefix < kList ? kString : kList);
        std::size_t payload_at = position + 1;
        if (length > kLongestShort) {
            const std::size_t width = length - kLongestShort;
            auto read = read_length(payload_at, width, end);
            if (!read) return std::unexpected{read.error()};
            length = *read;
            payload_at += width;
        }
        if (length > end - payload_at)
            return refuse(position, "the item is longer than what holds it");
        if (kind == Item::Kind::string && length == 1 && input_[payload_at] < kString) {
            return refuse(position, "a single byte below 0x80 must stand without a prefix");
        }
        return Header{kind, payload_at, length};
    }

    /// @param width  1 … 8 bytes
    [[nodiscard]] Result<std::size_t> read_length(
        std::size_t at, std::size_t width, std::size_t end) const {
        static_assert(sizeof(std::size_t) == 8, "a length of 8 bytes must fit");
        if (width > end - at) return refuse(at, "the length is cut off");
        if (input_[at] == 0) return refuse(at, "the length has a leading zero");
        std::size_t length = 0;
        for (const std::uint8_t byte : input_.subspan(at, width))
            length = (length << 8U) | byte;
        if (length <= kLongestShort) return refuse(at, "the length has a shorter form");
        return length;
    }

    BytesView input_;
    Limits limits_;
    std::size_t count_ = 0;
};

}  // namespace

Result<Item> decode(BytesView input, Limits limits) {
    std::size_t position = 0;
    auto item = Reader{input, limits}.read_item(position, input.size(), 0);
    if (item && position != input.size()) return refuse(position, "bytes follow the item");
    return item;
}

Result<U256> to_u256(const Item& item) {
    if (item.kind != Item::Kind::string)
        return refuse(item.offset, "an integer is expected, not a list");
    if (!item.payload.empty() && item.payload[0] == 0) {
        return refuse(item.offset, "the integer has a leading zero");
    }
    if (item.payload.size() > 32) return refuse(item.offset, "the integer is longer than 32 bytes");
    return U256::from_big_endian(item.payload);
}

Result<std::uint64_t> to_uint64(const Item& item) {
    const auto value = to_u256(item);
    if (!value) return std::unexpected{value.error()};
    const auto narrow = value->to_uint64();
    if (!narrow) return refuse(item.offset, "the integer is longer than 8 bytes");
    return *narrow;
}

}  // namespace chela::chains::rlp
