#include "chains/abi/revert_reason.hpp"
#include "chains/simulation/asset_changes.hpp"
#include "chains/simulation/tenderly.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

namespace {

using namespace chela;
namespace simulation = chains::simulation;

constexpr BlockNumber kBlock{16};

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const simulation::SimulationResult& result) {
    require(result.provider == simulation::Provider::tenderly && !result.degraded);
    require(result.block_number == kBlock);
    require(result.provider_id.size() <= 64);
    // Text that goes into an API answer must be UTF-8: dump() throws otherwise.
    (void)Json(result.error).dump();
    (void)Json(chains::abi::revert_reason(result.return_data)).dump();
    if (result.outcome != simulation::Outcome::success) {
        require(result.logs.empty() && result.native_moves.empty());
    }
    (void)simulation::balance_changes(result);
    (void)simulation::approvals(result);
}

void check(const Error& error) {
    require(!error.reason.empty());
    (void)Json(error.detail).dump();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (const unsigned status : {200U, 401U, 500U}) {
        if (const auto result = simulation::read_tenderly(text, status, kBlock)) {
            require(status == 200);
            check(*result);
        } else {
            check(result.error());
        }
        for (const std::size_t calls : {1U, 3U}) {
            const auto results = simulation::read_tenderly_bundle(text, status, kBlock, calls);
            if (!results) continue;
            require(status == 200 && results->size() == calls);
            for (const auto& result : *results)
                check(result);
        }
    }
    return 0;
}
