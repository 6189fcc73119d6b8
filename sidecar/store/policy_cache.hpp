#pragma once

#include "chains/base/result.hpp"
#include "policy/rules/document.hpp"
#include "policy/rules/guardrails.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace chela::sidecar::store {

/// Policy documents by digest, and guardrails by their text, each read once. Both name one policy
/// for ever, so nothing here goes stale.
/// Threads: safe.
class PolicyCache {
public:
    struct CompiledGuardrails {
        policy::Guardrails guardrails;
        std::shared_ptr<const policy::Policy> policy;
    };

    /// @return nullptr: not held
    [[nodiscard]] std::shared_ptr<const policy::Policy> find(const Hash256& digest) const;

    /// Reads the document of that digest and holds it.
    /// @return internal: the text does not load, or is another document
    [[nodiscard]] Result<std::shared_ptr<const policy::Policy>> load(
        const Hash256& digest, std::string_view canonical);

    /// Guardrails from their storage form, compiled. @return internal: damaged
    [[nodiscard]] Result<CompiledGuardrails> guardrails(const std::string& text);

private:
    mutable std::mutex mutex_;
    std::map<Hash256, std::shared_ptr<const policy::Policy>> policies_;
    std::map<std::string, CompiledGuardrails> guardrails_;
};

}  // namespace chela::sidecar::store
