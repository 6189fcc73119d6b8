#include "tests/soak/trouble.hpp"

#include "chains/base/hex.hpp"
#include "chains/base/u256.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::soak {
namespace {

constexpr std::uint64_t kGwei = 1'000'000'000;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

/// The hashes of one account that wait in the pool.
std::vector<std::string> pending_of(const Json& pool, const std::string& sender) {
    std::vector<std::string> hashes;
    for (const auto& [account, transactions] : pool.at("pending").items()) {
        if (lower(account) != lower(sender)) continue;
        for (const auto& [nonce, transaction] : transactions.items())
            hashes.push_back(transaction.at("hash").get<std::string>());
    }
    return hashes;
}

}  // namespace

void Trouble::make(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        wait(stop, 1'000 + draw(4'000));
        if (stop.stop_requested()) break;
        switch (draw(kinds)) {
            case halt:
                halt_blocks(stop);
                break;
            case drop:
                drop_one();
                break;
            case fee_jump:
                jump_fee();
                break;
            default:
                reorganise();
                break;
        }
    }
    rpc("evm_setIntervalMining", Json::array({1}));
    rpc("anvil_setNextBlockBaseFeePerGas", Json::array({to_quantity(U256{kGwei})}));
}

void Trouble::halt_blocks(const std::stop_token& stop) {
    if (rpc("evm_setIntervalMining", Json::array({0}))) ++made_[halt];
    wait(stop, 1'000 + draw(3'000));
    rpc("evm_setIntervalMining", Json::array({1}));
}

void Trouble::drop_one() {
    const auto pool = anvil_.rpc("txpool_content", Json::array());
    if (!pool) return;
    const auto hashes = pending_of(*pool, senders_[draw(senders_.size())]);
    if (hashes.empty()) return;
    if (rpc("anvil_dropTransaction", Json::array({hashes[draw(hashes.size())]}))) ++made_[drop];
}

void Trouble::jump_fee() {
    const auto fee = to_quantity(U256{kGwei * (1 + draw(60))});
    if (rpc("anvil_setNextBlockBaseFeePerGas", Json::array({fee}))) ++made_[fee_jump];
}

void Trouble::reorganise() {
    rpc("evm_setIntervalMining", Json::array({0}));
    const auto depth = 1 + draw(kDeepestReorg);
    if (rpc("anvil_reorg", Json::array({depth, Json::array()}))) ++made_[reorg];
    rpc("evm_setIntervalMining", Json::array({1}));
}

bool Trouble::rpc(const std::string& method, const Json& parameters) {
    return anvil_.rpc(method, parameters).has_value();
}

void Trouble::wait(const std::stop_token& stop, std::uint64_t milliseconds) {
    constexpr std::uint64_t kStep = 50;
    for (std::uint64_t waited = 0; waited < milliseconds && !stop.stop_requested(); waited += kStep)
        std::this_thread::sleep_for(std::chrono::milliseconds{kStep});
}

std::string Trouble::told() const {
    return fmt::format(
        "{} halts, {} drops, {} fee jumps, {} reorgs", made_[halt].load(), made_[drop].load(),
        made_[fee_jump].load(), made_[reorg].load());
}

}  // namespace chela::test::soak
