#pragma once

#include "chains/base/u256.hpp"

#include <cstdint>
#include <random>
#include <vector>

#include <boost/multiprecision/cpp_int.hpp>

namespace chela::test {

/// Arbitrary width, so that an overflow of 256 bits shows as a large value.
using Oracle = boost::multiprecision::cpp_int;

[[nodiscard]] inline Oracle to_oracle(const U256& value) {
    Oracle out = 0;
    for (std::size_t i = 4; i-- > 0;)
        out = (out << 64) + value.limbs()[i];
    return out;
}

[[nodiscard]] inline bool fits(const Oracle& value) {
    return value >= 0 && value < (Oracle{1} << 256);
}

/// Seeded values of every bit length, with runs of zeros and ones more often than chance gives.
class Numbers {
public:
    explicit Numbers(std::uint64_t seed) : engine_{seed} {}

    [[nodiscard]] std::uint64_t uint64() {
        switch (engine_() % 8) {
            case 0:
                return 0;
            case 1:
                return ~0ULL;
            default:
                return engine_() >> (engine_() % 64);
        }
    }
    [[nodiscard]] U256 u256() {
        std::array<std::uint64_t, 4> limbs{};
        const std::size_t used = engine_() % 5;
        for (std::size_t i = 0; i < used; ++i)
            limbs[i] = uint64();
        return U256{limbs};
    }

private:
    std::mt19937_64 engine_;
};

/// Values at the borders of digits, limbs and the type itself.
[[nodiscard]] inline std::vector<U256> edges() {
    constexpr std::uint64_t kFull = ~0ULL;
    return {
        U256{},
        U256{1},
        U256{2},
        U256{9},
        U256{10},
        U256{0xffffffff},
        U256{0x100000000},
        U256{kFull - 1},
        U256{kFull},
        U256{{0, 1, 0, 0}},
        U256{{1, 1, 0, 0}},
        U256{{kFull, kFull, 0, 0}},
        U256{{0, 0, 1, 0}},
        U256{{kFull, kFull, kFull, 0}},
        U256{{0, 0, 0, 1}},
        U256{{0, 0, 0, 1ULL << 63U}},
        U256{{kFull, kFull, kFull, kFull >> 1U}},
        U256{{0, kFull, 0, kFull}},
        U256{{kFull - 1, kFull, kFull, kFull}},
        U256::max()};
}

}  // namespace chela::test
