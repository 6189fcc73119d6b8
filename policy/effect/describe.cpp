#include "policy/effect/describe.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"

#include <fmt/format.h>

namespace chela::policy {
namespace {

std::string name_of(const Asset& asset) {
    return asset.contract ? "token " + to_checksum(*asset.contract) : "the native currency";
}

struct Describe {
    std::string operator()(const Transfer& effect) const {
        return fmt::format(
            "transfer {} of {} from {} to {}", to_decimal(effect.amount), name_of(effect.asset),
            to_checksum(effect.from), to_checksum(effect.to));
    }
    std::string operator()(const Grant& effect) const {
        return fmt::format(
            "grant {} of {} of {} to {}", effect.amount ? to_decimal(*effect.amount) : "unbounded",
            name_of(effect.asset), to_checksum(effect.owner), to_checksum(effect.spender));
    }
    std::string operator()(const Revoke& effect) const {
        return fmt::format(
            "revoke the grant of {} of {} to {}", name_of(effect.asset), to_checksum(effect.owner),
            to_checksum(effect.spender));
    }
    std::string operator()(const Deploy& effect) const {
        return fmt::format(
            "deploy initcode {} with {} of the native currency", to_hex(effect.initcode_hash),
            to_decimal(effect.value.value));
    }
    std::string operator()(const Opaque& effect) const {
        switch (effect.reason) {
            case Opaque::Reason::unknown_selector:
                return "an unknown call of " + to_checksum(effect.target);
            case Opaque::Reason::non_canonical:
                return "a call of " + to_checksum(effect.target) + " with non-canonical arguments";
        }
        bug("an Opaque reason that does not exist");
    }
};

}  // namespace

std::string describe(const Effect& effect) {
    return std::visit(Describe{}, effect);
}

}  // namespace chela::policy
