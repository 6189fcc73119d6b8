#pragma once

#include "chains/message/typed_data.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::policy::test {

inline const std::string kPermitText =
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";
inline const std::string kSafeTxText =
    "SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 "
    "baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)";

/// The "types" of typed data from what encodeType() gives.
inline Json types_of(std::string_view text) {
    Json out = Json::object();
    while (!text.empty()) {
        const auto open = text.find('(');
        const auto close = text.find(')');
        auto members = Json::array();
        auto rest = text.substr(open + 1, close - open - 1);
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            const auto member = rest.substr(0, comma);
            const auto space = member.find(' ');
            members.push_back(
                {{"type", std::string{member.substr(0, space)}},
                 {"name", std::string{member.substr(space + 1)}}});
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        }
        out[std::string{text.substr(0, open)}] = std::move(members);
        text = text.substr(close + 1);
    }
    return out;
}

inline Json domain_of(const Address& contract, std::uint64_t chain = kChain.value) {
    return {{"chainId", chain}, {"verifyingContract", to_checksum(contract)}};
}

/// The effects of typed data whose primary type is the first of `text`.
inline EffectTree decode_typed(
    std::string_view text,
    const Json& message,
    const Json& domain,
    const Contracts& contracts = {}) {
    const auto data = chains::read_typed_data(
        {{"types", types_of(text)},
         {"primaryType", std::string{text.substr(0, text.find('('))}},
         {"domain", domain},
         {"message", message}});
    if (!data) bug("a test's typed data does not read: " + data.error().detail);
    return decode_typed_data(*data, kSigner, contracts);
}

inline Json permit_message() {
    return {
        {"owner", to_checksum(kSigner)},
        {"spender", to_checksum(kAlice)},
        {"value", "9"},
        {"nonce", 0},
        {"deadline", "55"}};
}

inline Json safe_tx_message() {
    return {
        {"to", to_checksum(kToken)},
        {"value", 0},
        {"data", "0xa9059cbb" + word(kAlice) + word(9)},
        {"operation", 0},
        {"safeTxGas", 0},
        {"baseGas", 0},
        {"gasPrice", 0},
        {"gasToken", to_checksum(Address{})},
        {"refundReceiver", to_checksum(Address{})},
        {"nonce", 4}};
}

}  // namespace chela::policy::test
