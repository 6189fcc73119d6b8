#include "sidecar/app/policy_files.hpp"

#include "chains/base/hex.hpp"
#include "policy/rules/load.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/telemetry/log.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::app {

namespace {

constexpr std::string_view kNoOrganization = "none";

struct Document {
    std::filesystem::path file;
    std::string source;  ///< as the operator wrote it
    policy::Policy policy;
};

using Documents = std::vector<Document>;
using Stored = std::vector<store::PolicyRecord>;

Result<Documents> read_all(const std::vector<std::filesystem::path>& files) {
    Documents documents;
    std::map<std::string, std::filesystem::path> owners;
    for (const auto& file : files) {
        std::string source;
        auto policy = read_policy_file(file, source);
        if (!policy) return std::unexpected{policy.error()};
        if (const auto [at, is_new] = owners.emplace(policy->id, file); !is_new) {
            return fail(
                ErrorCode::conflict,
                fmt::format(
                    "{}: the policy {} is in {} already; one file a policy", file.string(),
                    policy->id, at->second.string()),
                "E_POLICY_TWICE");
        }
        documents.push_back({file, std::move(source), *std::move(policy)});
    }
    return documents;
}

const store::PolicyRecord* active_of(const Stored& stored, const std::string& id) {
    const auto found = std::ranges::find_if(
        stored, [&id](const auto& record) { return record.id == id && record.is_active; });
    return found == stored.end() ? nullptr : &*found;
}

Status check_version(const Document& document, const Stored& stored) {
    const auto& policy = document.policy;
    std::uint64_t highest = 0;
    for (const auto& record : stored)
        if (record.id == policy.id) highest = std::max(highest, record.version);
    if (policy.version > highest) return {};
    const std::string since = policy.version == highest
                                  ? "which was activated with other content"
                                  : fmt::format("but version {} was activated since", highest);
    return fail(
        ErrorCode::conflict,
        fmt::format(
            "{}: the file says version {}, {} (`chela policy show {}`); put that text into the "
            "file, or raise version above {}",
            document.file.string(), policy.version, since, policy.id, highest),
        "E_POLICY_VERSION");
}

Result<std::vector<std::string>> changes(
    const store::PolicyRecord* before, const policy::Policy& after) {
    policy::Policy nothing;
    if (before == nullptr) return policy::difference(nothing, after);
    const auto loaded = policy::load_canonical(before->canonical);
    if (!loaded) return std::unexpected{loaded.error()};
    return policy::difference(*loaded, after);
}

std::string actor_of(const std::filesystem::path& file) {
    return "file:" + file.filename().string();
}

store::PolicyActivation activation_of(
    const Document& document, const store::PolicyRecord* before, TimePoint now) {
    const auto& policy = document.policy;
    const std::string actor = actor_of(document.file);
    store::PolicyRecord record{
        .id = policy.id,
        .version = policy.version,
        .digest = policy.digest,
        .canonical = policy.canonical,
        .source = document.source,
        .activated_at = now,
        .activated_by = actor,
        .is_active = true};
    const Json detail = {
        {"version", policy.version},
        {"digest", to_hex(policy.digest)},
        {"previous_version", before == nullptr ? Json(nullptr) : Json(before->version)}};
    return {std::move(record), {now, actor, "policy.activated", policy.id, detail.dump()}};
}

struct Plan {
    std::vector<store::PolicyActivation> activations;
    std::optional<store::OrganizationChange> organization;
    PolicyUpdate update;
};

Status plan_documents(Plan& plan, const Documents& documents, const Stored& stored, TimePoint now) {
    for (const auto& document : documents) {
        const auto& policy = document.policy;
        const auto* before = active_of(stored, policy.id);
        if (before != nullptr && before->digest == policy.digest) continue;
        if (auto ok = check_version(document, stored); !ok) return ok;
        auto difference = changes(before, policy);
        if (!difference) return std::unexpected{difference.error()};
        plan.activations.push_back(activation_of(document, before, now));
        plan.update.activated.push_back(
            {policy.id, policy.version, policy.digest, document.file,
             before == nullptr ? std::nullopt : std::optional{before->version},
             *std::move(difference)});
    }
    return {};
}

Status plan_organization(
    Plan& plan,
    const std::string& wanted,
    const Documents& documents,
    const Stored& stored,
    const std::optional<std::string>& before,
    TimePoint now) {
    if (wanted.empty()) return {};
    const auto after =
        wanted == kNoOrganization ? std::nullopt : std::optional<std::string>{wanted};
    const bool is_known = !after || active_of(stored, *after) != nullptr ||
                          std::ranges::any_of(documents, [&after](const Document& document) {
                              return document.policy.id == *after;
                          });
    if (!is_known) {
        return fail(
            ErrorCode::not_found,
            fmt::format(
                "policy.organization: there is no active policy \"{}\"; name its file in "
                "policy.files",
                wanted),
            "E_POLICY_UNKNOWN");
    }
    if (after == before) return {};
    const Json detail = {
        {"policy", after ? Json(*after) : Json(nullptr)},
        {"previous", before ? Json(*before) : Json(nullptr)}};
    plan.organization = store::OrganizationChange{
        after, {now, "file:chela.yaml", "policy.organization", wanted, detail.dump()}};
    plan.update.organization_changed = true;
    return {};
}

bool is_our_failure(ErrorCode code) {
    return code == ErrorCode::unavailable || code == ErrorCode::internal ||
           code == ErrorCode::timed_out;
}

/// Everything that can be checked before something changes.
Result<Plan> make_plan(
    store::Store& store,
    const config::PolicyConfig& config,
    const Documents& documents,
    TimePoint now) {
    const auto stored = store.policies();
    if (!stored) return std::unexpected{stored.error()};
    const auto organization = store.organization_policy();
    if (!organization) return std::unexpected{organization.error()};
    Plan plan;
    if (auto ok = plan_documents(plan, documents, *stored, now); !ok)
        return std::unexpected{ok.error()};
    if (auto ok =
            plan_organization(plan, config.organization, documents, *stored, *organization, now);
        !ok) {
        return std::unexpected{ok.error()};
    }
    return plan;
}

/// "treasury version 6", and what becomes of it when it is not active.
std::string line_of(const Document& document, const PolicyUpdate& update) {
    const auto& policy = document.policy;
    const std::string name = fmt::format("{} version {}", policy.id, policy.version);
    const auto found = std::ranges::find(update.activated, policy.id, &ActivatedPolicy::id);
    if (found == update.activated.end()) return name;
    return found->replaces
               ? fmt::format("{} (at the next start; now version {})", name, *found->replaces)
               : name + " (at the next start)";
}

}  // namespace

