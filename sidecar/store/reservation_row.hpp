#pragma once

#include "policy/ledger/ledger.hpp"
#include "sidecar/store/columns.hpp"

#include <optional>
#include <string>

namespace chela::sidecar::store {

/// A reservation as it is stored.
struct ReservationColumns {
    std::string intent_id, agent_id, operation, signer, slot;
    std::optional<Integer> chain_id;
    std::optional<std::string> address;
    std::optional<Integer> nonce;
    std::string value, max_fee;
    std::optional<std::string> valid_until;
    std::string kind;
    Integer at{};
    std::string preimage;
};

/// @return invalid_input: a lane without a nonce or the reverse, or no slot; out_of_range
[[nodiscard]] Result<ReservationColumns> to_columns(const policy::Reservation& reservation);

/// A signature that is bounded in time.
struct Lapse {
    std::string intent_id;
    U256 valid_until;  ///< unix seconds
};
struct LapseRow {
    std::string intent_id, valid_until;
    auto columns() { return std::tie(intent_id, valid_until); }
    [[nodiscard]] Result<Lapse> record() const;
};

}  // namespace chela::sidecar::store
