#pragma once

#include "tests/policy/decode/calls.hpp"

#include <string>
#include <vector>

namespace chela::policy::test::calls::swap_router {

inline const Address kOld = address(0xe5);
inline const Address kNew = address(0x68);
inline const Address kWrapped = address(0xee);
inline const Address kOther = address(0x71);
inline const Address kThird = address(0x72);
inline constexpr std::uint64_t kDeadline = 1'790'000'300;
inline const Contracts kContracts = [] {
    Contracts out;
    out.declare(kChain, kOld, ContractKind::uniswap_v3_router);
    out.declare(kChain, kNew, ContractKind::swap_router_02);
    out.declare(kChain, kWrapped, ContractKind::wrapped_native);
    return out;
}();

inline Address stand_in(std::uint8_t byte) {
    Address out{};
    out.bytes.back() = byte;
    return out;
}
inline const Address kMsgSender = stand_in(1);
inline const Address kAddressThis = stand_in(2);

inline Bytes path(const std::vector<Address>& tokens) {
    Bytes out = bytes_of(tokens.front());
    for (std::size_t i = 1; i < tokens.size(); ++i)
        out = joined({out, {0x00, 0x0b, 0xb8}, bytes_of(tokens[i])});
    return out;
}

struct Single {
    Address in = kToken;
    Address out = kOther;
    Address recipient = kSelf;
    std::uint64_t amount = 100;
    std::uint64_t limit = 90;
    std::uint64_t price_limit = 0;
};
/// @param function  "exactInputSingle" or "exactOutputSingle"
inline Bytes old_single(const std::string& function, const Single& s) {
    return call_of(
        function + "((address,address,uint24,address,uint256,uint256,uint256,uint160))",
        {list(
            {{s.in},
             {s.out},
             number(3000),
             {s.recipient},
             number(kDeadline),
             number(s.amount),
             number(s.limit),
             number(s.price_limit)})});
}
inline Bytes new_single(const std::string& function, const Single& s) {
    return call_of(
        function + "((address,address,uint24,address,uint256,uint256,uint160))",
        {list(
            {{s.in},
             {s.out},
             number(3000),
             {s.recipient},
             number(s.amount),
             number(s.limit),
             number(s.price_limit)})});
}
inline Bytes new_path(
    const std::string& function,
    const Bytes& path,
    const Address& recipient,
    std::uint64_t amount,
    std::uint64_t limit) {
    return call_of(
        function + "((bytes,address,uint256,uint256))",
        {list({{path}, {recipient}, number(amount), number(limit)})});
}
inline Bytes unwrap(std::uint64_t min, const Address& to) {
    return call_of("unwrapWETH9(uint256,address)", {number(min), {to}});
}
inline Bytes sweep(const Address& token, std::uint64_t min, const Address& to) {
    return call_of("sweepToken(address,uint256,address)", {{token}, number(min), {to}});
}
inline const Bytes kRefund = call_of("refundETH()", {});

inline Bytes multicall(const std::vector<Bytes>& calls) {
    List items;
    for (const auto& call : calls)
        items.push_back({call});
    return call_of("multicall(bytes[])", {list(items)});
}
inline std::vector<Effect> run(
    const Address& router, const std::vector<Bytes>& calls, std::uint64_t value = 0) {
    return effects(kContracts, router, multicall(calls), wei(value));
}

inline Swap swap(
    const Address& router,
    const Asset& in,
    std::uint64_t max_in,
    const Asset& out,
    std::uint64_t min_out) {
    return {
        .venue = {"uniswap-v3", kChain, router},
        .asset_in = in,
        .max_in = U256{max_in},
        .asset_out = out,
        .min_out = U256{min_out},
        .payer = kSelf,
        .recipient = kSelf,
        .deadline = router == kOld ? Expiry{U256{kDeadline}} : std::nullopt,
        .via = {}};
}

}  // namespace chela::policy::test::calls::swap_router
