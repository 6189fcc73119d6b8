#include "chains/abi/position.hpp"

#include "chains/abi/members.hpp"
#include "chains/base/result.hpp"

namespace chela::chains::abi {
namespace {

using Kind = Type::Kind;

constexpr std::size_t kWord = 32;

std::size_t padded(std::size_t size) {
    return (size + kWord - 1) / kWord * kWord;
}

const Value::List& members_of(const Value& value) {
    const auto* list = std::get_if<Value::List>(&value.data);
    if (list == nullptr) bug("a value that is no list was asked for its members");
    return *list;
}

Members members_of(const Type& type, const Value::List& values) {
    return type.kind() == Kind::tuple ? Members::of(type.inner())
                                      : Members::repeated(type.inner().front(), values.size());
}

std::size_t tail_bytes(const Type& type, const Value& value);

/// Tails of the first `count` members.
std::size_t tails_before(const Members& members, const Value::List& values, std::size_t count) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (members[i].is_dynamic()) out += tail_bytes(members[i], values[i]);
    return out;
}

std::size_t tail_bytes(const Type& type, const Value& value) {
    if (const auto* bytes = std::get_if<Bytes>(&value.data)) return kWord + padded(bytes->size());
    if (const auto* text = std::get_if<std::string>(&value.data)) {
        return kWord + padded(text->size());
    }
    const auto& values = members_of(value);
    const std::size_t length = type.kind() == Kind::dynamic_array ? kWord : 0;
    if (values.empty()) return length;
    const auto members = members_of(type, values);
    return length + members.head_bytes() + tails_before(members, values, values.size());
}

std::size_t start_of(const Members& members, const Value::List& values, std::size_t index) {
    if (members[index].is_dynamic()) {
        return members.head_bytes() + tails_before(members, values, index);
    }
    std::size_t head = 0;
    for (std::size_t i = 0; i < index; ++i)
        head += members[i].head_bytes();
    return head;
}

}  // namespace

std::size_t position(
    std::span<const Type> types, const Value::List& values, std::span<const std::size_t> path) {
    if (path.empty()) bug("a position without a path");
    auto members = Members::of(types);
    const auto* list = &values;
    std::size_t at = 0;
    for (std::size_t step = 0; step < path.size(); ++step) {
        const auto index = path[step];
        if (list->size() != members.size() || index >= list->size()) {
            bug("a path leaves the values");
        }
        at += start_of(members, *list, index);
        const auto& type = members[index];
        const bool has_length = type.kind() == Kind::dynamic_array || type.kind() == Kind::bytes ||
                                type.kind() == Kind::string;
        if (has_length) at += kWord;
        if (step + 1 == path.size()) break;
        list = &members_of((*list)[index]);
        if (list->empty()) bug("a path leaves the values");
        members = members_of(type, *list);
    }
    return at;
}

}  // namespace chela::chains::abi
