#include "tests/support/fake_node/faults.hpp"

#include "chains/base/result.hpp"

#include <algorithm>
#include <numeric>

namespace chela::test::fake_node {
namespace {

constexpr unsigned kThousand = 1000;

std::size_t index_of(Fault fault) {
    return static_cast<std::size_t>(fault);
}

}  // namespace

std::string_view to_string(Fault fault) {
    switch (fault) {
        case Fault::refused_connection:
            return "refused_connection";
        case Fault::rejected:
            return "rejected";
        case Fault::too_many_requests:
            return "too_many_requests";
        case Fault::bad_gateway:
            return "bad_gateway";
        case Fault::dropped_reply:
            return "dropped_reply";
        case Fault::delayed_reply:
            return "delayed_reply";
        case Fault::rejected_after:
            return "rejected_after";
        case Fault::bad_gateway_after:
            return "bad_gateway_after";
        case Fault::garbage:
            return "garbage";
        case Fault::wrong_hash:
            return "wrong_hash";
        case Fault::stale:
            return "stale";
        case Fault::other_chain_id:
            return "other_chain_id";
        case Fault::no_receipt:
            return "no_receipt";
        case Fault::false_head:
            return "false_head";
        case Fault::false_count:
            return "false_count";
        case Fault::false_receipt:
            return "false_receipt";
    }
    bug("Fault outside its list");
}

bool takes_effect(Fault fault) {
    switch (fault) {
        case Fault::refused_connection:
        case Fault::rejected:
        case Fault::too_many_requests:
        case Fault::bad_gateway:
            return false;
        case Fault::dropped_reply:
        case Fault::delayed_reply:
        case Fault::rejected_after:
        case Fault::bad_gateway_after:
        case Fault::garbage:
        case Fault::wrong_hash:
        case Fault::stale:
        case Fault::other_chain_id:
        case Fault::no_receipt:
        case Fault::false_head:
        case Fault::false_count:
        case Fault::false_receipt:
            return true;
    }
    bug("Fault outside its list");
}

FaultRates& FaultRates::set(Fault fault, unsigned per_thousand) {
    per_thousand_.at(index_of(fault)) = per_thousand;
    if (std::reduce(per_thousand_.begin(), per_thousand_.end()) > kThousand)
        bug("more than every call has a fault");
    return *this;
}

unsigned FaultRates::of(Fault fault) const {
    return per_thousand_.at(index_of(fault));
}

FaultRates FaultRates::all(unsigned per_thousand) {
    FaultRates out;
    for (std::size_t i = 0; i < index_of(Fault::false_head); ++i)
        out.set(static_cast<Fault>(i), per_thousand);
    return out;
}

FaultRates FaultRates::with_lies(unsigned per_thousand) const {
    FaultRates out = *this;
    for (std::size_t i = index_of(Fault::false_head); i < kFaults; ++i)
        out.set(static_cast<Fault>(i), per_thousand);
    return out;
}

void FaultScript::put(Fault fault, std::string method) {
    planned_.push_back({fault, std::move(method)});
}

void FaultScript::draw_from(std::mt19937_64 generator, FaultRates rates) {
    generator_ = generator;
    rates_ = rates;
}

void FaultScript::clear() {
    planned_.clear();
    generator_.reset();
}

std::optional<Fault> FaultScript::next(const std::string& method) {
    const auto planned = std::ranges::find_if(planned_, [&](const Planned& each) {
        return each.method.empty() || each.method == method;
    });
    if (planned != planned_.end()) {
        const Fault fault = planned->fault;
        planned_.erase(planned);
        return fault;
    }
    if (!generator_) return std::nullopt;
    // Not a distribution of the library: its numbers differ between libraries.
    auto drawn = static_cast<unsigned>((*generator_)() % kThousand);
    for (std::size_t i = 0; i < kFaults; ++i) {
        const auto fault = static_cast<Fault>(i);
        if (drawn < rates_.of(fault)) return fault;
        drawn -= rates_.of(fault);
    }
    return std::nullopt;
}

}  // namespace chela::test::fake_node
