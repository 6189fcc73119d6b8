#include "tests/support/fake_node/chain/replacement.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace chela::test::fake_node {
namespace {

constexpr std::uint64_t kWhole = 100;
constexpr std::uint64_t kBumped = 110;
constexpr std::uint64_t kDoubled = 200;

bool is_raised(Wei old, Wei now, std::uint64_t percent) {
    const auto threshold = scaled(old, percent);
    return threshold && now >= *threshold;
}

}  // namespace

std::optional<Wei> scaled(Wei amount, std::uint64_t percent) {
    const auto [hundreds, rest] = divide(amount.value, kWhole);
    const auto whole = multiply(hundreds, U256{percent});
    if (!whole) return std::nullopt;
    const auto sum = add(*whole, U256{rest * percent / kWhole});
    if (!sum) return std::nullopt;
    return Wei{*sum};
}

bool replaces(const Offer& old, const Offer& now) {
    return now.cap > old.cap && now.tip > old.tip && is_raised(old.cap, now.cap, kBumped) &&
           is_raised(old.tip, now.tip, kBumped);
}

std::optional<std::string> blob_replacement_problem(const Offer& old, const Offer& now) {
    struct Price {
        std::string_view name;
        Wei old;
        Wei now;
    };
    const std::array prices{
        Price{"gas fee cap", old.cap, now.cap}, Price{"gas tip cap", old.tip, now.tip},
        Price{"blob gas fee cap", old.blob_cap, now.blob_cap}};
    for (const Price& price : prices) {
        if (price.now > price.old) continue;
        return fmt::format(
            ": new tx {} {} <= {} queued", price.name, to_decimal(price.now.value),
            to_decimal(price.old.value));
    }
    for (const Price& price : prices) {
        if (is_raised(price.old, price.now, kDoubled)) continue;
        return fmt::format(
            ": new tx {} {} < {} queued + 100% replacement penalty", price.name,
            to_decimal(price.now.value), to_decimal(price.old.value));
    }
    return std::nullopt;
}

}  // namespace chela::test::fake_node
