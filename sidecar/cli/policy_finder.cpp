#include "sidecar/cli/policy_finder.hpp"

#include "chains/base/hex.hpp"
#include "policy/rules/compile.hpp"

#include <utility>

namespace chela::sidecar::cli {

using Found = Result<std::shared_ptr<const policy::Policy>>;

Result<PolicyFinder> PolicyFinder::make(
    const std::vector<std::string>& files, store::Store* store) {
    PolicyFinder finder{store};
    for (const auto& file : files) {
        auto read = read_policy_file(file);
        if (!read) return std::unexpected{read.error()};
        const auto digest = read->policy.digest;
        finder.of_files_.emplace(
            digest, std::make_shared<const policy::Policy>(std::move(read->policy)));
    }
    return finder;
}

Found PolicyFinder::find(const Hash256& digest) const {
    if (const auto found = of_files_.find(digest); found != of_files_.end()) return found->second;
    if (store_ == nullptr) {
        return fail(
            ErrorCode::not_found,
            "the decision was made under the policy " + to_hex(digest) +
                ", which is none of the files; give it with --policy FILE",
            "E_POLICY_UNKNOWN");
    }
    const auto record = store_->policy_by_digest(digest);
    if (record) {
        auto policy = policy::load_canonical(record->canonical);
        if (!policy) return std::unexpected{policy.error()};
        return std::make_shared<const policy::Policy>(*std::move(policy));
    }
    if (record.error().code != ErrorCode::not_found) return std::unexpected{record.error()};
    return find_guardrails(digest);
}

Found PolicyFinder::find_guardrails(const Hash256& digest) const {
    const auto past = store_->past_guardrails();
    if (!past) return std::unexpected{past.error()};
    for (const auto& guardrails : *past) {
        auto policy = policy::compile_guardrails(guardrails);
        if (policy.digest == digest)
            return std::make_shared<const policy::Policy>(std::move(policy));
    }
    return fail(
        ErrorCode::not_found,
        "the decision was made under the policy " + to_hex(digest) +
            ", which is no document of the store and no guardrails that an agent ever had; give "
            "the "
            "document with --policy FILE",
        "E_POLICY_UNKNOWN");
}

}  // namespace chela::sidecar::cli
