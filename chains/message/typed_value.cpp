#include "chains/message/typed_value.hpp"

#include "chains/crypto/keccak.hpp"
#include "chains/message/typed_data_types.hpp"

#include <algorithm>
#include <array>

namespace chela::chains {
namespace {

using Word = std::array<std::uint8_t, 32>;

/// The word that a value takes in encodeData. Source: EIP-712, "Definition of encodeData".
struct Encoder {
    const TypedDataTypes& types;
    const TypedValue& value;

    Word operator()(const U256& number) const { return number.to_big_endian(); }
    Word operator()(const I256& number) const { return number.word().to_big_endian(); }
    Word operator()(const Address& address) const {
        Word out{};
        std::ranges::copy(address.bytes, out.begin() + (out.size() - Address::kSize));
        return out;
    }
    Word operator()(bool truth) const { return U256{truth ? 1U : 0U}.to_big_endian(); }
    Word operator()(const Bytes& bytes) const {
        if (value.type == "bytes") return keccak256(bytes).bytes;
        Word out{};
        if (bytes.size() > out.size()) bug("bytesN over 32 bytes");
        std::ranges::copy(bytes, out.begin());
        return out;
    }
    Word operator()(const std::string& text) const {
        return keccak256(Bytes{text.begin(), text.end()}).bytes;
    }
    Word operator()(const TypedValue::List& elements) const {
        Keccak256 hash;
        for (const TypedValue& element : elements)
            hash.update(std::visit(Encoder{types, element}, element.data));
        return hash.finish().bytes;
    }
    Word operator()(const TypedValue::Struct& members) const {
        Keccak256 hash;
        hash.update(types.type_hash(value.type).view());
        for (const auto& [name, member] : members)
            hash.update(std::visit(Encoder{types, member}, member.data));
        return hash.finish().bytes;
    }
};

}  // namespace

const TypedValue* TypedValue::member(std::string_view name) const {
    const auto* const members = as<Struct>();
    if (members == nullptr) return nullptr;
    const auto found = std::ranges::find(*members, name, &TypedMember::name);
    return found == members->end() ? nullptr : &found->value;
}

Hash256 hash_struct(const TypedDataTypes& types, const TypedValue& value) {
    const auto* const members = value.as<TypedValue::Struct>();
    if (members == nullptr) bug("only a struct has a struct hash");
    return Hash256{Encoder{types, value}(*members)};
}

}  // namespace chela::chains
