#pragma once

#include "chains/abi/type.hpp"

#include <cstddef>
#include <span>

namespace chela::chains::abi {

/// The types of values that stand one after another: arguments, members of a tuple, or elements of
/// an array. The types must outlive it.
class Members {
public:
    [[nodiscard]] static Members of(std::span<const Type> types) { return {types, types.size()}; }
    [[nodiscard]] static Members repeated(const Type& element, std::size_t count) {
        return {{&element, 1}, count};
    }

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] const Type& operator[](std::size_t i) const {
        return types_[types_.size() == count_ ? i : 0];
    }
    /// Bytes of all heads.
    [[nodiscard]] std::size_t head_bytes() const {
        if (types_.size() != count_) return count_ * types_[0].head_bytes();
        std::size_t out = 0;
        for (const Type& type : types_)
            out += type.head_bytes();
        return out;
    }

private:
    Members(std::span<const Type> types, std::size_t count) : types_{types}, count_{count} {}
    std::span<const Type> types_;
    std::size_t count_;
};

}  // namespace chela::chains::abi
