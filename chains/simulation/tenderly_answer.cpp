#include "chains/base/hex.hpp"
#include "chains/node/fields.hpp"
#include "chains/node/printable.hpp"
#include "chains/simulation/asset_changes.hpp"
#include "chains/simulation/logs.hpp"
#include "chains/simulation/tenderly.hpp"
#include "chains/simulation/tenderly_trace.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

constexpr JsonLimits kLimits{.max_depth = 256, .big_integers = BigIntegers::as_text};
constexpr unsigned kUnauthorized = 401;
constexpr unsigned kForbidden = 403;
constexpr unsigned kNotFound = 404;
constexpr std::size_t kMaxId = 64;

/// What its failures say: {"error": {"message", "slug"}}.
std::unexpected<Error> refused(const Json& json, unsigned status) {
    std::string why = fmt::format("HTTP status {}", status);
    if (const Json* const error = node::optional_member(json, "error")) {
        for (const auto* name : {"slug", "message"}) {
            const Json* const text = node::optional_member(*error, name);
            if (text == nullptr || !text->is_string()) continue;
            why += ", " + node::printable(text->get_ref<const std::string&>());
        }
    }
    if (status == kUnauthorized || status == kForbidden || status == kNotFound) {
        return fail(
            ErrorCode::denied,
            "Tenderly refuses the account, the project or the access key; correct them under "
            "simulation.tenderly: " +
                why,
            "E_TENDERLY_ACCESS");
    }
    return fail(ErrorCode::unavailable, "Tenderly did not simulate: " + why, "E_TENDERLY_REFUSED");
}

Result<Json> read_body(std::string_view body, unsigned status) {
    const bool is_success = status >= 200 && status < 300;
    auto json = parse_json(body, kLimits);
    if (!json) {
        if (!is_success) return refused(Json{}, status);
        return tenderly::bad_answer("is not JSON: " + json.error().detail);
    }
    if (!is_success || node::optional_member(*json, "error") != nullptr) {
        return refused(*json, status);
    }
    return json;
}

/// `status` of the transaction, which the simulation's must not contradict.
Result<bool> read_status(const Json& transaction, const Json& answer) {
    const Json* const status = node::optional_member(transaction, "status");
    if (status == nullptr || !status->is_boolean()) {
        return tenderly::bad_answer("has no status of the transaction");
    }
    if (const Json* const simulation = node::optional_member(answer, "simulation")) {
        const Json* const other = node::optional_member(*simulation, "status");
        if (other != nullptr && *other != *status) {
            return tenderly::bad_answer("says both that it succeeded and that it did not");
        }
    }
    return status->get<bool>();
}

Result<Gas> read_gas(const Json& transaction) {
    const Json* const gas = node::optional_member(transaction, "gas_used");
    if (gas == nullptr || !gas->is_number_unsigned()) {
        return tenderly::bad_answer("has no gas_used");
    }
    return Gas{gas->get<std::uint64_t>()};
}

/// It ran on the state of the block that was named, or in the block after it.
Status check_block(const Json& transaction, BlockNumber block) {
    const Json* const number = node::optional_member(transaction, "block_number");
    if (number == nullptr) return {};
    if (!number->is_number_unsigned()) return tenderly::bad_answer("has an odd block_number");
    const auto ran_on = number->get<std::uint64_t>();
    if (ran_on == block.value || ran_on - 1 == block.value) return {};
    return tenderly::bad_answer(
        fmt::format("is of block {}, and block {} was asked for", ran_on, block.value));
}

std::string read_id(const Json& answer) {
    const Json* const simulation = node::optional_member(answer, "simulation");
    const Json* const id =
        simulation == nullptr ? nullptr : node::optional_member(*simulation, "id");
    if (id == nullptr || !id->is_string()) return {};
    const auto& text = id->get_ref<const std::string&>();
    const bool is_plain = std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-';
    });
    return is_plain && text.size() <= kMaxId ? text : std::string{};
}

std::string read_error_text(const Json& transaction) {
    const Json* text = node::optional_member(transaction, "error_message");
    if (text == nullptr) {
        if (const Json* const info = node::optional_member(transaction, "error_info"))
            text = node::optional_member(*info, "error_message");
    }
    const bool is_said = text != nullptr && text->is_string() && !text->empty();
    return is_said ? node::printable(text->get_ref<const std::string&>()) : "the call failed";
}

Result<SimulationResult> read_one(const Json& answer, BlockNumber block) {
    const Json* const transaction = node::optional_member(answer, "transaction");
    if (transaction == nullptr) return tenderly::bad_answer("has no transaction");
    const auto status = read_status(*transaction, answer);
    if (!status) return std::unexpected{status.error()};
    const auto gas = read_gas(*transaction);
    if (!gas) return std::unexpected{gas.error()};
    if (auto right = check_block(*transaction, block); !right)
        return std::unexpected{right.error()};
    SimulationResult out;
    out.provider = Provider::tenderly;
    out.outcome = *status ? Outcome::success : Outcome::reverted;
    out.gas_used = *gas;
    out.pinning = Pinning::by_number;
    out.block_number = block;
    out.provider_id = read_id(answer);
    if (!*status) out.error = read_error_text(*transaction);
    const Json* const info = node::optional_member(*transaction, "transaction_info");
    if (info == nullptr) {
        if (*status) return tenderly::bad_answer("does not show what the transaction did");
        return out;
    }
    if (auto taken = tenderly::take_trace(*info, out); !taken)
        return std::unexpected{taken.error()};
    return out;
}

SimulationResult not_run(BlockNumber block) {
    SimulationResult out;
    out.provider = Provider::tenderly;
    out.pinning = Pinning::by_number;
    out.block_number = block;
    out.error = "it did not run: a transaction before it in the bundle failed";
    return out;
}

}  // namespace

Result<SimulationResult> read_tenderly(std::string_view body, unsigned status, BlockNumber block) {
    const auto json = read_body(body, status);
    if (!json) return std::unexpected{json.error()};
    return read_one(*json, block);
}

Result<std::vector<SimulationResult>> read_tenderly_bundle(
    std::string_view body, unsigned status, BlockNumber block, std::size_t calls) {
    const auto json = read_body(body, status);
    if (!json) return std::unexpected{json.error()};
    const Json* const list = node::optional_member(*json, "simulation_results");
    if (list == nullptr || !list->is_array() || list->empty() || list->size() > calls) {
        return tenderly::bad_answer("does not have one result for each transaction");
    }
    std::vector<SimulationResult> out;
    for (const Json& answer : *list) {
        auto one = read_one(answer, block);
        if (!one) return std::unexpected{one.error()};
        out.push_back(*std::move(one));
    }
    if (out.size() < calls && out.back().outcome == Outcome::success) {
        return tenderly::bad_answer("lacks results although no transaction failed");
    }
    out.resize(calls, not_run(block));
    return out;
}

}  // namespace chela::chains::simulation
