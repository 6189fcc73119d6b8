#include "chains/abi/revert_reason.hpp"
#include "chains/base/json.hpp"
#include "chains/fees/estimate.hpp"
#include "chains/node/responses.hpp"
#include "chains/node/send_outcome.hpp"
#include "chains/simulation/asset_changes.hpp"
#include "chains/simulation/methods.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

namespace {

using namespace chela;
namespace simulation = chains::simulation;

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const simulation::SimulationResult& result) {
    require(result.error.size() <= 4 * 300 + 3);
    // Text that goes into an API answer must be UTF-8: dump() throws otherwise.
    (void)Json(result.error).dump();
    (void)Json(chains::abi::revert_reason(result.return_data)).dump();
    if (result.outcome != simulation::Outcome::success) {
        require(result.logs.empty() && result.native_moves.empty());
    }
    (void)simulation::balance_changes(result);
    (void)simulation::approvals(result);
}

void read_values(const Json& json) {
    (void)chains::node::read_quantity(json);
    (void)chains::node::read_uint64(json);
    (void)chains::node::read_transaction_hash(json);
    (void)chains::node::read_receipt(json);
    (void)simulation::read_block(json);
    if (const auto history = chains::node::read_fee_history(json)) {
        require(history->base_fees.size() == history->tips.size() + 1);
        (void)chains::fees::estimate(*history, Wei{U256{1}});
    }
}

void read_simulations(const Json& json, std::string_view text) {
    for (const std::size_t calls : {1U, 2U}) {
        const auto results = simulation::read_simulate_v1(json, calls, {});
        if (!results) continue;
        require(results->size() == calls);
        for (const auto& result : *results)
            check(result);
    }
    if (const auto result = simulation::read_trace_call(json)) check(*result);
    check(simulation::read_call_result(json));
    check(simulation::read_call_error(3, "execution reverted", text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    (void)chains::node::classify_send_error(text);
    (void)simulation::is_method_missing(-32000, text);
    (void)simulation::is_block_refused(-32000, text);
    check(simulation::read_call_error(-32000, text, text));
    (void)Json(chains::abi::revert_reason({data, size})).dump();
    const auto json = parse_json(text, {.max_depth = 64});
    if (!json) return 0;
    read_values(*json);
    read_simulations(*json, text);
    return 0;
}
