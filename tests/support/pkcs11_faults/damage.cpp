#include "tests/support/pkcs11_faults/damage.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace chela::test {

namespace {

constexpr std::size_t kHalf = 32;

// n. Source: SEC 2, 2.4.1.
constexpr std::array<std::uint8_t, kHalf> kOrder{
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};

// n - s, of two big-endian numbers with s < n.
std::array<std::uint8_t, kHalf> negated(const CK_BYTE* s) {
    std::array<std::uint8_t, kHalf> out{};
    int borrow = 0;
    for (std::size_t i = kHalf; i-- > 0;) {
        const int digit = int{kOrder[i]} - int{s[i]} - borrow;
        borrow = digit < 0 ? 1 : 0;
        out[i] = static_cast<std::uint8_t>(digit + 256 * borrow);
    }
    return out;
}

bool take(unsigned& times) {
    if (times == 0) return false;
    --times;
    return true;
}

}  // namespace

void damage_signature(Script& plan, CK_BYTE_PTR signature, CK_ULONG_PTR size) {
    if (take(plan.high_s)) {
        const auto other = negated(signature + kHalf);
        // Of s and n - s the larger one is high.
        if (std::ranges::lexicographical_compare(
                std::span{signature + kHalf, kHalf}, std::span{other})) {
            std::ranges::copy(other, signature + kHalf);
        }
    }
    if (take(plan.flips)) signature[5] = static_cast<CK_BYTE>(signature[5] ^ 1U);
    if (take(plan.truncations)) *size = plan.truncated_size;
}

CK_OBJECT_HANDLE swapped(Script& plan, CK_OBJECT_HANDLE asked) {
    const auto other =
        std::ranges::find_if(plan.keys, [asked](CK_OBJECT_HANDLE key) { return key != asked; });
    if (std::ranges::find(plan.keys, asked) == plan.keys.end()) plan.keys.push_back(asked);
    if (other == plan.keys.end() || !take(plan.swaps)) return asked;
    return *other;
}

}  // namespace chela::test
