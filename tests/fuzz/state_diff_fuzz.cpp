#include "chains/simulation/state_diff.hpp"

#include <algorithm>
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

void check(const simulation::AccountChange& change) {
    require(!(change.is_created && change.is_deleted));
    if (change.balance) require(change.balance->before != change.balance->after);
    if (change.nonce) require(change.nonce->before != change.nonce->after);
    if (change.code) require(change.code->before != change.code->after);
    if (change.is_deleted && change.balance) require(change.balance->after == Wei{});
    require(std::ranges::is_sorted(change.storage, {}, &simulation::SlotChange::slot));
    for (const auto& slot : change.storage)
        require(slot.value.before != slot.value.after);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto json = parse_json(text, {.max_depth = 64});
    if (!json) return 0;
    const auto diff = simulation::read_state_diff(*json);
    if (!diff) return 0;
    require(std::ranges::is_sorted(*diff, {}, &simulation::AccountChange::account));
    for (const auto& change : *diff)
        check(change);
    return 0;
}
