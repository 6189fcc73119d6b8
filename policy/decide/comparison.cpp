#include "policy/decide/comparison.hpp"

#include <algorithm>
#include <compare>

namespace chela::policy {
namespace {

Truth truth_of(bool is_true) {
    return is_true ? Truth::yes : Truth::no;
}

Truth ordered(std::strong_ordering order, Comparison comparison) {
    switch (comparison) {
        case Comparison::greater:
            return truth_of(order > 0);
        case Comparison::greater_or_equal:
            return truth_of(order >= 0);
        case Comparison::less:
            return truth_of(order < 0);
        case Comparison::less_or_equal:
            return truth_of(order <= 0);
        case Comparison::equal:
        case Comparison::in:
            return truth_of(order == 0);
        case Comparison::not_equal:
        case Comparison::not_in:
            return truth_of(order != 0);
        case Comparison::within:
        case Comparison::is_unbounded:
        case Comparison::is_none:
        case Comparison::is_something:
        case Comparison::starts_with:
        case Comparison::any_item_not_in:
            return Truth::unknown;
    }
    bug("a comparison that does not exist");
}

/// @param is_member  is the value one of the operand's?
Truth member(Truth is_member, Comparison comparison) {
    switch (comparison) {
        case Comparison::equal:
        case Comparison::in:
            return is_member;
        case Comparison::not_equal:
        case Comparison::not_in:
            return negation(is_member);
        case Comparison::greater:
        case Comparison::greater_or_equal:
        case Comparison::less:
        case Comparison::less_or_equal:
        case Comparison::within:
        case Comparison::is_unbounded:
        case Comparison::is_none:
        case Comparison::is_something:
        case Comparison::starts_with:
        case Comparison::any_item_not_in:
            return Truth::unknown;
    }
    bug("a comparison that does not exist");
}

/// Against numbers without a unit; `order_to` compares the value with one of them.
template <class OrderTo>
Truth against_numbers(const Clause& clause, const OrderTo& order_to) {
    if (const auto* number = std::get_if<U256>(&clause.operand)) {
        return ordered(order_to(*number), clause.comparison);
    }
    const auto* numbers = std::get_if<std::vector<U256>>(&clause.operand);
    if (numbers == nullptr) return Truth::unknown;
    const bool is_member =
        std::ranges::any_of(*numbers, [&](const U256& number) { return order_to(number) == 0; });
    return member(truth_of(is_member), clause.comparison);
}

std::strong_ordering order_of(const Bound& bound, const U256& number) {
    return bound ? *bound <=> number : std::strong_ordering::greater;
}

struct Comparer {
    const Clause& clause;
    const Surroundings& surroundings;

