#include "chains/abi/value.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/utf8.hpp"
#include "chains/node/printable.hpp"

#include <algorithm>

namespace chela::chains::abi {
namespace {

using Kind = Type::Kind;

constexpr std::size_t kShownBytes = 64;
constexpr std::size_t kShownItems = 16;

template <class T>
const T* as(const Value& value) {
    return std::get_if<T>(&value.data);
}

struct Shown {
    std::string operator()(const U256& value) const { return to_decimal(value); }
    std::string operator()(const I256& value) const { return to_decimal(value); }
    std::string operator()(const Address& value) const { return to_checksum(value); }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(const Bytes& value) const {
        const BytesView shown = BytesView{value}.first(std::min(value.size(), kShownBytes));
        return to_hex(shown) + (shown.size() < value.size() ? "..." : "");
    }
    std::string operator()(const std::string& value) const {
        return '"' + node::printable(value) + '"';
    }
    std::string operator()(const Value::List& values) const {
        std::string out = "(";
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) out += ", ";
            if (i == kShownItems) return out + "...)";
            out += to_text(values[i]);
        }
        return out + ")";
    }
};

}  // namespace

bool is_of(const Value& value, const Type& type) {
    const auto* const list = as<Value::List>(value);
    const auto* const bytes = as<Bytes>(value);
    switch (type.kind()) {
        case Kind::unsigned_integer:
            return as<U256>(value) != nullptr && fits_bits(*as<U256>(value), type.size());
        case Kind::signed_integer:
            return as<I256>(value) != nullptr && fits_bits(*as<I256>(value), type.size());
        case Kind::address:
            return as<Address>(value) != nullptr;
        case Kind::boolean:
            return as<bool>(value) != nullptr;
        case Kind::fixed_bytes:
            return bytes != nullptr && bytes->size() == type.size();
        case Kind::bytes:
            return bytes != nullptr;
        case Kind::string:
            return as<std::string>(value) != nullptr && is_utf8(*as<std::string>(value));
        case Kind::fixed_array:
            return list != nullptr && list->size() == type.size();
        case Kind::dynamic_array:
            return list != nullptr;
        case Kind::tuple:
            return list != nullptr && list->size() == type.inner().size();
    }
    bug("a type of no kind");
}

std::string to_text(const Value& value) {
    return std::visit(Shown{}, value.data);
}

}  // namespace chela::chains::abi
