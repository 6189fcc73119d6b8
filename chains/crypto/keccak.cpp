#include "chains/crypto/keccak.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace chela::chains {
namespace {

using Lane = std::uint64_t;
using State = std::array<Lane, 25>;  // lane (x, y) at x + 5y

/// Iota, one constant a round.
constexpr std::array<Lane, 24> kRoundConstants{
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

constexpr Lane rotate(Lane lane, int by) {
    return std::rotl(lane, by);
}

/// Chi on one row.
[[gnu::always_inline]] inline void chi(
    State& out, std::size_t row, const std::array<Lane, 5>& lanes) {
    out[row] = lanes[0] ^ (~lanes[1] & lanes[2]);
    out[row + 1] = lanes[1] ^ (~lanes[2] & lanes[3]);
    out[row + 2] = lanes[2] ^ (~lanes[3] & lanes[4]);
    out[row + 3] = lanes[3] ^ (~lanes[4] & lanes[0]);
    out[row + 4] = lanes[4] ^ (~lanes[0] & lanes[1]);
}

[[gnu::always_inline]] inline Lane column(const State& in, std::size_t x) {
    return in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20];
}

/// Theta's parities of all columns. A round leaves those of its own result to the next one while
/// the lanes are still in registers.
using Columns = std::array<Lane, 5>;

[[gnu::always_inline]] inline void add_row(Columns& c, const State& out, std::size_t row) {
    for (std::size_t x = 0; x < 5; ++x)
        c[x] ^= out[row + x];
}

/// One round. The lanes go through theta, rho and pi on their way into chi; every index and every
/// rotation is a constant, so that the lanes live in registers.
[[gnu::always_inline]] inline void round(const State& in, State& out, Columns& c, Lane constant) {
    const std::array<Lane, 5> d{
        c[4] ^ rotate(c[1], 1), c[0] ^ rotate(c[2], 1), c[1] ^ rotate(c[3], 1),
        c[2] ^ rotate(c[4], 1), c[3] ^ rotate(c[0], 1)};
    chi(out, 0,
        {in[0] ^ d[0], rotate(in[6] ^ d[1], 44), rotate(in[12] ^ d[2], 43),
         rotate(in[18] ^ d[3], 21), rotate(in[24] ^ d[4], 14)});
    out[0] ^= constant;
    c = {out[0], out[1], out[2], out[3], out[4]};
    chi(out, 5,
        {rotate(in[3] ^ d[3], 28), rotate(in[9] ^ d[4], 20), rotate(in[10] ^ d[0], 3),
         rotate(in[16] ^ d[1], 45), rotate(in[22] ^ d[2], 61)});
    add_row(c, out, 5);
    chi(out, 10,
        {rotate(in[1] ^ d[1], 1), rotate(in[7] ^ d[2], 6), rotate(in[13] ^ d[3], 25),
         rotate(in[19] ^ d[4], 8), rotate(in[20] ^ d[0], 18)});
    add_row(c, out, 10);
    chi(out, 15,
        {rotate(in[4] ^ d[4], 27), rotate(in[5] ^ d[0], 36), rotate(in[11] ^ d[1], 10),
         rotate(in[17] ^ d[2], 15), rotate(in[23] ^ d[3], 56)});
    add_row(c, out, 15);
    chi(out, 20,
        {rotate(in[2] ^ d[2], 62), rotate(in[8] ^ d[3], 55), rotate(in[14] ^ d[4], 39),
         rotate(in[15] ^ d[0], 41), rotate(in[21] ^ d[1], 2)});
    add_row(c, out, 20);
}

void permute(State& lanes) {
    State even = lanes;
    State odd{};
    Columns c{column(even, 0), column(even, 1), column(even, 2), column(even, 3), column(even, 4)};
    for (std::size_t i = 0; i < kRoundConstants.size(); i += 2) {
        round(even, odd, c, kRoundConstants[i]);
        round(odd, even, c, kRoundConstants[i + 1]);
    }
    lanes = even;
}

/// Little-endian whatever the machine is.
Lane load(const std::uint8_t* bytes) {
    Lane lane = 0;
    std::memcpy(&lane, bytes, sizeof lane);
    if constexpr (std::endian::native == std::endian::big) lane = std::byteswap(lane);
    return lane;
}

/// @param block  a whole block: kRate bytes
void absorb(State& lanes, BytesView block) {
    for (std::size_t i = 0; i < block.size() / sizeof(Lane); ++i)
        lanes[i] ^= load(&block[i * sizeof(Lane)]);
    permute(lanes);
}

}  // namespace

void Keccak256::update(BytesView data) {
    while (!data.empty()) {
        if (filled_ == 0 && data.size() >= kRate) {
            absorb(state_, data.first(kRate));
            data = data.subspan(kRate);
            continue;
        }
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
    for (std::size_t i = 0; i < Hash256::kSize; ++i)
        out.bytes[i] =
            static_cast<std::uint8_t>(state_[i / sizeof(Lane)] >> (8 * (i % sizeof(Lane))));
    return out;
}

Hash256 keccak256(BytesView data) {
    Keccak256 sponge;
    sponge.update(data);
    return sponge.finish();
}

}  // namespace chela::chains
