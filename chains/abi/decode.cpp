#include "chains/abi/decode.hpp"

#include "chains/abi/encode.hpp"
#include "chains/abi/members.hpp"
#include "chains/base/utf8.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace chela::chains::abi {
namespace {

using Kind = Type::Kind;

constexpr std::size_t kWord = 32;

enum class Strictness : std::uint8_t { strict, for_display };

std::unexpected<Error> refuse(std::size_t at, std::string_view problem, std::string reason) {
    return fail(
        ErrorCode::invalid_input, fmt::format("ABI at byte {}: {}", at, problem),
        std::move(reason));
}

std::unexpected<Error> cut_off(std::size_t at) {
    return refuse(at, "what is announced leaves the data", "E_ABI_TRUNCATED");
}

/// Follows offsets within the data. No more bytes are read than there are: a canonical encoding has
/// none that two values share, and so a few bytes cannot be made to stand for many values.
class Reader {
public:
    Reader(BytesView data, Strictness strictness)
        : data_{data},
          budget_{data.size()},
          strictness_{strictness} {}

    /// @param base  where the heads start and what offsets count from
    Result<Value::List> read_members(const Members& members, std::size_t base) {
        const std::size_t head_bytes = members.head_bytes();
        if (head_bytes > data_.size() - base) return cut_off(base);
        Value::List out;
        out.reserve(members.size());
        std::size_t head = base;
        for (std::size_t i = 0; i < members.size(); ++i) {
            const Type& type = members[i];
            std::size_t at = head;
            if (type.is_dynamic()) {
                const auto offset = read_size(head);
                if (!offset) return std::unexpected{offset.error()};
                if (*offset < head_bytes) {
                    return refuse(head, "an offset into the heads", "E_ABI_NOT_CANONICAL");
                }
                if (*offset > data_.size() - base) return cut_off(head);
                at = base + *offset;
            }
            auto value = read_value(type, at);
            if (!value) return std::unexpected{value.error()};
            out.push_back(*std::move(value));
            head += type.head_bytes();
        }
        return out;
    }

private:
    Status spend(std::size_t at, std::size_t bytes) {
        if (bytes > data_.size() - at) return cut_off(at);
        if (bytes > budget_) return refuse(at, "values overlap", "E_ABI_NOT_CANONICAL");
        budget_ -= bytes;
        return {};
    }

    Result<BytesView> read_word(std::size_t at) {
        if (const auto spent = spend(at, kWord); !spent) return std::unexpected{spent.error()};
        return data_.subspan(at, kWord);
    }

    Result<U256> read_number(std::size_t at) {
        const auto word = read_word(at);
        if (!word) return std::unexpected{word.error()};
        return U256::from_big_endian(*word);
    }

    /// A length or an offset; one that does not fit 64 bits cannot lie within the data.
    Result<std::size_t> read_size(std::size_t at) {
        const auto number = read_number(at);
        if (!number) return std::unexpected{number.error()};
        const auto size = number->to_uint64();
        if (!size) return cut_off(at);
        return *size;
    }

    Result<Value> read_value(const Type& type, std::size_t at) {
        switch (type.kind()) {
            case Kind::bytes:
            case Kind::string:
                return read_bytes(type, at);
            case Kind::dynamic_array: {
                const Type& element = type.inner().front();
                const auto count = read_size(at);
                if (!count) return std::unexpected{count.error()};
                const std::size_t room = data_.size() - at - kWord;
                if (*count > room / element.head_bytes()) return cut_off(at);
                return as_list(read_members(Members::repeated(element, *count), at + kWord));
            }
            case Kind::fixed_array:
                return as_list(
                    read_members(Members::repeated(type.inner().front(), type.size()), at));
            case Kind::tuple:
                return as_list(read_members(Members::of(type.inner()), at));
            case Kind::unsigned_integer:
            case Kind::signed_integer:
            case Kind::address:
            case Kind::boolean:
            case Kind::fixed_bytes:
                break;
        }
        return read_elementary(type, at);
    }

    static Result<Value> as_list(Result<Value::List> list) {
        if (!list) return std::unexpected{list.error()};
        return Value{*std::move(list)};
    }

    Result<Value> read_bytes(const Type& type, std::size_t at) {
        const auto size = read_size(at);
        if (!size) return std::unexpected{size.error()};
        const std::size_t start = at + kWord;
        if (const auto spent = spend(start, *size); !spent) return std::unexpected{spent.error()};
        const BytesView bytes = data_.subspan(start, *size);
        if (type.kind() == Kind::bytes) return Value{Bytes{bytes.begin(), bytes.end()}};
        std::string text{bytes.begin(), bytes.end()};
        if (strictness_ == Strictness::strict && !is_utf8(text)) {
            return refuse(start, "a string is not UTF-8", "E_ABI_UTF8");
        }
        return Value{std::move(text)};
    }

    /// A word outside the range of its type is refused in either mode: there is no value to show.
    Result<Value> read_elementary(const Type& type, std::size_t at) {
        const auto word = read_word(at);
        if (!word) return std::unexpected{word.error()};
        Value value = value_of(type, *word);
        if (!is_of(value, type) || !std::ranges::equal(encode_word(type, value), *word)) {
            return refuse(at, "not a " + to_string(type), "E_ABI_NOT_CANONICAL");
        }
        return value;
    }

    static Value value_of(const Type& type, BytesView word) {
        const auto number = U256::from_big_endian(word);
        if (!number) bug("a 32-byte word does not fit 256 bits");
        if (type.kind() == Kind::unsigned_integer) return Value{*number};
        if (type.kind() == Kind::signed_integer) return Value{I256::from_word(*number)};
        if (type.kind() == Kind::boolean) return Value{!number->is_zero()};
        if (type.kind() == Kind::fixed_bytes) {
            const BytesView bytes = word.first(type.size());
            return Value{Bytes{bytes.begin(), bytes.end()}};
        }
        Address address;
        std::ranges::copy(word.last(Address::kSize), address.bytes.begin());
        return Value{address};
    }

    BytesView data_;
    std::size_t budget_;
    Strictness strictness_;
};

Result<std::vector<Value>> read(
    std::span<const Type> types, BytesView data, Strictness strictness) {
    if (data.size() > kMaxEncodedBytes) {
        return fail(
            ErrorCode::too_large, fmt::format("ABI data is over {} bytes", kMaxEncodedBytes),
            "E_ABI_LIMIT");
    }
    return Reader{data, strictness}.read_members(Members::of(types), 0);
}

}  // namespace

Result<std::vector<Value>> decode(std::span<const Type> types, BytesView data) {
    auto values = read(types, data, Strictness::strict);
    if (!values) return values;
    const auto again = encode(types, *values);
    if (!again) bug("a decoded value cannot be encoded");
    if (std::ranges::equal(*again, data)) return values;
    const auto difference = std::ranges::mismatch(*again, data).in2 - data.begin();
    return refuse(
        static_cast<std::size_t>(difference), "not what an encoder writes for these values",
        "E_ABI_NOT_CANONICAL");
}

Result<std::vector<Value>> decode_for_display(std::span<const Type> types, BytesView data) {
    return read(types, data, Strictness::for_display);
}

}  // namespace chela::chains::abi
