#include "tests/support/fake_node/chain/cost.hpp"

#include <algorithm>

namespace chela::test::fake_node {
namespace {

constexpr std::uint64_t kTransaction = 21'000;
constexpr std::uint64_t kCreation = 32'000;
constexpr std::uint64_t kZeroByte = 4;
constexpr std::uint64_t kOtherByte = 16;
constexpr std::uint64_t kInitcodeWord = 2;
constexpr std::uint64_t kWordSize = 32;
constexpr std::uint64_t kListedAddress = 2'400;
constexpr std::uint64_t kListedKey = 1'900;
constexpr std::uint64_t kAuthorization = 25'000;
constexpr std::uint64_t kFloorToken = 10;
constexpr std::uint64_t kTokensOfOtherByte = 4;

struct OfferOf {
    template <class Typed>
    Offer operator()(const Typed& tx) const {
        if constexpr (requires { tx.gas_price; }) {
            return {tx.gas_price, tx.gas_price, {}};
        } else if constexpr (requires { tx.max_fee_per_blob_gas; }) {
            return {tx.max_priority_fee_per_gas, tx.max_fee_per_gas, tx.max_fee_per_blob_gas};
        } else {
            return {tx.max_priority_fee_per_gas, tx.max_fee_per_gas, {}};
        }
    }
};

std::uint64_t zero_bytes(const Bytes& data) {
    return static_cast<std::uint64_t>(std::ranges::count(data, std::uint8_t{0}));
}

std::uint64_t list_gas(const chains::AccessList& list) {
    std::uint64_t gas = 0;
    for (const auto& entry : list)
        gas += kListedAddress + kListedKey * entry.storage_keys.size();
    return gas;
}

}  // namespace

Wei plus(Wei a, Wei b) {
    return Wei{add(a.value, b.value).value_or(U256::max())};
}

Wei minus(Wei a, Wei b) {
    const auto out = subtract(a.value, b.value);
    if (!out) bug("an amount of the fake chain would be negative");
    return Wei{*out};
}

Wei times(Wei a, std::uint64_t n) {
    return Wei{multiply(a.value, U256{n}).value_or(U256::max())};
}

Offer offer_of(const chains::Transaction& tx) {
    return std::visit(OfferOf{}, tx);
}

Wei gas_price(const Offer& offer, Wei base_fee) {
    return std::min(offer.cap, plus(base_fee, offer.tip));
}

Wei effective_tip(const Offer& offer, Wei base_fee) {
    return minus(gas_price(offer, base_fee), base_fee);
}

bool has_blobs(const chains::Transaction& tx) {
    return chains::type_of(tx) == chains::TransactionType::eip4844;
}

std::uint64_t blob_gas(const chains::Transaction& tx) {
    const auto* typed = std::get_if<chains::Eip4844Transaction>(&tx);
    return typed == nullptr ? 0 : typed->blob_versioned_hashes.size() * chains::kGasPerBlob;
}

Wei worst_cost(const chains::Transaction& tx) {
    const Offer offer = offer_of(tx);
    const Wei gas = times(offer.cap, chains::gas_limit(tx).value);
    return plus(plus(gas, times(offer.blob_cap, blob_gas(tx))), chains::value(tx));
}

Gas intrinsic_gas(const chains::Transaction& tx) {
    const Bytes& data = chains::data(tx);
    const std::uint64_t zeros = zero_bytes(data);
    std::uint64_t gas = kTransaction + zeros * kZeroByte + (data.size() - zeros) * kOtherByte;
    if (!chains::to(tx))
        gas += kCreation + kInitcodeWord * ((data.size() + kWordSize - 1) / kWordSize);
    gas += list_gas(chains::access_list(tx));
    if (const auto* typed = std::get_if<chains::Eip7702Transaction>(&tx))
        gas += kAuthorization * typed->authorization_list.size();
    return Gas{gas};
}

Gas floor_gas(const chains::Transaction& tx) {
    const Bytes& data = chains::data(tx);
    const std::uint64_t zeros = zero_bytes(data);
    return Gas{kTransaction + kFloorToken * (zeros + (data.size() - zeros) * kTokensOfOtherByte)};
}

}  // namespace chela::test::fake_node
