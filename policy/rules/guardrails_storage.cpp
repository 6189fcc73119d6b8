#include "chains/base/hex.hpp"
#include "policy/rules/guardrails.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

Json write_addresses(const std::vector<Address>& list) {
    auto out = Json::array();
    for (const auto& address : list)
        out.push_back(to_hex(address));
    return out;
}

Json write_limits(const Limits& limits) {
    Json out{
        {"to", write_addresses(limits.to_allowlist)},
        {"token", write_addresses(limits.token_allowlist)}};
    const auto amount = [&](const char* name, const std::optional<Wei>& value) {
        if (value) out[name] = to_decimal(value->value);
    };
    amount("max_value", limits.max_value);
    amount("daily_limit", limits.daily_limit);
    amount("overhead_budget", limits.overhead_budget);
    amount("max_fee_per_gas", limits.max_fee_per_gas);
    if (limits.max_per_day) out["max_per_day"] = *limits.max_per_day;
    if (limits.max_gas_limit) out["max_gas_limit"] = limits.max_gas_limit->value;
    return out;
}

/// Reads what write_limits and to_storage write and nothing else; remembers the first fault, after
/// which values are empty.
class Reader {
public:
    void expect(bool is_right, std::string_view what) {
        if (is_right || !status_) return;
        status_ =
            fail(ErrorCode::internal, "the stored guardrails are damaged: " + std::string{what});
    }

    /// An object whose members are all among `known`; the empty object after a fault.
    Json object(const Json& value, std::initializer_list<std::string_view> known) {
        expect(value.is_object(), "an object is missing");
        if (!status_) return Json::object();
        for (const auto& [member, unused] : value.items()) {
            expect(std::ranges::find(known, member) != known.end(), "unknown member " + member);
        }
        return status_ ? value : Json::object();
    }
    const Json& list(const Json& parent, const char* name) {
        static const Json kNone = Json::array();
        const auto found = parent.find(name);
        expect(found != parent.end() && found->is_array(), std::string{name} + " is not a list");
        return status_ ? *found : kNone;
    }
    std::string text(const Json& value) {
        expect(value.is_string(), "a string is missing");
        return status_ ? value.get<std::string>() : std::string{};
    }
    std::uint64_t number(const Json& value) {
        expect(value.is_number_unsigned(), "a number is missing");
        return status_ ? value.get<std::uint64_t>() : 0;
    }
    Json member(const Json& parent, const char* name) {
        const auto found = parent.find(name);
        expect(found != parent.end(), std::string{name} + " is missing");
        return status_ ? *found : Json{};
    }

    std::vector<Address> addresses(const Json& parent, const char* name) {
        std::vector<Address> out;
        for (const auto& entry : list(parent, name)) {
            const auto address = parse_fixed<Address>(text(entry));
            expect(address.has_value(), std::string{name} + " holds something that is no address");
            if (address) out.push_back(*address);
        }
        return out;
    }
    std::optional<Wei> amount(const Json& parent, const char* name) {
        if (!parent.contains(name)) return std::nullopt;
        const auto value = parse_decimal(text(parent[name]));
        expect(value.has_value(), std::string{name} + " is no amount");
        return value ? std::optional{Wei{*value}} : std::nullopt;
    }
    Limits limits(const Json& value) {
        const auto in = object(
            value, {"to", "token", "max_value", "daily_limit", "overhead_budget", "max_fee_per_gas",
                    "max_per_day", "max_gas_limit"});
        Limits out;
        out.to_allowlist = addresses(in, "to");
        out.token_allowlist = addresses(in, "token");
        out.max_value = amount(in, "max_value");
        out.daily_limit = amount(in, "daily_limit");
        out.overhead_budget = amount(in, "overhead_budget");
        out.max_fee_per_gas = amount(in, "max_fee_per_gas");
        if (in.contains("max_per_day")) out.max_per_day = number(in["max_per_day"]);
        if (in.contains("max_gas_limit")) out.max_gas_limit = Gas{number(in["max_gas_limit"])};
        return out;
    }

    [[nodiscard]] const Status& status() const { return status_; }

private:
    Status status_;
};

}  // namespace

std::string to_storage(const Guardrails& guardrails) {
    auto allowed = Json::array();
    for (const auto& chain : guardrails.allowed_chains) {
        allowed.push_back({{"name", chain.name}, {"id", chain.id.value}});
    }
    auto chains = Json::array();
    for (const auto& [id, chain] : guardrails.per_chain) {
        chains.push_back(
            {{"id", id}, {"name", chain.first}, {"limits", write_limits(chain.second)}});
    }
    const Json out{
        {"allowed_chains", std::move(allowed)},
        {"everywhere", write_limits(guardrails.everywhere)},
        {"per_chain", std::move(chains)}};
    return out.dump();
}

Result<Guardrails> from_storage(std::string_view text) {
    const auto json = parse_json(text);
    if (!json) {
        return fail(
            ErrorCode::internal, "the stored guardrails are damaged: " + json.error().detail);
    }
    Reader reader;
    Guardrails out;
    const auto root = reader.object(*json, {"allowed_chains", "everywhere", "per_chain"});
    for (const auto& entry : reader.list(root, "allowed_chains")) {
        const auto chain = reader.object(entry, {"name", "id"});
        out.allowed_chains.push_back(
            {reader.text(reader.member(chain, "name")),
             ChainId{reader.number(reader.member(chain, "id"))}});
    }
    out.everywhere = reader.limits(reader.member(root, "everywhere"));
    for (const auto& entry : reader.list(root, "per_chain")) {
        const auto chain = reader.object(entry, {"id", "name", "limits"});
        const auto id = reader.number(reader.member(chain, "id"));
        auto limits = reader.limits(reader.member(chain, "limits"));
        const auto is_new =
            out.per_chain
                .try_emplace(id, reader.text(reader.member(chain, "name")), std::move(limits))
                .second;
        reader.expect(is_new, "a chain is there twice");
    }
    if (!reader.status()) return std::unexpected{reader.status().error()};
    return out;
}

}  // namespace chela::policy