Result<PolicyUpdate> apply_policy_files(
    store::Store& store, const config::PolicyConfig& config, TimePoint now) {
    const auto documents = read_all(config.files);
    if (!documents) return std::unexpected{documents.error()};
    auto plan = make_plan(store, config, *documents, now);
    if (!plan) return std::unexpected{plan.error()};
    if (plan->activations.empty() && !plan->organization) return std::move(plan->update);
    // Somebody at the command line may have come in between; the store checks versions again.
    if (auto ok = store.activate_policies(plan->activations, plan->organization); !ok)
        return std::unexpected{ok.error()};
    return std::move(plan->update);
}

Result<std::string> describe_policy_files(store::Store& store, const config::PolicyConfig& config) {
    const auto documents = read_all(config.files);
    if (!documents) return std::unexpected{documents.error()};
    const auto plan = make_plan(store, config, *documents, {});
    if (!plan) return std::unexpected{plan.error()};
    std::string out;
    for (const auto& document : *documents)
        out += (out.empty() ? "" : ", ") + line_of(document, plan->update);
    return out;
}

std::string warning_of_policy_files(
    const config::PolicyConfig& config, const policy::Policy& activated) {
    for (const auto& file : config.files) {
        std::string source;
        const auto policy = read_policy_file(file, source);
        // What does not load says nothing here; the server and the doctor say why.
        if (!policy || policy->id != activated.id || policy->digest == activated.digest) continue;
        const std::string has =
            fmt::format("{} has this document, too, at version {}", file.string(), policy->version);
        if (policy->version > activated.version) {
            return has + ", which takes its place at the next start: put this text into it";
        }
        return fmt::format(
            "{}; chela reads it at the next start: put this text into it, or raise its version "
            "above {}",
            has, activated.version);
    }
    return {};
}

Status start_with_policy_files(
    store::Store& store, const config::PolicyConfig& config, TimePoint now) {
    const auto update = apply_policy_files(store, config, now);
    if (!update) {
        Error error = update.error();
        if (!is_our_failure(error.code)) error.reason = kConfigReason;
        return std::unexpected{std::move(error)};
    }
    log_update(*update);
    return {};
}

void log_update(const PolicyUpdate& update) {
    for (const auto& policy : update.activated) {
        // Of a document that is new all of it would be a change.
        if (policy.replaces) {
            for (const auto& line : policy.difference) {
                log::event(
                    log::Level::info, "policy_change", {{"policy", policy.id}, {"change", line}});
            }
        }
        log::event(
            log::Level::info, "policy_activated",
            {{"policy", policy.id},
             {"version", policy.version},
             {"digest", to_hex(policy.digest)},
             {"file", policy.file.string()},
             {"changes", policy.difference.size()}});
    }
    if (update.organization_changed) log::event(log::Level::info, "policy_organization_set", {});
}

}  // namespace chela::sidecar::app
