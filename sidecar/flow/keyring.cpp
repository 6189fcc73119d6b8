#include "sidecar/flow/keyring.hpp"

#include "chains/base/address.hpp"
#include "chains/base/utf8.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/file_lock.hpp"
#include "signer/private_key.hpp"

#include <algorithm>
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

/// The label is printed on terminals and in logs.
Status check_label(const std::string& label) {
    constexpr std::size_t kLongest = 128;
    const bool is_plain =
        std::ranges::none_of(label, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (!label.empty() && label.size() <= kLongest && is_plain && is_utf8(label)) return {};
    return fail(
        ErrorCode::invalid_input,
        "a key's label is 1 to 128 bytes of UTF-8 without control characters", "E_LABEL");
}

/// A key has one label for ever, a retired one too.
Status check_unknown(store::KeyStore& store, const chains::PublicKey& public_key) {
    const auto keys = store.keys();
    if (!keys) return std::unexpected{keys.error()};
    const auto known = std::ranges::find(*keys, public_key, &store::SigningKeyRecord::public_key);
    if (known == keys->end()) return {};
    return fail(
        ErrorCode::conflict,
        fmt::format(
            "this key is here already, as {}{}", known->label,
            known->retired_at ? ", which is retired" : ""),
        "E_KEY_EXISTS");
}

}  // namespace

Keyring::Keyring(store::KeyStore& store, Sources sources, std::filesystem::path lock_file)
    : store_{store},
      sources_{std::move(sources)},
      lock_file_{std::move(lock_file)} {
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
    // Asked each time: another process may have retired the key.
    const auto record = store_.key(key_id);
    if (!record) return std::unexpected{record.error()};
    if (record->retired_at) {
        const std::lock_guard lock{mutex_};
        open_.erase(key_id);
        return fail(
            ErrorCode::denied, fmt::format("the key {} is retired", record->label),
            "E_KEY_RETIRED");
    }
    if (auto found = find_open(key_id)) return found;
    const std::lock_guard one_at_a_time{opening_};
    if (auto found = find_open(key_id)) return found;
    const auto where = source(record->backend);
    if (!where) return std::unexpected{where.error()};
    auto key = (*where)->open(*record);
    if (!key) return key;
    const std::lock_guard lock{mutex_};
    return open_.try_emplace(key_id, std::move(*key)).first->second;
}

std::shared_ptr<signer::Key> Keyring::find_open(const std::string& key_id) {
    const std::lock_guard lock{mutex_};
    const auto found = open_.find(key_id);
    return found == open_.end() ? nullptr : found->second;
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
    const auto public_key = signer::public_key_of(private_key);
    if (!public_key) return std::unexpected{public_key.error()};
    if (auto unknown = check_unknown(store_, *public_key); !unknown)
        return std::unexpected{unknown.error()};
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
    if (auto good = check_label(label); !good) return std::unexpected{good.error()};
    std::optional<FileLock> alone;
    if (!lock_file_.empty()) {
        auto lock = FileLock::take(lock_file_);
        if (!lock) return std::unexpected{lock.error()};
        alone.emplace(std::move(*lock));
    }
    // The store is asked first: a key that nobody can name would be litter.
    if (auto free = check_free(store_, label); !free) return std::unexpected{free.error()};
    const auto made = make(**into);
    if (!made) return std::unexpected{made.error()};
    if (auto unknown = check_unknown(store_, made->public_key); !unknown)
        return std::unexpected{unknown.error()};
    store::SigningKeyRecord record{
        .id = random_uuid(),
        .label = label,
        .backend = (*into)->backend(),
        .token_id = made->token_id,
        .public_key = made->public_key,
        .address = made->address,
        .retired_at = {},
        .created_at = entry.at,
        .authority = made->authority};
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
