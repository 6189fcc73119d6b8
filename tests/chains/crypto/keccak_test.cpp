#include "chains/crypto/keccak.hpp"

#include "chains/base/hex.hpp"
#include "tests/chains/vectors.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

using Lane = std::uint64_t;
using Grid = std::array<std::array<Lane, 5>, 5>;  // [x][y]

/// A second implementation from the text of the specification: every table is computed here, the
/// message is padded as a whole. Nothing is shared with the code under test.
namespace reference {

Lane turn(Lane lane, unsigned by) {
    by %= 64;
    return by == 0 ? lane : (lane << by) | (lane >> (64 - by));
}

/// rc(t), the output of the LFSR x^8 + x^6 + x^5 + x^4 + 1.
bool rc(unsigned t) {
    unsigned state = 1;
    for (unsigned i = 0; i < t % 255; ++i) {
        state <<= 1U;
        if ((state & 0x100U) != 0) state ^= 0x171U;
    }
    return (state & 1U) != 0;
}

Lane round_constant(unsigned round) {
    Lane out = 0;
    for (unsigned j = 0; j <= 6; ++j) {
        if (rc(j + 7 * round)) out |= Lane{1} << ((1U << j) - 1);
    }
    return out;
}

std::array<std::array<unsigned, 5>, 5> rotation_offsets() {
    std::array<std::array<unsigned, 5>, 5> out{};
    std::size_t x = 1;
    std::size_t y = 0;
    for (unsigned t = 0; t < 24; ++t) {
        out[x][y] = (t + 1) * (t + 2) / 2;
        const std::size_t next = (2 * x + 3 * y) % 5;
        x = y;
        y = next;
    }
    return out;
}

Grid one_round(const Grid& a, Lane constant) {
    static const auto kOffsets = rotation_offsets();
    Grid mixed{};
    Grid moved{};
    Grid out{};
    for (std::size_t x = 0; x < 5; ++x) {
        Lane mix = 0;
        for (std::size_t y = 0; y < 5; ++y)
            mix ^= a[(x + 4) % 5][y] ^ turn(a[(x + 1) % 5][y], 1);
        for (std::size_t y = 0; y < 5; ++y)
            mixed[x][y] = a[x][y] ^ mix;
    }
    for (std::size_t x = 0; x < 5; ++x) {
        for (std::size_t y = 0; y < 5; ++y)
            moved[y][(2 * x + 3 * y) % 5] = turn(mixed[x][y], kOffsets[x][y]);
    }
    for (std::size_t x = 0; x < 5; ++x) {
        for (std::size_t y = 0; y < 5; ++y) {
            out[x][y] = moved[x][y] ^ (~moved[(x + 1) % 5][y] & moved[(x + 2) % 5][y]);
        }
    }
    out[0][0] ^= constant;
    return out;
}

std::array<Lane, 24> round_constants() {
    std::array<Lane, 24> out{};
    for (unsigned i = 0; i < 24; ++i)
        out[i] = round_constant(i);
    return out;
}

Hash256 keccak256(Bytes message) {
    constexpr std::size_t kRateBytes = (1600 - 2 * 256) / 8;
    static const auto kConstants = round_constants();
    message.push_back(0x01);
    while (message.size() % kRateBytes != 0)
        message.push_back(0x00);
    message.back() |= 0x80U;
    Grid state{};
    for (std::size_t block = 0; block < message.size(); block += kRateBytes) {
        for (std::size_t i = 0; i < kRateBytes; ++i) {
            state[i / 8 % 5][i / 40] ^= Lane{message[block + i]} << (8 * (i % 8));
        }
        for (const Lane constant : kConstants)
            state = one_round(state, constant);
    }
    Hash256 out;
    for (std::size_t i = 0; i < 32; ++i)
        out.bytes[i] = static_cast<std::uint8_t>(state[i / 8][0] >> (8 * (i % 8)));
    return out;
}

}  // namespace reference

Bytes random_bytes(std::mt19937_64& engine, std::size_t size) {
    Bytes out(size);
    std::ranges::generate(out, [&engine] { return static_cast<std::uint8_t>(engine()); });
    return out;
}

TEST(keccak256, matches_the_vectors) {
    for (const char* file : {"keccak/known.json", "keccak/cast.json"}) {
        for (const Json& each : test::load_cases(file)) {
            const auto input = parse_hex(each.at("input").get<std::string>());
            ASSERT_TRUE(input);
            EXPECT_EQ(to_hex(keccak256(*input)), each.at("digest").get<std::string>());
        }
    }
}

TEST(keccak256, the_reference_of_this_test_knows_the_empty_digest) {
    EXPECT_EQ(
        to_hex(reference::keccak256({})),
        "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
}

TEST(keccak256, agrees_with_the_reference_for_every_length_up_to_1000) {
    std::mt19937_64 engine{21};
    for (std::size_t length = 0; length <= 1000; ++length) {
        const Bytes message = random_bytes(engine, length);
        ASSERT_EQ(keccak256(message), reference::keccak256(message)) << length;
    }
}

TEST(keccak256, gives_the_same_digest_however_the_message_is_split) {
    std::mt19937_64 engine{22};
    for (int i = 0; i < 300; ++i) {
        const Bytes message = random_bytes(engine, engine() % 1000);
        Keccak256 sponge;
        BytesView rest = message;
        while (!rest.empty()) {
            const std::size_t taken = std::min<std::size_t>(rest.size(), engine() % 300);
            sponge.update(rest.first(taken));
            rest = rest.subspan(taken);
        }
        ASSERT_EQ(sponge.finish(), keccak256(message));
    }
}

// Lengths around whole blocks: each way to fill, cross and leave one.
TEST(keccak256, gives_the_same_digest_for_every_split_in_two) {
    std::mt19937_64 engine{23};
    for (const std::size_t length :
         {0U, 1U, 2U, 7U, 8U, 135U, 136U, 137U, 271U, 272U, 273U, 340U, 407U, 408U, 409U}) {
        const Bytes whole = random_bytes(engine, length);
        const BytesView message = whole;
        const Hash256 expected = keccak256(message);
        for (std::size_t first = 0; first <= length; ++first) {
            Keccak256 sponge;
            sponge.update(message.first(first));
            sponge.update(message.subspan(first));
            ASSERT_EQ(sponge.finish(), expected) << length << " " << first;
        }
    }
}

TEST(keccak256, gives_the_same_digest_byte_by_byte_and_with_empty_updates) {
    std::mt19937_64 engine{24};
    const Bytes message = random_bytes(engine, 1000);
    Keccak256 sponge;
    for (std::size_t i = 0; i < message.size(); ++i) {
        sponge.update({});
        sponge.update(BytesView{message}.subspan(i, 1));
    }
    EXPECT_EQ(sponge.finish(), reference::keccak256(message));
}

TEST(keccak256, is_not_sha3) {
    EXPECT_NE(
        to_hex(keccak256({})),
        "0xa7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
}

}  // namespace
}  // namespace chela::chains
