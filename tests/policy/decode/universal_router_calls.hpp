#pragma once

#include "tests/policy/decode/calls.hpp"

#include <vector>

namespace chela::policy::test::calls::universal_router {

inline const Address kRouter = address(0x66);
inline const Address kWrapped = address(0xee);
inline const Address kOther = address(0x71);
inline const Address kThird = address(0x72);
inline const Address kFees = address(0xfe);
inline constexpr std::uint64_t kDeadline = 1'790'000'300;
inline constexpr U256 kContractBalance{{0, 0, 0, 1ULL << 63U}};
inline const Contracts kContracts = [] {
    Contracts out;
    out.declare(kChain, kRouter, ContractKind::universal_router);
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
inline const Address kCoins{};

struct Command {
    std::uint8_t code;
    Bytes input;
};

enum class Payer : std::uint8_t { user, router };

struct SwapInput {
    std::vector<Address> path = {kToken, kOther};
    Address recipient = kMsgSender;
    U256 first{100};
    U256 second{90};
    Payer payer = Payer::user;
};
inline Command v3(std::uint8_t code, const SwapInput& in) {
    Bytes path = bytes_of(in.path.front());
    for (std::size_t i = 1; i < in.path.size(); ++i)
        path = joined({path, {0x00, 0x0b, 0xb8}, bytes_of(in.path[i])});
    return {
        code, arguments_of(
                  "(address,uint256,uint256,bytes,bool)",
                  {{in.recipient}, {in.first}, {in.second}, {path}, {in.payer == Payer::user}})};
}
inline Command v2(std::uint8_t code, const SwapInput& in) {
    List path;
    for (const auto& token : in.path)
        path.push_back({token});
    return {
        code,
        arguments_of(
            "(address,uint256,uint256,address[],bool)",
            {{in.recipient}, {in.first}, {in.second}, list(path), {in.payer == Payer::user}})};
}
/// Sweep, transfer, pay_portion.
inline Command payment(
    std::uint8_t code, const Address& token, const Address& to, const U256& number) {
    return {code, arguments_of("(address,address,uint256)", {{token}, {to}, {number}})};
}
inline Command sweep(const Address& token, const Address& to, std::uint64_t min) {
    return payment(0x04, token, to, U256{min});
}
inline Command wrap(const U256& amount, const Address& to = kAddressThis) {
    return {0x0b, arguments_of("(address,uint256)", {{to}, {amount}})};
}
inline Command unwrap(std::uint64_t min, const Address& to = kMsgSender) {
    return {0x0c, arguments_of("(address,uint256)", {{to}, number(min)})};
}
inline Command pull(const Address& token, const Address& to, std::uint64_t amount) {
    return {0x02, arguments_of("(address,address,uint160)", {{token}, {to}, number(amount)})};
}
inline Command permit(const Address& spender, const U256& amount, std::uint64_t expiration) {
    const auto details = list({{kToken}, {amount}, number(expiration), number(0)});
    return {
        0x0a, arguments_of(
                  "(((address,uint160,uint48,uint48),address,uint256),bytes)",
                  {list({details, {spender}, number(kDeadline)}), {Bytes(65, 7)}})};
}

inline Bytes execute(const std::vector<Command>& commands) {
    Bytes codes;
    List inputs;
    for (const auto& command : commands) {
        codes.push_back(command.code);
        inputs.push_back({command.input});
    }
    return call_of("execute(bytes,bytes[],uint256)", {{codes}, list(inputs), number(kDeadline)});
}
inline std::vector<Effect> run(const std::vector<Command>& commands, std::uint64_t value = 0) {
    return effects(kContracts, kRouter, execute(commands), wei(value));
}

inline Swap swap(const Asset& in, std::uint64_t max_in, const Asset& out, std::uint64_t min_out) {
    return {
        .venue = {"uniswap-universal", kChain, kRouter},
        .asset_in = in,
        .max_in = U256{max_in},
        .asset_out = out,
        .min_out = U256{min_out},
        .payer = kSelf,
        .recipient = kSelf,
        .deadline = U256{kDeadline},
        .via = {}};
}
inline const Effect kPlain = swap(asset(kToken), 100, asset(kOther), 90);

}  // namespace chela::policy::test::calls::universal_router
