#include "sidecar/api/chain_request.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/flow/chains.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace {

namespace api = chela::sidecar::api;
namespace flow = chela::sidecar::flow;
namespace store = chela::sidecar::store;
using chela::bug;
using chela::ChainId;
using chela::Error;
using chela::ErrorCode;
using chela::Json;
using chela::parse_json;
using Kind = api::ChainRequestKind;

void check_error(const Error& error) {
    if (error.detail.size() > 600) bug("a refusal quotes the caller at length");
    if (error.code == ErrorCode::internal) bug("the caller's data is called our fault");
    if (error.reason.empty()) bug("a refusal without a reason");
}

/// What may be used is within its bounds, and of its URLs nobody sees more than the place.
void check_usable(const store::ChainRecord& record) {
    const auto& chain = record.chain;
    if (!chela::chains::Registry::make({chain})) bug("a chain that no registry holds");
    if (chain.is_enabled && (record.rpc_url.empty() || !record.max_fee_per_transaction))
        bug("a chain signs without a node or a limit");
    if (chain.block_time.count() <= 0 || chain.confirmations == 0) bug("an endless wait");
    const auto listing = flow::listing_of(record);
    if (!record.rpc_url.empty() && !listing.rpc_origin.starts_with("http"))
        bug("a node at no place");
    const auto shown = api::admin_chain_view(flow::usable_chain(record), listing);
    store::ChainRecord again;
    Json body = {{"name", chain.name}, {"chain_id", chain.chain_id.value}};
    for (const char* member :
         {"display_name", "explorer_url", "native_currency", "is_testnet", "is_enabled",
          "confirmations", "finality", "has_eip1559", "block_time_ms", "max_fee_per_transaction"})
        body[member] = shown.at(member);
    // As it comes from the wire, where numbers have no sign.
    if (!api::apply_chain_request(again, Json::parse(body.dump()), Kind::create))
        bug("what is shown cannot be asked for");
    again.rpc_url = record.rpc_url;
    again.ws_url = record.ws_url;
    if (again != record) bug("a chain changes when it is shown and set");
}

}  // namespace

/// The body of a request to add a chain, and to change one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = parse_json({reinterpret_cast<const char*>(data), size});
    if (!body || !body->is_object()) return 0;
    for (const auto kind : {Kind::create, Kind::update}) {
        store::ChainRecord record;
        record.chain.name = "zone";
        record.chain.chain_id = ChainId{4242};
        record.chain.display_name = "Zone";
        record.chain.native_currency = "ETH";
        if (auto ok = api::apply_chain_request(record, *body, kind); !ok) {
            check_error(ok.error());
            continue;
        }
        if (auto ok = flow::check_chain(record); !ok) {
            check_error(ok.error());
            continue;
        }
        check_usable(record);
    }
    return 0;
}
