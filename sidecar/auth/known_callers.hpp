#pragma once

#include "chains/base/bytes.hpp"
#include "chains/base/units.hpp"
#include "sidecar/auth/principal.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace chela::sidecar::auth {

/// Whom credentials were of when they were last verified, as long as nothing can have become of
/// them: their time is not over, and the database is the one that was asked then. Whoever turns an
/// agent off, rotates a key or takes an admin key away commits that, in this process or another.
/// Threads: one at a time.
class KnownCallers {
public:
    static constexpr std::size_t kMost = 4'096;

    /// @param credential  SHA-256
    /// @param mark        the store's, read just now
    [[nodiscard]] std::optional<Principal> find(
        const Hash256& credential, std::int64_t mark, TimePoint now) const;
    /// @param mark  the store's, read before it was asked about the credentials
    /// @param now   when that began
    void remember(
        const Hash256& credential, std::int64_t mark, const Principal& principal, TimePoint now);

private:
    struct Known {
        Principal principal;
        TimePoint since;
    };
    std::optional<std::int64_t> mark_;
    std::map<Hash256, Known> known_;  ///< all of them by that mark
};

}  // namespace chela::sidecar::auth
