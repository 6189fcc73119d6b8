#pragma once

#include "tests/sidecar/store/fixture.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace chela::sidecar::store {

/// What may be spent of a meter within a sliding window.
struct Limit {
    policy::MeterKey meter;
    U256 amount;
    std::chrono::milliseconds window{24h};
};

/// The smallest gate there could be: adds up what counts, and reserves the lane's next nonce.
/// @return denied E_OVER, or what the ledger says
Status spend(
    policy::Ledger& ledger,
    const std::vector<Limit>& limits,
    policy::Reservation reservation,
    TimePoint now);

/// A reservation of `amount` on each meter; spend() gives it nonce and slot.
policy::Reservation spending(
    const std::string& intent, const std::vector<Limit>& limits, std::uint64_t amount);

/// The ledger's rules once more, without a database.
class Model {
public:
    enum class State : std::uint8_t { open, settled, released };
    struct Held {
        policy::Reservation reservation;
        State state{State::open};
        TimePoint at;
    };

    void reserve(const policy::Reservation& reservation);
    void replace(const policy::Reservation& reservation);
    void settle(const std::string& intent, TimePoint at);
    void release(const std::string& intent);

    [[nodiscard]] std::vector<policy::SpentCharge> charges(
        const policy::MeterKey& meter, TimePoint since) const;
    [[nodiscard]] TimePoint high_water() const { return high_water_; }
    [[nodiscard]] const std::map<std::string, Held>& all() const { return held_; }

private:
    std::map<std::string, Held> held_;
    std::vector<std::string> order_;
    TimePoint high_water_;
};

}  // namespace chela::sidecar::store
