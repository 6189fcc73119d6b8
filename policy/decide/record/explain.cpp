#include "chains/base/rfc3339.hpp"
#include "chains/node/printable.hpp"
#include "policy/decide/record.hpp"
#include "policy/decide/record/parts.hpp"
#include "policy/ledger/charge.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::policy {
namespace {

using chains::node::printable;

constexpr std::size_t kMaxLine = 600;

/// Reads what may not be there: a record that somebody bent still prints, with gaps.
const Json& at(const Json& json, const char* name) {
    static const Json kNothing;
    if (!json.is_object()) return kNothing;
    const auto found = json.find(name);
    return found == json.end() ? kNothing : *found;
}

std::string text(const Json& json) {
    if (json.is_string()) return printable(json.get_ref<const std::string&>(), kMaxLine);
    if (json.is_null()) return "none";
    return printable(json.dump(-1, ' ', false, Json::error_handler_t::replace), kMaxLine);
}
std::string text(const Json& json, const char* name) {
    return text(at(json, name));
}

/// @param json  milliseconds since 1970
std::string time_text(const Json& json) {
    if (!json.is_number_integer()) return text(json);
    const TimePoint time{std::chrono::milliseconds{json.get<std::int64_t>()}};
    return time < TimePoint{} || time > kStillOpen ? text(json) : to_rfc3339(time);
}

class Explanation {
public:
    [[nodiscard]] std::string of(const Json& record) {
        const auto& input = at(record, "input");
        const auto& decision = at(record, "decision");
        for (const auto& approver : at(input, "approvers"))
            approvers_ += (approvers_.empty() ? " by " : ", ") + text(approver);
        line(0, "Verdict: {}", text(decision, "verdict"));
        line(0, "Signer:  {}", text(input, "signer"));
        line(
            0, "Signs:   {} {}", text(at(input, "envelope"), "operation"),
            text(at(input, "preimage"), "hash"));
        line(0, "Time:    {}", time_text(at(input, "now")));
        reasons(decision);
        line(0, "");
        line(0, "What it does");
        effects(at(at(record, "effects"), "roots"), 1);
        checks("No rule can lift", at(decision, "structure"), 0);
        checks("Simulation against effects", at(decision, "witness"), 0);
        for (const auto& policy : at(decision, "policies"))
            explain_policy(policy);
        charges(at(decision, "charges"));
        return std::move(out_);
    }

private:
    template <class... Parts>
    void line(std::size_t depth, fmt::format_string<Parts...> format, Parts&&... parts) {
        out_.append(2 * depth, ' ');
        out_ += fmt::format(format, std::forward<Parts>(parts)...);
        out_ += '\n';
    }

    void reasons(const Json& decision) {
        for (const auto& violation : at(decision, "violations")) {
            line(1, "{}: {}", text(violation, "code"), text(violation, "detail"));
            if (at(violation, "limits") != at(violation, "detail")) {
                line(2, "for operators: {}", text(violation, "limits"));
            }
        }
        const auto& quorum = at(decision, "quorum");
        if (quorum.is_null()) return;
        line(
            1, "needs {} of {} within {} ms", text(quorum, "minimum"), text(quorum, "of"),
            text(quorum, "ttl"));
    }

    /// Effects have the numbers by which rules and coverage name them.
    void effects(const Json& nodes, std::size_t depth) {
        for (const auto& node : nodes) {
            const auto& bytes = at(node, "bytes");
            const auto range = bytes.is_array() && bytes.size() == 2
                                   ? fmt::format("bytes {} to {}", text(bytes[0]), text(bytes[1]))
                                   : std::string{"no bytes"};
            if (at(node, "wrapper").is_string()) {
                line(
                    depth, "{} at {} carries ({}):", text(node, "wrapper"), text(node, "contract"),
                    range);
            } else {
                line(depth, "{}. {} ({})", effect_++, text(node, "text"), range);
                message(node, depth + 1);
            }
            effects(at(node, "inner"), depth + 1);
        }
    }

