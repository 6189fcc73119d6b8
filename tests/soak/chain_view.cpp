#include "tests/soak/chain_view.hpp"

#include "chains/base/hex.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::soak {
namespace {

U256 quantity(const Json& value) {
    return must(parse_quantity(value.get<std::string>()));
}
std::uint64_t number(const Json& value) {
    return *quantity(value).to_uint64();
}
Wei product(const Json& amount, const Json& price) {
    return Wei{must(multiply(quantity(amount), quantity(price)))};
}

/// What a unit of gas may cost: of types 0 and 1 the node shows the gas price alone.
const Json& price_limit(const Json& transaction) {
    return transaction.contains("maxFeePerGas") ? transaction["maxFeePerGas"]
                                                : transaction.at("gasPrice");
}

OnChain read_transaction(const Json& transaction, const Json& receipt) {
    OnChain out;
    out.hash = must(parse_fixed<TxHash>(text(transaction.at("hash"))));
    if (!transaction.at("to").is_null())
        out.to = must(parse_fixed<Address>(text(transaction["to"])));
    out.value = Wei{quantity(transaction.at("value"))};
    out.data = must(parse_hex(text(transaction.at("input"))));
    out.worst_fee = product(transaction.at("gas"), price_limit(transaction));
    out.paid_fee = product(receipt.at("gasUsed"), receipt.at("effectiveGasPrice"));
    out.succeeded = receipt.at("status") == "0x1";
    return out;
}

void read_block(
    const Anvil& anvil, std::uint64_t height, const std::set<Address>& senders, ChainView& view) {
    const Json at = to_quantity(U256{height});
    const Json block = must(anvil.rpc("eth_getBlockByNumber", Json::array({at, true})));
    const auto& transactions = block.at("transactions");
    if (transactions.empty()) return;
    const Json receipts = must(anvil.rpc("eth_getBlockReceipts", Json::array({at})));
    if (receipts.size() != transactions.size()) {
        view.troubles.push_back(fmt::format("block {} lacks receipts", height));
        return;
    }
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        const auto from = must(parse_fixed<Address>(text(transactions[i].at("from"))));
        const Nonce nonce{number(transactions[i].at("nonce"))};
        if (!senders.contains(from))
            view.troubles.push_back(fmt::format("block {} has a stranger's transaction", height));
        auto one = read_transaction(transactions[i], receipts[i]);
        if (!view.transactions.emplace(std::pair{from, nonce}, std::move(one)).second) {
            view.troubles.push_back(
                fmt::format("nonce {} of {} is on the chain twice", nonce.value, to_hex(from)));
        }
    }
}

}  // namespace

ChainView read_chain(const Anvil& anvil, const std::set<Address>& senders) {
    ChainView view;
    const auto last = number(must(anvil.rpc("eth_blockNumber", Json::array())));
    for (std::uint64_t height = 0; height <= last; ++height)
        read_block(anvil, height, senders, view);
    view.blocks = last + 1;
    return view;
}

}  // namespace chela::test::soak
