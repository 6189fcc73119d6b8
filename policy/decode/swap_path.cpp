#include "policy/decode/swap_path.hpp"

#include "policy/decode/values.hpp"

#include <algorithm>

namespace chela::policy {
namespace {

constexpr std::size_t kFee = 3;
constexpr std::size_t kHop = kFee + Address::kSize;

}  // namespace

std::optional<std::vector<Address>> parse_v3_path(BytesView path) {
    if (path.size() < Address::kSize + kHop || (path.size() - Address::kSize) % kHop != 0) {
        return std::nullopt;
    }
    std::vector<Address> out;
    for (std::size_t i = 0; i < path.size(); i += kHop) {
        Address& token = out.emplace_back();
        std::ranges::copy(path.subspan(i, Address::kSize), token.bytes.begin());
    }
    return out;
}

std::optional<std::vector<Address>> parse_v2_path(const chains::abi::Value::List& path) {
    if (path.size() < 2) return std::nullopt;
    std::vector<Address> out;
    out.reserve(path.size());
    for (const auto& token : path)
        out.push_back(value_as<Address>(token));
    return out;
}

std::vector<Address> reversed(std::vector<Address> path) {
    std::ranges::reverse(path);
    return path;
}

const Address& resolve_recipient(
    const Address& recipient, const Address& caller, const Address& router) {
    if (recipient == kMsgSender) return caller;
    if (recipient == kAddressThis) return router;
    return recipient;
}

}  // namespace chela::policy
