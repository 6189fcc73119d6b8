#include "chains/abi/encode.hpp"

#include "chains/abi/members.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace chela::chains::abi {
namespace {

using Kind = Type::Kind;
using Word = std::array<std::uint8_t, 32>;

void append(Bytes& out, BytesView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_number(Bytes& out, std::size_t number) {
    append(out, U256{number}.to_big_endian());
}

struct Mismatch {
    std::string path;  ///< ".1.0": the position at each level
    std::string type;
};
template <class T>
using Encoded = std::expected<T, Mismatch>;

Encoded<Bytes> encode_value(const Type& type, const Value& value);

Encoded<Bytes> encode_members(const Members& members, std::span<const Value> values) {
    Bytes heads;
    Bytes tails;
    const std::size_t head_bytes = members.head_bytes();
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto encoded = encode_value(members[i], values[i]);
        if (!encoded) {
            return std::unexpected{
                Mismatch{fmt::format(".{}{}", i, encoded.error().path), encoded.error().type}};
        }
        if (members[i].is_dynamic()) {
            append_number(heads, head_bytes + tails.size());
            append(tails, *encoded);
        } else {
            append(heads, *encoded);
        }
    }
    append(heads, tails);
    return heads;
}

Bytes encode_bytes(BytesView bytes) {
    Bytes out;
    append_number(out, bytes.size());
    append(out, bytes);
    while (out.size() % 32 != 0)
        out.push_back(0);
    return out;
}

Encoded<Bytes> encode_elements(const Type& type, const Value::List& values) {
    auto elements = encode_members(Members::repeated(type.inner().front(), values.size()), values);
    if (!elements || type.kind() == Kind::fixed_array) return elements;
    Bytes out;
    append_number(out, values.size());
    append(out, *elements);
    return out;
}

Encoded<Bytes> encode_value(const Type& type, const Value& value) {
    if (!is_of(value, type)) return std::unexpected{Mismatch{"", to_string(type)}};
    switch (type.kind()) {
        case Kind::string: {
            const auto& text = std::get<std::string>(value.data);
            return encode_bytes(Bytes{text.begin(), text.end()});
        }
        case Kind::bytes:
            return encode_bytes(std::get<Bytes>(value.data));
        case Kind::fixed_array:
        case Kind::dynamic_array:
            return encode_elements(type, std::get<Value::List>(value.data));
        case Kind::tuple:
            return encode_members(Members::of(type.inner()), std::get<Value::List>(value.data));
        case Kind::unsigned_integer:
        case Kind::signed_integer:
        case Kind::address:
        case Kind::boolean:
        case Kind::fixed_bytes:
            break;
    }
    const Word word = encode_word(type, value);
    return Bytes{word.begin(), word.end()};
}

}  // namespace

std::array<std::uint8_t, 32> encode_word(const Type& type, const Value& value) {
    Word out{};
    switch (type.kind()) {
        case Kind::unsigned_integer:
            return std::get<U256>(value.data).to_big_endian();
        case Kind::signed_integer:
            return std::get<I256>(value.data).word().to_big_endian();
        case Kind::address:
            std::ranges::copy(std::get<Address>(value.data).bytes, out.begin() + 12);
            return out;
        case Kind::boolean:
            out.back() = std::get<bool>(value.data) ? 1 : 0;
            return out;
        case Kind::fixed_bytes:
            if (std::get<Bytes>(value.data).size() > out.size()) bug("bytesN over 32 bytes");
            std::ranges::copy(std::get<Bytes>(value.data), out.begin());
            return out;
        case Kind::bytes:
        case Kind::string:
        case Kind::fixed_array:
        case Kind::dynamic_array:
        case Kind::tuple:
            break;
    }
    bug("only a value of one word can be encoded as a word");
}

Result<Bytes> encode(std::span<const Type> types, std::span<const Value> values) {
    if (types.size() != values.size()) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format("ABI: {} values for {} types", values.size(), types.size()),
            "E_ABI_TYPE_MISMATCH");
    }
    auto encoded = encode_members(Members::of(types), values);
    if (!encoded) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "ABI argument {}: not a {}", encoded.error().path.substr(1), encoded.error().type),
            "E_ABI_TYPE_MISMATCH");
    }
    return *std::move(encoded);
}

}  // namespace chela::chains::abi
