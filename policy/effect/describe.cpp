#include "policy/effect/describe.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/result.hpp"
#include "chains/base/u256.hpp"
#include "chains/base/utf8.hpp"
#include "chains/node/printable.hpp"

#include <fmt/format.h>

namespace chela::policy {
namespace {

constexpr std::size_t kShownText = 120;  // characters

std::string digits_of(const Bound& amount) {
    return amount ? to_decimal(*amount) : "an unbounded amount";
}

std::string amount_of(const Bound& amount, const AssetName& asset) {
    return amount ? fmt::format("{} {}", format_units(*amount, asset.decimals), asset.name)
                  : "an unbounded amount of " + asset.name;
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
    const AssetNames& names;

    [[nodiscard]] std::optional<AssetName> find(const Asset& asset) const {
        return names ? names(asset) : std::nullopt;
    }
    [[nodiscard]] std::string name_of(const Asset& asset) const {
        if (const auto known = find(asset)) return known->name;
        const auto what =
            asset.contract ? "token " + to_checksum(*asset.contract) : "the native currency";
        return fmt::format("{} on chain {}", what, asset.chain.value);
    }
    [[nodiscard]] std::string amount(const Bound& amount, const Asset& asset) const {
        if (const auto known = find(asset)) return amount_of(amount, *known);
        return fmt::format("{} of {}", digits_of(amount), name_of(asset));
    }
    /// Of the chain that the sentence names anyway.
    [[nodiscard]] std::string native(const Bound& amount, ChainId chain) const {
        if (const auto known = find({chain, std::nullopt})) return amount_of(amount, *known);
        return digits_of(amount) + " of the native currency";
    }

    std::string operator()(const Transfer& effect) const {
        const auto id = effect.token_id ? " (id " + to_decimal(*effect.token_id) + ")" : "";
        return fmt::format(
            "transfer {}{} from {} to {}", amount(effect.amount, effect.asset), id,
            to_checksum(effect.from), to_checksum(effect.to));
    }
    std::string operator()(const Grant& effect) const {
        return fmt::format(
            "let {} take {} from {} {}", to_checksum(effect.spender),
            amount(effect.amount, effect.asset), to_checksum(effect.owner),
            until(effect.expires_at));
    }
    std::string operator()(const Revoke& effect) const {
        return fmt::format(
            "take back what {} may take of {} from {}", to_checksum(effect.spender),
            name_of(effect.asset), to_checksum(effect.owner));
    }
    std::string operator()(const Swap& effect) const {
        return fmt::format(
            "swap at most {} of {} for at least {} to {} at {} {}, {}",
            amount(effect.max_in, effect.asset_in), to_checksum(effect.payer),
            amount(effect.min_out, effect.asset_out), to_checksum(effect.recipient),
            effect.venue.protocol, to_checksum(effect.venue.contract), until(effect.deadline));
    }
    std::string operator()(const Wrap& effect) const {
        switch (effect.direction) {
            case Wrap::Direction::wrap:
                return fmt::format(
                    "wrap {} of {} into {}", native(effect.amount, effect.token.chain),
                    to_checksum(effect.holder), name_of(effect.token));
            case Wrap::Direction::unwrap:
                return fmt::format(
                    "unwrap {} of {} into the native currency", amount(effect.amount, effect.token),
                    to_checksum(effect.holder));
        }
        bug("a direction that does not exist");
    }
    std::string operator()(const Deploy& effect) const {
        return fmt::format(
            "deploy initcode {} with {} by {} {}", to_hex(effect.initcode_hash),
            native(effect.value.value, effect.chain), to_checksum(effect.creator),
            on_chain(effect.chain));
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
            "run an operation of {} through entry point {} {} for at most {}, paymaster {}, "
            "factory {}",
            to_checksum(effect.sender), to_checksum(effect.entry_point), on_chain(effect.chain),
            native(effect.prefund.value, effect.chain), shown(effect.paymaster),
            shown(effect.factory));
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
        const bool is_named = effect.selector || effect.target;
        if (effect.reason == Opaque::Reason::untrusted_contract && is_named) out += ":";
        if (effect.selector) out += " " + to_hex(*effect.selector);
        if (effect.target) out += " of " + to_checksum(*effect.target);
        if (effect.chain.value != 0) out += " " + on_chain(effect.chain);
        if (!effect.detail.empty()) out += ": " + chains::node::printable(effect.detail);
        return out;
    }
};

}  // namespace

std::string describe(const Effect& effect, const AssetNames& names) {
    return std::visit(Describe{names}, effect);
}

}  // namespace chela::policy
