#pragma once

#include "chains/abi/value.hpp"
#include "chains/base/result.hpp"

#include <cstddef>

namespace chela::policy {

/// A value of a known type; another alternative is a bug of ours and aborts.
template <class T>
[[nodiscard]] const T& value_as(const chains::abi::Value& value) {
    const auto* found = std::get_if<T>(&value.data);
    if (found == nullptr) bug("a decoder asks for a value of another type than it decoded");
    return *found;
}

/// A member of a tuple or an element of an array.
template <class T>
[[nodiscard]] const T& member_as(const chains::abi::Value& tuple, std::size_t index) {
    const auto& members = value_as<chains::abi::Value::List>(tuple);
    if (index >= members.size()) bug("a decoder asks for a member that its type does not have");
    return value_as<T>(members[index]);
}

}  // namespace chela::policy
