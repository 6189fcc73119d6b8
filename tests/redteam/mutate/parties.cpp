// Somebody else in an address's place.
#include "chains/base/hex.hpp"
#include "chains/message/typed_data.hpp"
#include "tests/redteam/mutate/addresses.hpp"
#include "tests/redteam/mutate/json_leaves.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;

constexpr std::size_t kPadding = 32 - Address::kSize;

Address address_at(BytesView bytes, std::size_t at) {
    Address out;
    std::ranges::copy(bytes.subspan(at, Address::kSize), out.bytes.begin());
    return out;
}

Address alias(std::uint8_t last) {
    Address out;
    out.bytes.back() = last;
    return out;
}

Mutants in_calldata(const Subject& subject) {
    const auto data = calldata_of(*subject.content).value_or(Bytes{});
    Mutants out;
    for (const auto at : addresses_in(data, subject)) {
        for (const auto& other : stand_ins()) {
            out.push_back(
                {fmt::format("{} at byte {}", to_hex(other), at),
                 with_calldata(*subject.content, replaced(data, at, other.view()))});
        }
    }
    return out;
}

Mutants other_target(const Subject& subject) {
    const auto* transaction = transaction_of(*subject.content);
    if (transaction == nullptr || !chains::to(*transaction)) return {};
    Mutants out;
    for (const auto& other : stand_ins()) {
        out.push_back(
            {to_hex(other),
             redirected(
                 *transaction, other, chains::data(*transaction), chains::value(*transaction))});
    }
    return out;
}

Mutants in_typed_data(const Subject& subject) {
    const auto* data = std::get_if<chains::TypedData>(subject.content);
    if (data == nullptr) return {};
    Mutants out;
    for (const auto& other : stand_ins()) {
        const auto text = to_hex(other);
        for (auto& changed : with_each_address_replaced(*data, text))
            out.push_back(
                {fmt::format("{} for {}", text, changed.what), std::move(changed.content)});
    }
    return out;
}

constexpr std::array kOperators{
    Operator{"another address in the calldata", in_calldata},
    Operator{"another contract is called", other_target},
    Operator{"another address in typed data", in_typed_data},
};

}  // namespace

std::vector<std::size_t> padded_addresses(BytesView data, std::span<const Address> named) {
    // An amount has zeros beside it; the hash of a key hardly ever.
    constexpr auto kMostZeros = 3;
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at + kPadding + Address::kSize <= data.size(); ++at) {
        const auto padding = data.subspan(at, kPadding);
        if (std::ranges::any_of(padding, [](std::uint8_t byte) { return byte != 0; })) continue;
        const auto address = address_at(data, at + kPadding);
        const bool is_random = address.bytes.front() != 0 && address.bytes.back() != 0 &&
                               std::ranges::count(address.bytes, 0) <= kMostZeros;
        if (is_random || std::ranges::find(named, address) != named.end()) out.push_back(at);
    }
    return out;
}

std::vector<std::size_t> padded_addresses(BytesView data, const Subject& subject) {
    return padded_addresses(data, named_addresses(subject));
}

std::vector<std::size_t> addresses_in(BytesView data, const Subject& subject) {
    auto known = named_addresses(subject);
    for (const auto at : padded_addresses(data, subject))
        known.push_back(address_at(data, at + kPadding));
    std::vector<std::size_t> out;
    for (const auto& address : known)
        std::ranges::copy(positions_of(address.view(), data), std::back_inserter(out));
    std::ranges::sort(out);
    const auto doubles = std::ranges::unique(out);
    out.erase(doubles.begin(), doubles.end());
    return out;
}

std::vector<Address> named_addresses(const Subject& subject) {
    std::vector<Address> out{subject.of->signer};
    for (const auto& bound : subject.fixture->policies) {
        for (const auto& contract : bound.policy->declared_contracts)
            out.push_back(contract.address);
        for (const auto& asset : bound.policy->assets)
            if (asset.asset.contract) out.push_back(*asset.asset.contract);
    }
    return out;
}

std::vector<Address> stand_ins() {
    return {stranger(), alias(0), alias(1), alias(2)};
}

std::span<const Operator> party_operators() {
    return kOperators;
}

}  // namespace chela::redteam
