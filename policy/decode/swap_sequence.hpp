#pragma once

#include "policy/decode/decoder.hpp"
#include "policy/decode/swap_path.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace chela::policy {

/// Steps that a router takes one after another within one call, with what it holds for its caller
/// in between: coins sent along, tokens pulled, swaps whose recipient is the router. Only shapes
/// whose outcome is certain are modelled; a step answers false for any other, and then the whole
/// call is not understood. What earlier callers left in the router is never counted as the
/// caller's.
class SwapSequence {
public:
    /// Does the router pay for swaps of the wrapped native token with its own native coins, when it
    /// has enough of them? Source: v3-periphery, PeripheryPayments.sol, "pay".
    enum class PaysWithCoins : std::uint8_t { never, when_enough };

    /// @param protocol  of the venue; static
    SwapSequence(
        Decoder& decoder,
        const Frame& frame,
        std::string_view protocol,
        PaysWithCoins pays_with_coins);

    /// The bytes of the step that follows.
    void begin_step(ByteRange range) { range_ = range; }

    [[nodiscard]] Decoder& decoder() { return decoder_; }
    [[nodiscard]] const Frame& frame() const { return frame_; }
    [[nodiscard]] const Address& caller() const { return frame_.actor; }
    [[nodiscard]] const Address& router() const { return frame_.target; }

    /// Something that has no part in what the router holds.
    void add(Effect effect);
    [[nodiscard]] bool swap(const SwapOrder& order);
    /// Tokens of the caller, to the router or to somebody else.
    void pull(const Address& token, const U256& amount, const Address& recipient);
    /// Native coins of the router into their token. @param amount  empty: all of them
    [[nodiscard]] bool wrap(const Bound& amount);
    /// All of the wrapped token into native coins, for `recipient` (the router: they stay).
    [[nodiscard]] bool unwrap(const U256& min, const Address& recipient);
    /// All of an asset to `recipient`. @param token  empty: native coins
    [[nodiscard]] bool sweep(
        const std::optional<Address>& token, const U256& min, const Address& recipient);
    /// Some of an asset to `recipient`.
    [[nodiscard]] bool pay(
        const std::optional<Address>& token, const U256& amount, const Address& recipient);
    /// A part of what swaps brought in, to `recipient`. @param bips  of 10,000
    [[nodiscard]] bool pay_portion(
        const std::optional<Address>& token, const U256& bips, const Address& recipient);

    /// The effects in order; what is left in the router has gone to it.
    [[nodiscard]] std::vector<EffectNode> finish();

private:
    struct Native {
        bool operator==(const Native&) const = default;
    };
    struct Wrapped {  ///< the wrapped native token, whose address not every step names
        bool operator==(const Wrapped&) const = default;
    };
    using Currency = std::variant<Native, Wrapped, Address>;

    struct Deposit {  ///< the caller's own
        Asset given;
        Address owner;
        U256 amount;
    };
    struct Output {  ///< what the swap at this position of effects_ brings in
        std::size_t swap;
    };
    struct Change {  ///< what a swap that was paid from a deposit did not take after all
        Address owner;
    };
    struct Holding {
        Currency currency;
        std::variant<Deposit, Output, Change> what;
    };
    struct Entry {
        std::optional<Effect> effect;  ///< empty: became part of another one
        ByteRange range;
    };
    /// Everything held of one currency.
    struct Held {
        std::vector<Deposit> deposits;
        std::vector<std::size_t> swaps;
        std::optional<Change> change;
        [[nodiscard]] bool is_empty() const;
    };

    [[nodiscard]] Currency currency_of(const std::optional<Address>& token) const;
    [[nodiscard]] bool holds(const Currency& currency) const;
    [[nodiscard]] Held take(const Currency& currency);
    void put(const Currency& currency, const Held& held);
    [[nodiscard]] Swap& swap_at(std::size_t index);

    [[nodiscard]] bool fund(Swap& swap, const Currency& currency, const Bound& amount);
    [[nodiscard]] bool fund_from_deposit(
        Swap& swap, const Currency& currency, Held held, const Bound& amount);
    [[nodiscard]] bool continue_swap(Swap& swap, std::size_t earlier);
    [[nodiscard]] std::optional<std::size_t> merge(const std::vector<std::size_t>& swaps);
    [[nodiscard]] bool deliver(
        Held held, const Asset& asset, const U256& min, const Address& recipient);
    void give_back(const Deposit& deposit, const Asset& asset, const Address& recipient);
    void add_transfer(
        const Asset& asset, const Address& from, const Address& to, const Bound& amount);

    Decoder& decoder_;
    const Frame& frame_;
    std::string_view protocol_;
    PaysWithCoins pays_with_coins_;
    ByteRange range_;
    std::vector<Holding> holdings_;
    std::vector<Entry> effects_;
};

}  // namespace chela::policy