    Truth operator()(const Unknown& /*value*/) const { return Truth::unknown; }
    Truth operator()(const Absent& /*value*/) const { return existence(Truth::no); }
    Truth operator()(const None& /*value*/) const {
        const auto known = existence(Truth::no);
        // It is none of the things that a list can name.
        return known != Truth::unknown ? known : member(Truth::no, clause.comparison);
    }
    Truth operator()(const Address& address) const {
        return existing_or([&] { return member(is_among(address), clause.comparison); });
    }
    Truth operator()(const Asset& asset) const {
        return existing_or([&] { return member(is_among(asset), clause.comparison); });
    }
    Truth operator()(std::span<const Asset> assets) const {
        const auto known = existence(truth_of(!assets.empty()));
        const auto* listed = std::get_if<std::vector<Asset>>(&clause.operand);
        if (known != Truth::unknown || listed == nullptr) return known;
        const auto is_in = [&](const Asset& asset) {
            return std::ranges::find(*listed, asset) != listed->end();
        };
        const bool is_every_item_in = std::ranges::all_of(assets, is_in);
        if (clause.comparison == Comparison::any_item_not_in) return truth_of(!is_every_item_in);
        if (clause.comparison == Comparison::not_in || clause.comparison == Comparison::not_equal) {
            return truth_of(std::ranges::none_of(assets, is_in));
        }
        return member(truth_of(is_every_item_in), clause.comparison);
    }
    Truth operator()(const Amount& value) const {
        if (clause.comparison == Comparison::is_unbounded) return truth_of(!value.amount);
        const auto against = [&] {
            const auto* limit = std::get_if<AssetAmount>(&clause.operand);
            if (limit == nullptr) {
                return against_numbers(
                    clause, [&](const U256& number) { return order_of(value.amount, number); });
            }
            if (limit->asset != value.asset && limit->asset != value.same) return Truth::unknown;
            return ordered(order_of(value.amount, limit->amount), clause.comparison);
        };
        return existing_or(against);
    }
    Truth operator()(const Moment& value) const {
        if (clause.comparison == Comparison::within) return is_within(value);
        if (!value.at) {
            const auto known = existence(Truth::no);
            if (known != Truth::unknown) return known;
        }
        return existing_or([&] {
            return against_numbers(
                clause, [&](const U256& number) { return order_of(value.at, number); });
        });
    }
    Truth operator()(const Venue* venue) const {
        const auto is_like = [&](const VenuePattern& pattern) {
            const bool is_protocol =
                pattern.protocol.empty() || pattern.protocol == venue->protocol;
            const bool is_contract = !pattern.contract || *pattern.contract == venue->contract;
            // A pattern of nothing but a chain would be every venue.
            const bool says_something = !pattern.protocol.empty() || pattern.contract;
            return says_something && is_protocol && is_contract && pattern.chain == venue->chain;
        };
        return existing_or([&] { return among<VenuePattern>(is_like); });
    }
    Truth operator()(const U256& number) const {
        return existing_or([&] {
            return against_numbers(clause, [&](const U256& other) { return number <=> other; });
        });
    }
    Truth operator()(const NegativeNumber& /*value*/) const {
        return existing_or([&] {
            return against_numbers(
                clause, [](const U256& /*other*/) { return std::strong_ordering::less; });
        });
    }
    Truth operator()(std::string_view text) const {
        if (clause.comparison == Comparison::starts_with) {
            const auto* prefixes = std::get_if<std::vector<std::string>>(&clause.operand);
            if (prefixes == nullptr) return Truth::unknown;
            return truth_of(std::ranges::any_of(
                *prefixes, [&](const std::string& prefix) { return text.starts_with(prefix); }));
        }
        return existing_or([&] {
            return among<std::string>([&](const std::string& each) { return each == text; });
        });
    }
    Truth operator()(BytesView bytes) const {
        return existing_or([&] {
            return among<Bytes>([&](const Bytes& each) { return std::ranges::equal(each, bytes); });
        });
    }
    Truth operator()(const ChainId& chain) const {
        return existing_or(
            [&] { return among<ChainId>([&](const ChainId& each) { return each == chain; }); });
    }

private:
    /// Of is_none and is_something. @param is_there  yes: there is a value
    [[nodiscard]] Truth existence(Truth is_there) const {
        if (clause.comparison == Comparison::is_none) return negation(is_there);
        if (clause.comparison == Comparison::is_something) return is_there;
        return Truth::unknown;
    }
    template <class Otherwise>
    [[nodiscard]] Truth existing_or(const Otherwise& otherwise) const {
        const auto known = existence(Truth::yes);
        return known != Truth::unknown ? known : otherwise();
    }
    template <class Item, class IsItem>
    [[nodiscard]] Truth among(const IsItem& is_item) const {
        const auto* items = std::get_if<std::vector<Item>>(&clause.operand);
        if (items == nullptr) return Truth::unknown;
        return member(truth_of(std::ranges::any_of(*items, is_item)), clause.comparison);
    }
    [[nodiscard]] Truth is_among(const Asset& asset) const {
        const auto* assets = std::get_if<std::vector<Asset>>(&clause.operand);
        if (assets == nullptr) return Truth::unknown;
        return truth_of(std::ranges::find(*assets, asset) != assets->end());
    }
    [[nodiscard]] Truth is_among(const Address& address) const {
        if (const auto* set = std::get_if<std::shared_ptr<const AddressSet>>(&clause.operand)) {
            return *set == nullptr ? Truth::unknown : truth_of((*set)->contains(address));
        }
        const auto* patterns = std::get_if<std::vector<AddressPattern>>(&clause.operand);
        if (patterns == nullptr) return Truth::unknown;
        return truth_of(std::ranges::any_of(*patterns, [&](const AddressPattern& pattern) {
            if (std::holds_alternative<Self>(pattern)) return address == surroundings.self;
            if (std::holds_alternative<ActorItself>(pattern)) return address == surroundings.actor;
            return address == std::get<Address>(pattern);
        }));
    }
    /// No later than `length` from now; what never comes is not within anything.
    [[nodiscard]] Truth is_within(const Moment& value) const {
        const auto* length = std::get_if<std::chrono::milliseconds>(&clause.operand);
        const auto now = surroundings.now.time_since_epoch().count();
        if (length == nullptr || length->count() < 0 || now < 0) return Truth::unknown;
        if (!value.at) return Truth::no;
        const auto latest =
            add(U256{static_cast<std::uint64_t>(now)},
                U256{static_cast<std::uint64_t>(length->count())});
        if (!latest) bug("two numbers of 64 bits do not fit 256");
        return truth_of(*value.at <= divide(*latest, 1000).quotient);
    }
};

}  // namespace

Truth negation(Truth truth) {
    switch (truth) {
        case Truth::no:
            return Truth::yes;
        case Truth::unknown:
            return Truth::unknown;
        case Truth::yes:
            return Truth::no;
    }
    bug("a truth that does not exist");
}

Truth compare(const Clause& clause, const FieldValue& value, const Surroundings& surroundings) {
    return std::visit(Comparer{clause, surroundings}, value);
}

}  // namespace chela::policy
