#include "policy/effect/describe.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/result.hpp"
#include "chains/base/utf8.hpp"
#include "chains/node/printable.hpp"

#include <fmt/format.h>

namespace chela::policy {
namespace {

constexpr std::size_t kShownText = 120;  // characters

std::string name_of(const Asset& asset) {
    const auto what =
        asset.contract ? "token " + to_checksum(*asset.contract) : "the native currency";
    return fmt::format("{} on chain {}", what, asset.chain.value);
}

std::string amount_of(const Bound& amount) {
    return amount ? to_decimal(*amount) : "an unbounded amount";
}

std::string until(const Expiry& expiry) {
    return expiry ? "until " + to_decimal(*expiry) : "for ever";
}

std::string on_chain(ChainId chain) {
    return chain.value == 0 ? "on every chain" : fmt::format("on chain {}", chain.value);
}

std::string shown(const std::optional<Address>& address) {
    return address ? to_checksum(*address) : "none";
}

std::string words_of(Opaque::Reason reason) {
    switch (reason) {
        case Opaque::Reason::unknown_selector:
            return "an unknown call";
        case Opaque::Reason::non_canonical:
            return "data that is not canonical";
        case Opaque::Reason::limit:
            return "data past the bounds of what is looked at";
        case Opaque::Reason::unknown_typed_data:
            return "unknown typed data";
        case Opaque::Reason::undecoded_order:
            return "an exchange order that is not understood";
        case Opaque::Reason::untrusted_contract:
            return "a function that is understood only at known contracts";
        case Opaque::Reason::digest_like_message:
            return "a message that may be something else";
        case Opaque::Reason::unsupported:
            return "something that chela does not sign";
    }
    bug("an opaque reason that does not exist");
}

struct Describe {
    std::string operator()(const Transfer& effect) const {
        const auto id = effect.token_id ? " (id " + to_decimal(*effect.token_id) + ")" : "";
        return fmt::format(
            "transfer {} of {}{} from {} to {}", amount_of(effect.amount), name_of(effect.asset),
            id, to_checksum(effect.from), to_checksum(effect.to));
    }
    std::string operator()(const Grant& effect) const {
        return fmt::format(
            "let {} take {} of {} from {} {}", to_checksum(effect.spender),
            amount_of(effect.amount), name_of(effect.asset), to_checksum(effect.owner),
            until(effect.expires_at));
    }
    std::string operator()(const Revoke& effect) const {
        return fmt::format(
            "take back what {} may take of {} from {}", to_checksum(effect.spender),
            name_of(effect.asset), to_checksum(effect.owner));
    }
    std::string operator()(const Swap& effect) const {
        return fmt::format(
            "swap at most {} of {} of {} for at least {} of {} to {} at {} {}, {}",
            amount_of(effect.max_in), name_of(effect.asset_in), to_checksum(effect.payer),
            to_decimal(effect.min_out), name_of(effect.asset_out), to_checksum(effect.recipient),
            effect.venue.protocol, to_checksum(effect.venue.contract), until(effect.deadline));
    }
    std::string operator()(const Wrap& effect) const {
        switch (effect.direction) {
            case Wrap::Direction::wrap:
                return fmt::format(
                    "wrap {} of the native currency of {} into {}", amount_of(effect.amount),
                    to_checksum(effect.holder), name_of(effect.token));
            case Wrap::Direction::unwrap:
                return fmt::format(
                    "unwrap {} of {} of {} into the native currency", amount_of(effect.amount),
                    name_of(effect.token), to_checksum(effect.holder));
        }
        bug("a direction that does not exist");
    }
    std::string operator()(const Deploy& effect) const {
        return fmt::format(
            "deploy initcode {} with {} of the native currency by {} {}",
            to_hex(effect.initcode_hash), to_decimal(effect.value.value),
            to_checksum(effect.creator), on_chain(effect.chain));
    }
    std::string operator()(const Delegate7702& effect) const {
        if (effect.delegate == Address{}) {
            return fmt::format(
                "take the code of {} away {} at nonce {}", to_checksum(effect.authority),
                on_chain(effect.chain), effect.nonce.value);
        }
        return fmt::format(
            "make {} the code of {} {} at nonce {}", to_checksum(effect.delegate),
            to_checksum(effect.authority), on_chain(effect.chain), effect.nonce.value);
    }
    std::string operator()(const Delegatecall& effect) const {
        return fmt::format(
            "run the code of {} as {} {}", to_checksum(effect.target), to_checksum(effect.actor),
            on_chain(effect.chain));
    }
    std::string operator()(const Authority& effect) const {
        return fmt::format(
            "change the {} of {} {}, to or from: {}", to_string(effect.kind),
            to_checksum(effect.contract), on_chain(effect.chain), shown(effect.subject));
    }
    std::string operator()(const UserOp& effect) const {
        return fmt::format(
            "run an operation of {} through entry point {} {} for at most {} of the native "
            "currency, paymaster {}, factory {}",
            to_checksum(effect.sender), to_checksum(effect.entry_point), on_chain(effect.chain),
            to_decimal(effect.prefund.value), shown(effect.paymaster), shown(effect.factory));
    }
    std::string operator()(const Call& effect) const {
        std::string arguments;
        for (const auto& argument : effect.arguments) {
            arguments += (arguments.empty() ? "" : ", ") + chains::abi::to_text(argument);
        }
        return fmt::format(
            "call {} of {} {} as {} with ({})", effect.signature, to_checksum(effect.target),
            on_chain(effect.chain), to_checksum(effect.actor), arguments);
    }
    std::string operator()(const Message& effect) const {
        const std::string text(effect.bytes.begin(), effect.bytes.end());
        const auto words = is_utf8(text) ? '"' + chains::node::printable(text, kShownText) + '"'
                                         : "that is no text";
        const auto reader =
            effect.validator ? " for validator " + to_checksum(*effect.validator) : "";
        return fmt::format("sign a message of {} bytes{}: {}", text.size(), reader, words);
    }
    std::string operator()(const Opaque& effect) const {
        auto out = words_of(effect.reason);
        if (effect.selector) out += " " + to_hex(*effect.selector);
        if (effect.target) out += " of " + to_checksum(*effect.target);
        if (effect.chain.value != 0) out += " " + on_chain(effect.chain);
        if (!effect.detail.empty()) out += ": " + chains::node::printable(effect.detail);
        return out;
    }
};

}  // namespace

std::string describe(const Effect& effect) {
    return std::visit(Describe{}, effect);
}

}  // namespace chela::policy
