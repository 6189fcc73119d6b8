#include "signer/pkcs11/objects.hpp"

#include "chains/base/hex.hpp"
#include "signer/pkcs11/ec_point.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace chela::signer::pkcs11 {

namespace {

using Handles = std::vector<CK_OBJECT_HANDLE>;

Attempt<Handles> collect(const Session& session) {
    Handles found;
    for (;;) {
        std::array<CK_OBJECT_HANDLE, 64> batch{};
        CK_ULONG count = 0;
        const CK_RV answer =
            session.api.C_FindObjects(session.handle, batch.data(), batch.size(), &count);
        if (answer != CKR_OK) return failed("C_FindObjects", answer);
        if (count == 0) return found;
        if (count > batch.size()) {
            return give_up(
                ErrorCode::bad_response, "the token found more objects than it was asked for",
                "E_TOKEN_RESPONSE");
        }
        found.insert(
            found.end(), batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(count));
    }
}

/// @param id  empty: any
Attempt<Handles> find_halves(const Session& session, CK_OBJECT_CLASS kind, BytesView id) {
    const CK_KEY_TYPE type = CKK_EC;
    std::vector<CK_ATTRIBUTE> query{attribute(CKA_CLASS, kind), attribute(CKA_KEY_TYPE, type)};
    if (!id.empty()) query.push_back(attribute(CKA_ID, id));
    return find_objects(session, query);
}

std::unexpected<Failure> ambiguous(BytesView id) {
    return give_up(
        ErrorCode::bad_response, "two keys of the token share the CKA_ID " + to_hex(id),
        "E_KEY_AMBIGUOUS");
}

/// @return nothing for a curve that is not secp256k1
Attempt<std::optional<chains::PublicKey>> read_public_key(
    const Session& session, CK_OBJECT_HANDLE object) {
    const auto params = read_bytes(session, object, CKA_EC_PARAMS);
    if (!params) return std::unexpected{params.error()};
    if (!std::ranges::equal(*params, kSecp256k1Params)) return std::nullopt;
    const auto point = read_bytes(session, object, CKA_EC_POINT);
    if (!point) return std::unexpected{point.error()};
    const auto key = decode_ec_point(*point);
    if (!key) return std::unexpected{Failure{key.error(), Remedy::give_up}};
    return *key;
}

Attempt<std::map<Bytes, chains::PublicKey>> read_public_keys(const Session& session, BytesView id) {
    const auto handles = find_halves(session, CKO_PUBLIC_KEY, id);
    if (!handles) return std::unexpected{handles.error()};
    std::map<Bytes, chains::PublicKey> keys;
    for (const CK_OBJECT_HANDLE handle : *handles) {
        auto key_id = read_bytes(session, handle, CKA_ID);
        if (!key_id) return std::unexpected{key_id.error()};
        const auto key = read_public_key(session, handle);
        if (!key) return std::unexpected{key.error()};
        const auto& point = *key;
        if (key_id->empty() || !point) continue;
        const Bytes shown = *key_id;
        if (!keys.emplace(std::move(*key_id), *point).second) return ambiguous(shown);
    }
    return keys;
}

Attempt<FoundKey> describe_pair(
    const Session& session,
    CK_OBJECT_HANDLE handle,
    Bytes id,
    const chains::PublicKey& public_key) {
    const auto label = read_bytes(session, handle, CKA_LABEL);
    if (!label) return std::unexpected{label.error()};
    const auto attributes = read_key_attributes(session, handle);
    if (!attributes) return std::unexpected{attributes.error()};
    return FoundKey{
        handle, KeyInfo{
                    .label = {label->begin(), label->end()},
                    .id = std::move(id),
                    .public_key = public_key,
                    .address = chains::address_of(public_key),
                    .attributes = *attributes}};
}

/// @param id  empty: any
Attempt<std::vector<FoundKey>> find_pairs(const Session& session, BytesView id) {
    const auto public_keys = read_public_keys(session, id);
    if (!public_keys) return std::unexpected{public_keys.error()};
    const auto handles = find_halves(session, CKO_PRIVATE_KEY, id);
    if (!handles) return std::unexpected{handles.error()};
    std::map<Bytes, FoundKey> pairs;
    for (const CK_OBJECT_HANDLE handle : *handles) {
        auto key_id = read_bytes(session, handle, CKA_ID);
        if (!key_id) return std::unexpected{key_id.error()};
        const auto half = public_keys->find(*key_id);
        if (half == public_keys->end()) continue;
        auto pair = describe_pair(session, handle, *key_id, half->second);
        if (!pair) return std::unexpected{pair.error()};
        if (!pairs.emplace(*key_id, std::move(*pair)).second) return ambiguous(*key_id);
    }
    std::vector<FoundKey> out;
    out.reserve(pairs.size());
    for (auto& [key_id, pair] : pairs)
        out.push_back(std::move(pair));
    return out;
}

}  // namespace

Attempt<Handles> find_objects(const Session& session, std::span<CK_ATTRIBUTE> query) {
    const CK_RV began = session.api.C_FindObjectsInit(session.handle, query.data(), query.size());
    if (began != CKR_OK) return failed("C_FindObjectsInit", began);
    auto found = collect(session);
    // Always ended: an open search would make the session answer OPERATION_ACTIVE from here on.
    const CK_RV ended = session.api.C_FindObjectsFinal(session.handle);
    if (found && ended != CKR_OK) return failed("C_FindObjectsFinal", ended);
    return found;
}

Attempt<std::vector<FoundKey>> find_keys(const Session& session) {
    auto pairs = find_pairs(session, {});
    if (!pairs) return pairs;
    std::ranges::sort(*pairs, [](const FoundKey& a, const FoundKey& b) {
        return std::tie(a.info.label, a.info.id) < std::tie(b.info.label, b.info.id);
    });
    return pairs;
}

Attempt<FoundKey> find_key(const Session& session, BytesView id) {
    if (id.empty()) {
        return give_up(ErrorCode::invalid_input, "the CKA_ID is empty", "E_KEY_ID");
    }
    auto pairs = find_pairs(session, id);
    if (!pairs) return std::unexpected{pairs.error()};
    if (pairs->empty()) {
        return give_up(
            ErrorCode::not_found, "the token has no key with the CKA_ID " + to_hex(id),
            "E_KEY_NOT_FOUND");
    }
    return std::move(pairs->front());
}

}  // namespace chela::signer::pkcs11
