#include "chains/rlp/decode.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace chela::chains::rlp {
namespace {

constexpr std::uint8_t kString = 0x80;
constexpr std::uint8_t kList = 0xc0;
constexpr std::size_t kLongestShort = 55;
// Most transactions have no longer list, so one allocation does.
constexpr std::size_t kUsualItems = 16;

Error refusal(std::size_t position, const std::string& problem) {
    return Error{
        ErrorCode::invalid_input, "RLP at byte " + std::to_string(position) + ": " + problem};
}

std::unexpected<Error> refuse(std::size_t position, const std::string& problem) {
    return std::unexpected{refusal(position, problem)};
}

struct Header {
    Item::Kind kind{Item::Kind::string};
    std::size_t payload_at{};
    std::size_t length{};
};

/// Reads items of the whole input in place, and keeps the refusal apart: a Result for each item
/// would cost more than the item.
class Reader {
public:
    Reader(BytesView input, Limits limits) : input_{input}, limits_{limits} {}

    /// Reads one item of [position, end). @param depth  how many lists are open around it
    /// @return where it ends; empty: error() says why
    std::optional<std::size_t> read_item(
        Item& out, std::size_t position, std::size_t end, std::size_t depth) {
        if (++count_ > limits_.max_items)
            return stop(position, "more than " + std::to_string(limits_.max_items) + " items");
        const auto header = read_header(position, end);
        if (!header) return std::nullopt;
        out.kind = header->kind;
        out.offset = position;
        out.payload = input_.subspan(header->payload_at, header->length);
        if (out.kind == Item::Kind::string) return header->payload_at + header->length;
        return read_items(out, *header, depth);
    }

    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    std::optional<std::size_t> read_items(Item& list, const Header& header, std::size_t depth) {
        if (depth >= limits_.max_depth)
            return stop(list.offset, "deeper than " + std::to_string(limits_.max_depth) + " lists");
        const std::size_t end = header.payload_at + header.length;
        list.items.reserve(std::min(header.length, kUsualItems));
        std::size_t at = header.payload_at;
        while (at < end) {
            const auto next = read_item(list.items.emplace_back(), at, end, depth + 1);
            if (!next) return std::nullopt;
            at = *next;
        }
        return end;
    }

    std::optional<Header> read_header(std::size_t position, std::size_t end) {
        if (position >= end) return stop(position, "an item is missing");
        const std::uint8_t prefix = input_[position];
        if (prefix < kString) return Header{Item::Kind::string, position, 1};
        const auto kind = prefix < kList ? Item::Kind::string : Item::Kind::list;
        std::size_t length = static_cast<std::size_t>(prefix) - (prefix < kList ? kString : kList);
        std::size_t payload_at = position + 1;
        if (length > kLongestShort) {
            const std::size_t width = length - kLongestShort;
            const auto read = read_length(payload_at, width, end);
            if (!read) return std::nullopt;
            length = *read;
            payload_at += width;
        }
        if (length > end - payload_at)
            return stop(position, "the item is longer than what holds it");
        if (kind == Item::Kind::string && length == 1 && input_[payload_at] < kString)
            return stop(position, "a single byte below 0x80 must stand without a prefix");
        return Header{kind, payload_at, length};
    }

    /// @param width  1 … 8 bytes
    std::optional<std::size_t> read_length(std::size_t at, std::size_t width, std::size_t end) {
        static_assert(sizeof(std::size_t) == 8, "a length of 8 bytes must fit");
        if (width > end - at) return stop(at, "the length is cut off");
        if (input_[at] == 0) return stop(at, "the length has a leading zero");
        std::size_t length = 0;
        for (const std::uint8_t byte : input_.subspan(at, width))
            length = (length << 8U) | byte;
        if (length <= kLongestShort) return stop(at, "the length has a shorter form");
        return length;
    }

    std::nullopt_t stop(std::size_t position, const std::string& problem) {
        error_ = refusal(position, problem);
        return std::nullopt;
    }

    BytesView input_;
    Limits limits_;
    std::size_t count_ = 0;
    std::optional<Error> error_;
};

}  // namespace

Result<Item> decode(BytesView input, Limits limits, std::size_t first) {
    const std::size_t size = input.size();
    if (first > size) return refuse(size, "an item is missing");
    if (size - first > limits.max_bytes)
        return refuse(first, "longer than " + std::to_string(limits.max_bytes) + " bytes");
    Reader reader{input, limits};
    Result<Item> item;
    const auto end = reader.read_item(*item, first, size, 0);
    if (!end) {
        const auto& error = reader.error();
        if (!error) bug("RLP was refused without a reason");
        item = std::unexpected{*error};
    } else if (*end != size) {
        item = refuse(*end, "bytes follow the item");
    }
    return item;
}

Result<U256> to_u256(const Item& item) {
    if (item.kind != Item::Kind::string)
        return refuse(item.offset, "an integer is expected, not a list");
    if (!item.payload.empty() && item.payload[0] == 0)
        return refuse(item.offset, "the integer has a leading zero");
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
