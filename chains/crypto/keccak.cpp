#include "chains/crypto/keccak.hpp"

#include <algorithm>
#include <bit>

namespace chela::chains {
namespace {

using State = std::array<std::uint64_t, 25>;

constexpr std::size_t kLane = 8;

/// Iota, one constant a round.
constexpr std::array<std::uint64_t, 24> kRoundConstants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

/// Rho: how far lane x + 5y turns left.
constexpr std::array<int, 25> kRotations{0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                         25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

/// Pi: where lane x + 5y goes, (x, y) → (y, 2x + 3y).
constexpr std::array<std::size_t, 25> make_destinations() {
    std::array<std::size_t, 25> out{};
    for (std::size_t y = 0; y < 5; ++y) {
        for (std::size_t x = 0; x < 5; ++x)
            out[x + 5 * y] = y + 5 * ((2 * x + 3 * y) % 5);
    }
    return out;
}
constexpr auto kDestinations = make_destinations();

void theta(State& lanes) {
    std::array<std::uint64_t, 5> parity{};
    for (std::size_t x = 0; x < 5; ++x) {
        parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    }
    for (std::size_t x = 0; x < 5; ++x) {
        const std::uint64_t mix = parity[(x + 4) % 5] ^ std::rotl(parity[(x + 1) % 5], 1);
        for (std::size_t row = 0; row < 25; row += 5)
            lanes[x + row] ^= mix;
    }
}

void permute(State& lanes) {
    State moved{};
    for (const std::uint64_t constant : kRoundConstants) {
        theta(lanes);
        for (std::size_t i = 0; i < 25; ++i)
            moved[kDestinations[i]] = std::rotl(lanes[i], kRotations[i]);
        for (std::size_t row = 0; row < 25; row += 5) {
            for (std::size_t x = 0; x < 5; ++x) {
                lanes[row + x] =
                    moved[row + x] ^ (~moved[row + (x + 1) % 5] & moved[row + (x + 2) % 5]);
            }
        }
        lanes[0] ^= constant;
    }
}

void absorb(State& lanes, BytesView block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
        lanes[i / kLane] ^= std::uint64_t{block[i]} << (8 * (i % kLane));
    }
    permute(lanes);
}

}  // namespace

void Keccak256::update(BytesView data) {
    while (!data.empty()) {
        const std::size_t taken = std::min(data.size(), kRate - filled_);
        std::copy_n(data.begin(), taken, block_.begin() + static_cast<std::ptrdiff_t>(filled_));
        filled_ += taken;
        data = data.subspan(taken);
        if (filled_ == kRate) {
            absorb(state_, block_);
            filled_ = 0;
        }
    }
}

Hash256 Keccak256::finish() {
    std::fill(block_.begin() + static_cast<std::ptrdiff_t>(filled_), block_.end(), std::uint8_t{0});
    block_[filled_] ^= 0x01U;
    block_[kRate - 1] ^= 0x80U;
    absorb(state_, block_);
    Hash256 out;
    for (std::size_t i = 0; i < Hash256::kSize; ++i) {
        out.bytes[i] = static_cast<std::uint8_t>(state_[i / kLane] >> (8 * (i % kLane)));
    }
    return out;
}

Hash256 keccak256(BytesView data) {
    Keccak256 sponge;
    sponge.update(data);
    return sponge.finish();
}

}  // namespace chela::chains