    /// All of it: whoever reads this answers for every word.
    void message(const Json& node, std::size_t depth) {
        const auto& said = at(node, "message");
        const auto& bytes = at(node, "message_bytes");
        if (!said.is_string()) {
            if (bytes.is_string()) line(depth, "{}", bytes.get_ref<const std::string&>());
            return;
        }
        std::string_view rest = said.get_ref<const std::string&>();
        while (!rest.empty()) {
            const auto row = rest.substr(0, rest.find('\n'));
            line(depth, "| {}", printable(row, row.size()));
            rest.remove_prefix(std::min(rest.size(), row.size() + 1));
        }
    }

    void checks(std::string_view title, const Json& all, std::size_t depth) {
        if (all.empty()) return;
        if (depth == 0) line(0, "");
        line(depth, "{}", title);
        for (const auto& check : all) {
            line(
                depth + 1, "{:7} {}: {} (expected {})", text(check, "truth"), text(check, "name"),
                text(check, "actual"), text(check, "expected"));
        }
    }

    void explain_policy(const Json& policy) {
        line(0, "");
        line(
            0, "Policy {} version {}: {}", text(policy, "id"), text(policy, "version"),
            text(policy, "verdict"));
        line(1, "digest {}", text(policy, "digest"));
        checks("Envelope", at(policy, "envelope"), 1);
        line(1, "Rules");
        for (const auto& rule : at(policy, "rules"))
            explain_rule(rule);
        line(1, "Coverage");
        std::size_t number = 0;
        for (const auto& permits : at(policy, "coverage")) {
            line(2, "effect {}: {}", number++, permits.empty() ? "no permit" : joined(permits));
        }
        budgets(at(policy, "budgets"));
        checks("Simulation", at(policy, "simulation"), 1);
        const auto& quorum = at(policy, "quorum");
        if (quorum.is_null()) return;
        line(
            1, "Review: {} of {}, {}{}", text(quorum, "minimum"), text(quorum, "of"),
            at(policy, "approved") == Json(true) ? "given"
            : approvers_.empty()                 ? "not given"
                                                 : "not given, only",
            approvers_);
    }

    void explain_rule(const Json& rule) {
        line(
            2, "{} {} on effect {}: {}{}", text(rule, "kind"), text(rule, "rule"),
            text(rule, "effect"), text(rule, "truth"),
            at(rule, "matched") == Json(true) ? ", matches" : "");
        conditions(at(rule, "where"), 3);
    }

    void conditions(const Json& where, std::size_t depth) {
        for (const auto& clause : at(where, "clauses")) {
            line(
                depth, "{:7} {} (it is {})", text(clause, "truth"), text(clause, "expected"),
                text(clause, "actual"));
        }
        for (const auto& alternatives : at(where, "any")) {
            line(depth, "and one of:");
            for (const auto& alternative : alternatives)
                conditions(alternative, depth + 1);
        }
    }

    void budgets(const Json& all) {
        if (all.empty()) return;
        line(1, "Budgets, in base units");
        for (const auto& budget : all) {
            line(
                2, "{}: {} before, {} for this, {} after, limit {}: {}", text(budget, "budget"),
                text(budget, "before"), text(budget, "charge"), text(budget, "after"),
                text(budget, "limit"), at(budget, "fits") == Json(true) ? "fits" : "does not fit");
        }
    }

    void charges(const Json& all) {
        if (all.empty()) return;
        line(0, "");
        line(0, "Reserved");
        for (const auto& charge : all) {
            line(
                1, "{} on the meter {} ({} {})", text(charge, "amount"), text(charge, "meter"),
                text(charge, "scope"), text(charge, "owner"));
        }
    }

    static std::string joined(const Json& words) {
        std::string out;
        for (const auto& word : words)
            out += fmt::format("{}{}", out.empty() ? "" : ", ", text(word));
        return out;
    }

    std::string out_;
    std::string approvers_;  ///< " by " who said yes; else empty
    std::size_t effect_ = 0;
};

}  // namespace

Result<std::string> explain(std::string_view record) {
    const auto json = read_record(record);
    if (!json) return std::unexpected{json.error()};
    return Explanation{}.of(*json);
}

}  // namespace chela::policy
