#include "sidecar/store/policy_cache.hpp"

#include "chains/base/hex.hpp"
#include "policy/rules/compile.hpp"
#include "policy/rules/load.hpp"

#include <utility>

namespace chela::sidecar::store {
namespace {

/// Of old versions none is asked for again in normal use.
constexpr std::size_t kMaxPolicies = 256;

}  // namespace

std::shared_ptr<const policy::Policy> PolicyCache::find(const Hash256& digest) const {
    const std::lock_guard lock{mutex_};
    const auto found = policies_.find(digest);
    return found == policies_.end() ? nullptr : found->second;
}

Result<std::shared_ptr<const policy::Policy>> PolicyCache::load(
    const Hash256& digest, std::string_view canonical) {
    auto loaded = policy::load_canonical(canonical);
    if (!loaded) {
        return fail(
            ErrorCode::internal,
            "the stored policy " + to_hex(digest) + " does not load: " + loaded.error().detail);
    }
    if (loaded->digest != digest) {
        return fail(
            ErrorCode::internal, "the stored policy " + to_hex(digest) + " is another document");
    }
    auto policy = std::make_shared<const policy::Policy>(*std::move(loaded));
    const std::lock_guard lock{mutex_};
    if (policies_.size() >= kMaxPolicies) policies_.clear();
    return policies_.insert_or_assign(digest, std::move(policy)).first->second;
}

Result<PolicyCache::CompiledGuardrails> PolicyCache::guardrails(const std::string& text) {
    {
        const std::lock_guard lock{mutex_};
        const auto found = guardrails_.find(text);
        if (found != guardrails_.end()) return found->second;
    }
    auto read = policy::from_storage(text);
    if (!read) return std::unexpected{read.error()};
    auto compiled = std::make_shared<const policy::Policy>(policy::compile_guardrails(*read));
    const std::lock_guard lock{mutex_};
    if (guardrails_.size() >= kMaxPolicies) guardrails_.clear();
    return guardrails_
        .insert_or_assign(text, CompiledGuardrails{*std::move(read), std::move(compiled)})
        .first->second;
}

}  // namespace chela::sidecar::store
