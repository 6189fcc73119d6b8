#include "policy/rules/members.hpp"

#include "chains/base/address.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

std::unexpected<Error> wrong(
    std::string_view path,
    std::string_view member,
    std::string_view what,
    std::string reason = {}) {
    return fail(
        ErrorCode::invalid_input, fmt::format("{}: {}", joined(path, member), what),
        std::move(reason));
}

std::optional<std::uint64_t> to_count(const Json& value) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0) {
        return static_cast<std::uint64_t>(value.get<std::int64_t>());
    }
    return std::nullopt;
}

Status set_amount(
    std::optional<Wei>& field,
    const std::string& text,
    std::string_view member,
    std::string_view path,
    unsigned decimals) {
    const auto amount = parse_units(text, decimals);
    if (!amount) return wrong(path, member, amount.error().detail);
    field = Wei{*amount};
    return {};
}

}  // namespace

std::string joined(std::string_view path, std::string_view member) {
    return path.empty() ? std::string{member} : fmt::format("{}.{}", path, member);
}

Status read_addresses(
    std::vector<Address>& field,
    const Json& object,
    std::string_view member,
    std::string_view path) {
    const auto found = object.find(member);
    if (found == object.end()) return {};
    std::vector<Address> addresses;
    if (!found->is_null()) {
        if (!found->is_array()) return wrong(path, member, "must be a list of addresses");
        for (const auto& entry : *found) {
            if (!entry.is_string()) return wrong(path, member, "an address must be a string");
            const auto address = parse_address(entry.get_ref<const std::string&>());
            if (!address)
                return wrong(path, member, address.error().detail, address.error().reason);
            if (std::ranges::find(addresses, *address) == addresses.end()) {
                addresses.push_back(*address);
            }
        }
    }
    field = std::move(addresses);
    return {};
}

Status read_amount(
    std::optional<Wei>& field,
    const Json& object,
    std::string_view member,
    std::string_view path,
    unsigned decimals) {
    const auto found = object.find(member);
    if (found == object.end()) return {};
    if (found->is_null()) {
        field.reset();
        return {};
    }
    if (!found->is_string()) {
        return wrong(path, member, "must be a decimal number in a string, such as \"0.1\"");
    }
    return set_amount(field, found->get_ref<const std::string&>(), member, path, decimals);
}

Status read_amount_or_integer(
    std::optional<Wei>& field,
    const Json& object,
    std::string_view member,
    std::string_view path,
    unsigned decimals) {
    const auto found = object.find(member);
    if (found == object.end()) return {};
    const auto count = to_count(*found);
    if (!count) return read_amount(field, object, member, path, decimals);
    return set_amount(field, std::to_string(*count), member, path, decimals);
}

Status read_amount_with_alias(
    std::optional<Wei>& field,
    const Json& object,
    std::string_view member,
    std::string_view alias,
    std::string_view path) {
    auto main = field;
    auto other = field;
    auto status = read_amount(main, object, member, path, kNativeDecimals);
    if (!status) return status;
    status = read_amount(other, object, alias, path, kNativeDecimals);
    if (!status) return status;
    if (object.contains(member) && object.contains(alias) && main != other) {
        return wrong(
            path, member, fmt::format("differs from {}; give one of them", joined(path, alias)));
    }
    field = object.contains(member) ? main : other;
    return {};
}

Status read_count(
    std::optional<std::uint64_t>& field,
    const Json& object,
    std::string_view member,
    std::string_view path) {
    const auto found = object.find(member);
    if (found == object.end()) return {};
    if (found->is_null()) {
        field.reset();
        return {};
    }
    const auto count = to_count(*found);
    if (!count) return wrong(path, member, "must be a whole number of 0 or more");
    field = *count;
    return {};
}

}  // namespace chela::policy
