#include "sidecar/flow/keyring.hpp"

#include "chains/base/address.hpp"
#include "sidecar/edge/entropy.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

namespace {

policy::AuditEntry entry_of(TimePoint now, const std::string& actor, std::string action) {
    return {.at = now, .actor = actor, .action = std::move(action), .subject = {}, .detail = {}};
}

Status check_free(store::KeyStore& store, const std::string& label) {
    const auto taken = store.key(label);
    if (taken)
        return fail(
            ErrorCode::conflict, "a signing key named " + label + " exists", "E_KEY_EXISTS");
    if (taken.error().code != ErrorCode::not_found) return std::unexpected{taken.error()};
    return {};
}

}  // namespace

Keyring::Keyring(store::KeyStore& store, Sources sources)
    : store_{store},
      sources_{std::move(sources)} {
    if (sources_.empty()) bug("a keyring without a back end");
}

Result<std::shared_ptr<KeySource>> Keyring::source(store::KeyBackend backend) const {
    for (const auto& source : sources_)
        if (source->backend() == backend) return source;
    return fail(
        ErrorCode::unsupported,
        fmt::format(
            "no {0} is configured; add the section {0}: to chela.yaml", store::to_string(backend)),
        "E_KEY_BACKEND");
}

Result<std::shared_ptr<signer::Key>> Keyring::open(const std::string& key_id) {
    {
        const std::lock_guard lock{mutex_};
        if (const auto found = open_.find(key_id); found != open_.end()) return found->second;
    }
    const auto record = store_.key(key_id);
    if (!record) return std::unexpected{record.error()};
    if (record->retired_at)
        return fail(
            ErrorCode::denied, fmt::format("the key {} is retired", record->label),
            "E_KEY_RETIRED");
    const auto where = source(record->backend);
    if (!where) return std::unexpected{where.error()};
    auto key = (*where)->open(*record);
    if (!key) return key;
    const std::lock_guard lock{mutex_};
    return open_.try_emplace(key_id, std::move(*key)).first->second;
}

Result<store::SigningKeyRecord> Keyring::create(
    const std::string& label,
    const std::string& actor,
    TimePoint now,
    std::optional<store::KeyBackend> where) {
    return pin(label, entry_of(now, actor, "key.created"), where, [&label](KeySource& source) {
        return source.generate(label);
    });
}

Result<store::SigningKeyRecord> Keyring::import(
    const std::string& label,
    const std::string& actor,
    TimePoint now,
    signer::Secret private_key,
    std::optional<store::KeyBackend> where) {
    return pin(label, entry_of(now, actor, "key.imported"), where, [&](KeySource& source) {
        return source.import(label, std::move(private_key));
    });
}

Result<store::SigningKeyRecord> Keyring::pin(
    const std::string& label,
    const policy::AuditEntry& entry,
    std::optional<store::KeyBackend> where,
    const Make& make) {
    const auto into = source(where.value_or(sources_.front()->backend()));
    if (!into) return std::unexpected{into.error()};
    // The store is asked first: a key that nobody can name would be litter.
    if (auto free = check_free(store_, label); !free) return std::unexpected{free.error()};
    const auto made = make(**into);
    if (!made) return std::unexpected{made.error()};
    const store::SigningKeyRecord record{
        .id = random_uuid(),
        .label = label,
        .backend = (*into)->backend(),
        .token_id = made->token_id,
        .public_key = made->public_key,
        .address = made->address,
        .retired_at = {},
        .created_at = entry.at};
    auto audit = entry;
    audit.subject = record.id;
    const Json detail = {
        {"label", label},
        {"address", to_checksum(record.address)},
        {"back_end", store::to_string(record.backend)}};
    audit.detail = detail.dump();
    if (auto stored = store_.insert_key(record, audit); !stored)
        return std::unexpected{stored.error()};
    return record;
}

}  // namespace chela::sidecar::flow
