#pragma once

#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chela::chains {

/// When a mined transaction counts as settled.
enum class Finality : std::uint8_t {
    depth,          ///< so many blocks deep
    finalized_tag,  ///< not above the block that the node calls finalized
};
/// "depth" or "finalized".
[[nodiscard]] std::string_view to_string(Finality finality);
[[nodiscard]] std::optional<Finality> parse_finality(std::string_view word);

struct Chain {
    std::string name;  ///< lower case, digits and dashes: "base-sepolia"
    ChainId chain_id;
    std::string display_name;
    std::string explorer_url;
    std::string native_currency;
    bool is_testnet{};
    Wei max_fee_per_transaction;
    std::uint64_t confirmations = 1;  ///< blocks, the transaction's own included
    bool is_enabled = true;           ///< otherwise nothing new is signed for it
    bool has_eip1559 = true;
    std::chrono::milliseconds block_time{12'000};  ///< typical
    Finality finality{Finality::depth};
    bool operator==(const Chain&) const = default;
};

/// 1 to 64 lower-case letters, digits and dashes, not digits alone. @return invalid_input
[[nodiscard]] Status check_chain_name(const std::string& name);

/// The chains that the operator configured. Immutable.
class Registry {
public:
    /// @return invalid_input: a name or chain id twice, chain id 0, a name of other characters
    [[nodiscard]] static Result<Registry> make(std::vector<Chain> chains);
    [[nodiscard]] const std::vector<Chain>& chains() const { return chains_; }
    /// @param name_or_id  "base" or "8453"; names are compared without case
    /// @return not_found with reason E_UNKNOWN_CHAIN, naming what there is
    [[nodiscard]] Result<Chain> find(std::string_view name_or_id) const;

private:
    std::vector<Chain> chains_;
};

/// A stable UUID for a chain id (version 8: SHA-less, from the id's digits), since the API shows
/// one.
[[nodiscard]] std::string chain_uuid(ChainId id);

}  // namespace chela::chains
