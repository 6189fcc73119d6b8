#include "sidecar/store/amount_sum.hpp"

#include "chains/base/u256.hpp"
#include "sidecar/store/sqlite_handle.hpp"

#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace chela::sidecar::store {
namespace {

using sqlite_api::sqlite3_context;
using sqlite_api::sqlite3_value;

// SQLite keeps it and sets its bytes to zero before the first step.
static_assert(std::is_trivially_copyable_v<U256>);

/// @return nullptr: out of memory, or no step was made
U256* total_of(sqlite3_context* context, int size) {
    return static_cast<U256*>(sqlite_api::sqlite3_aggregate_context(context, size));
}

std::string_view text_of(sqlite3_value* value) {
    const auto* text = sqlite_api::sqlite3_value_text(value);
    if (text == nullptr) return {};
    return {
        reinterpret_cast<const char*>(text),
        static_cast<std::size_t>(sqlite_api::sqlite3_value_bytes(value))};
}

void step(sqlite3_context* context, int count, sqlite3_value** values) {
    auto* total = total_of(context, sizeof(U256));
    if (total == nullptr) return sqlite_api::sqlite3_result_error_nomem(context);
    const std::span arguments{values, static_cast<std::size_t>(count)};
    const auto amount = parse_decimal(text_of(arguments.front()));
    if (!amount) {
        return sqlite_api::sqlite3_result_error(context, "an amount is damaged", -1);
    }
    const auto sum = add(*total, *amount);
    *total = sum ? *sum : U256::max();
}

void finish(sqlite3_context* context) {
    const auto* total = total_of(context, 0);
    const auto text = to_decimal(total == nullptr ? U256{} : *total);
    // SQLITE_TRANSIENT, which is a cast of an integer to a pointer: SQLite copies the text.
    sqlite_api::sqlite3_result_text(
        context, text.data(), static_cast<int>(text.size()),
        reinterpret_cast<sqlite_api::sqlite3_destructor_type>(-1));
}

}  // namespace

Status add_amount_sum(Session& session) {
    const auto code = sqlite_api::sqlite3_create_function_v2(
        handle(session), "amount_sum", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
        nullptr, nullptr, step, finish, nullptr);
    if (code == SQLITE_OK) return {};
    return fail(ErrorCode::internal, "SQLite takes no function of ours");
}

}  // namespace chela::sidecar::store
