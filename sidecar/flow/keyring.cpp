#include "sidecar/flow/keyring.hpp"

#include "chains/base/address.hpp"
#include "sidecar/edge/entropy.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::flow {

Result<std::shared_ptr<signer::Key>> Keyring::open(const std::string& key_id) {
    {
        const std::lock_guard lock{mutex_};
        if (const auto found = open_.find(key_id); found != open_.end()) return found->second;
    }
    const auto record = store_.key(key_id);
    if (!record) return std::unexpected{record.error()};
    auto key = token_.key(record->token_id, record->public_key);
    if (!key) return key;
    const std::lock_guard lock{mutex_};
    return open_.try_emplace(key_id, std::move(*key)).first->second;
}

Result<store::SigningKeyRecord> Keyring::create(
    const std::string& label, const std::string& actor, TimePoint now) {
    // The store is asked first: a key in the token that nobody can name would be litter.
    const auto taken = store_.key(label);
    if (taken) {
        return fail(
            ErrorCode::conflict, "a signing key named " + label + " exists", "E_KEY_EXISTS");
    }
    if (taken.error().code != ErrorCode::not_found) return std::unexpected{taken.error()};
    const auto made = token_.generate(label);
    if (!made) return std::unexpected{made.error()};
    store::SigningKeyRecord record;
    record.id = random_uuid();
    record.label = label;
    record.token_id = made->id;
    record.public_key = made->public_key;
    record.address = made->address;
    record.created_at = now;
    const Json detail = {{"label", label}, {"address", to_checksum(record.address)}};
    if (auto stored =
            store_.insert_key(record, {now, actor, "key.created", record.id, detail.dump()});
        !stored) {
        return std::unexpected{stored.error()};
    }
    return record;
}

}  // namespace chela::sidecar::flow
