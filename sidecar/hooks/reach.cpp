#include "sidecar/hooks/reach.hpp"

#include "chains/base/result.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace chela::sidecar::hooks {
namespace {

namespace ip = boost::asio::ip;
using V6 = ip::address_v6::bytes_type;

struct Block4 {
    std::uint32_t base;
    unsigned bits;
    Reach reach;
};

// The first that holds the address decides.
constexpr std::array kBlocks4{
    Block4{0x00000000, 8, Reach::nowhere},           // this network
    Block4{0x7f000000, 8, Reach::loopback},          //
    Block4{0xa9fe0000, 16, Reach::nowhere},          // link-local, with 169.254.169.254
    Block4{0x646464c8, 32, Reach::nowhere},          // 100.100.100.200: metadata of a cloud
    Block4{0xa83f8110, 32, Reach::nowhere},          // 168.63.129.16: metadata of a cloud
    Block4{0xc00000c0, 32, Reach::nowhere},          // 192.0.0.192: metadata of a cloud
    Block4{0x0a000000, 8, Reach::private_network},   //
    Block4{0xac100000, 12, Reach::private_network},  //
    Block4{0xc0a80000, 16, Reach::private_network},  //
    Block4{0x64400000, 10, Reach::private_network},  // carrier-grade NAT
    Block4{0xc0000000, 24, Reach::private_network},  // protocol assignments
    Block4{0xc6120000, 15, Reach::private_network},  // benchmarks
    Block4{0xc0000200, 24, Reach::nowhere},          // documentation
    Block4{0xc6336400, 24, Reach::nowhere},          // documentation
    Block4{0xcb007100, 24, Reach::nowhere},          // documentation
    Block4{0xe0000000, 4, Reach::nowhere},           // multicast
    Block4{0xf0000000, 4, Reach::nowhere},           // reserved, broadcast
};

Reach reach_of_v4(std::uint32_t address) {
    for (const auto& block : kBlocks4)
        if ((address ^ block.base) >> (32 - block.bits) == 0) return block.reach;
    return Reach::internet;
}

std::uint32_t v4_at(const V6& bytes, std::size_t at) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i)
        out = (out << 8U) | bytes.at(at + i);
    return out;
}

template <std::size_t N>
bool starts_with(const V6& bytes, const std::array<std::uint8_t, N>& prefix) {
    return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

Reach reach_of_v6(const V6& bytes) {
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    constexpr std::array<std::uint8_t, 12> kNat64{0, 0x64, 0xff, 0x9b};
    constexpr std::array<std::uint8_t, 15> kZeros{};
    constexpr std::array<std::uint8_t, 16> kMetadata{0xfd, 0, 0x0e, 0xc2, 0, 0, 0,    0,
                                                     0,    0, 0,    0,    0, 0, 0x02, 0x54};
    if (starts_with(bytes, kMapped) || starts_with(bytes, kNat64))
        return reach_of_v4(v4_at(bytes, 12));
    if (starts_with(bytes, std::array<std::uint8_t, 2>{0x20, 0x02}))
        return reach_of_v4(v4_at(bytes, 2));
    if (starts_with(bytes, kZeros)) return bytes[15] == 1 ? Reach::loopback : Reach::nowhere;
    if (starts_with(bytes, kMetadata)) return Reach::nowhere;
    if ((bytes[0] & 0xfeU) == 0xfc) return Reach::private_network;
    // Global unicast is 2000::/3; what is outside of it and not named above is nobody's.
    if ((bytes[0] & 0xe0U) != 0x20) return Reach::nowhere;
    const bool is_teredo = starts_with(bytes, std::array<std::uint8_t, 4>{0x20, 0x01, 0, 0});
    const bool is_example = starts_with(bytes, std::array<std::uint8_t, 4>{0x20, 0x01, 0x0d, 0xb8});
    return is_teredo || is_example ? Reach::nowhere : Reach::internet;
}

}  // namespace

Reach reach_of(const ip::address& address) {
    if (address.is_v4()) return reach_of_v4(address.to_v4().to_uint());
    const auto v6 = address.to_v6();
    // With a zone it names an interface of this machine.
    return v6.scope_id() == 0 ? reach_of_v6(v6.to_bytes()) : Reach::nowhere;
}

}  // namespace chela::sidecar::hooks
