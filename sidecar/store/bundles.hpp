#pragma once

#include "sidecar/store/records.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace chela::sidecar::store {

/// Calls that an agent asked for together, to be sent one after the other. Source: EIP-5792.
struct BundleRecord {
    std::string key;       ///< uuid; the intents of its calls go by it
    std::string agent_id;  ///< whose calls they are
    std::string id;        ///< the name that the agent knows it by; unique among its bundles
    std::string chain;     ///< the registry's name
    ChainId chain_id;
    std::string calls;       ///< JSON array text of stored requests, in order; written once
    bool is_open = true;     ///< not every call has been tried yet
    std::string error_code;  ///< why the rest of its calls is not tried; stable reason
    std::string error_message;
    TimePoint created_at;
};

class BundleStore {
public:
    /// That one agent may have open at a time.
    static constexpr std::size_t kMaxOpenBundles = 32;

    virtual ~BundleStore() = default;
    /// An open one. @return conflict E_BUNDLE_ID: the agent has one of this name already;
    /// rate_limited E_BUNDLES_OPEN
    [[nodiscard]] virtual Status insert_bundle(const BundleRecord& bundle) = 0;
    /// @return not_found E_UNKNOWN_BUNDLE
    [[nodiscard]] virtual Result<BundleRecord> bundle(
        const std::string& agent_id, const std::string& id) = 0;
    /// Of all agents, oldest first.
    [[nodiscard]] virtual Result<std::vector<BundleRecord>> open_bundles() = 0;
    /// Every call was tried, or why the rest is not. What closed it first stays.
    /// @param code  empty: every call was tried
    [[nodiscard]] virtual Status close_bundle(
        const std::string& key, const std::string& code, const std::string& message) = 0;
};

}  // namespace chela::sidecar::store
