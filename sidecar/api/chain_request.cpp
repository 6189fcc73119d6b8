#include "sidecar/api/chain_request.hpp"

#include "chains/registry/native_amount.hpp"
#include "chains/registry/well_known.hpp"
#include "sidecar/api/fields.hpp"

#include <algorithm>
#include <limits>

namespace chela::sidecar::api {

namespace {

void required(Fields& fields, const char* what) {
    fields.fail_with({ErrorCode::invalid_input, std::string{what}, "E_FIELD_REQUIRED"});
}

void lay_over(chains::Chain& chain, const chains::WellKnownChain& known) {
    chain.display_name = known.display_name;
    chain.explorer_url = known.explorer_url;
    chain.native_currency = known.native_currency;
    chain.is_testnet = known.is_testnet;
    chain.has_eip1559 = known.has_eip1559;
    chain.block_time = known.block_time;
    chain.confirmations = known.confirmations;
    chain.finality = known.finality;
}

/// What the chain is: of a new one alone. A known name needs no id, and a known chain no more.
void read_identity(Fields& fields, chains::Chain& chain) {
    const auto name = fields.text("name");
    const auto id = fields.number("chain_id");
    if (!name) return required(fields, "name is required, for example \"base\"");
    chain.name = *name;
    chain.native_currency = "ETH";
    const auto named = chains::well_known_chain(*name);
    if (id) {
        chain.chain_id = ChainId{*id};
    } else if (named) {
        chain.chain_id = named->chain_id;
    } else {
        return required(fields, "chain_id is required, for example 8453");
    }
    const auto known = chains::match_well_known(*name, chain.chain_id);
    if (!known) return fields.fail_with(known.error());
    if (const auto& settings = *known) lay_over(chain, *settings);
}

void read_finality(Fields& fields, chains::Chain& chain) {
    const auto depth = fields.number("confirmations");
    // Whoever says how deep means that depth.
    if (depth) chain.finality = chains::Finality::depth;
    chain.confirmations = depth.value_or(chain.confirmations);
    const auto word = fields.text("finality");
    if (!word) return;
    if (const auto finality = chains::parse_finality(*word)) {
        chain.finality = *finality;
        return;
    }
    fields.fail_with(
        {ErrorCode::invalid_input, "finality: expected \"depth\" or \"finalized\"",
         "E_CHAIN_FIELD"});
}

void read_block_time(Fields& fields, chains::Chain& chain) {
    const auto milliseconds = fields.number("block_time_ms");
    if (!milliseconds) return;
    constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
    // Too long is too long; check_chain() says what is not.
    chain.block_time = std::chrono::milliseconds{
        static_cast<std::int64_t>(std::min<std::uint64_t>(*milliseconds, kMost))};
}

/// Last: the amount is in the currency that the chain then has.
void read_fee_limit(Fields& fields, store::ChainRecord& record) {
    const auto text = fields.text("max_fee_per_transaction");
    if (!text) return;
    const auto amount = chains::parse_native_amount(*text, record.chain.native_currency);
    if (!amount) {
        return fields.fail_with(
            {amount.error().code, "max_fee_per_transaction: " + amount.error().detail,
             "E_CHAIN_FEE_LIMIT"});
    }
    record.max_fee_per_transaction = *amount;
}

}  // namespace

Status apply_chain_request(store::ChainRecord& record, const Json& request, ChainRequestKind kind) {
    Fields fields{request};
    auto& chain = record.chain;
    if (kind == ChainRequestKind::create) read_identity(fields, chain);
    chain.display_name = fields.text("display_name").value_or(chain.display_name);
    record.rpc_url = fields.text("rpc_url").value_or(record.rpc_url);
    record.ws_url = fields.text("ws_url").value_or(record.ws_url);
    chain.explorer_url = fields.text("explorer_url").value_or(chain.explorer_url);
    chain.native_currency = fields.text("native_currency").value_or(chain.native_currency);
    chain.is_testnet = fields.boolean("is_testnet").value_or(chain.is_testnet);
    chain.is_enabled = fields.boolean("is_enabled").value_or(chain.is_enabled);
    chain.has_eip1559 = fields.boolean("has_eip1559").value_or(chain.has_eip1559);
    read_block_time(fields, chain);
    read_finality(fields, chain);
    read_fee_limit(fields, record);
    return fields.finish();
}

}  // namespace chela::sidecar::api
