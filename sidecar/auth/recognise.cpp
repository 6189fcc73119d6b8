#include "sidecar/auth/recognise.hpp"

#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/peer_name.hpp"
#include "sidecar/edge/peer_process.hpp"
#include "sidecar/http/ascii.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chela::sidecar::auth {

namespace {

template <class T, class U>
bool has(const std::vector<T>& all, const U& one) {
    return std::ranges::find(all, one) != all.end();
}

template <class IsTheirs>
const Identity* find(std::span<const Identity> identities, IsTheirs is_theirs) {
    const auto found = std::ranges::find_if(identities, is_theirs);
    return found == identities.end() ? nullptr : &*found;
}

auto bad_names(std::string what) {
    return fail(ErrorCode::unauthenticated, std::move(what), "E_CERTIFICATE_NAMES");
}

/// What a refusal may show of the caller's own certificate.
std::string shown(const http::TlsPeer& peer) {
    constexpr std::size_t kLongest = 200;
    const auto text = fmt::format(
        "URI [{}], DNS [{}]", fmt::join(peer.uris, ", "), fmt::join(peer.dns_names, ", "));
    return text.substr(0, kLongest);
}

}  // namespace

Result<const Identity*> by_unix_peer(
    std::span<const Identity> identities, const http::UnixPeer& peer) {
    const auto* identity =
        find(identities, [&peer](const Identity& one) { return has(one.uids, peer.uid); });
    if (identity == nullptr)
        identity =
            find(identities, [&peer](const Identity& one) { return has(one.gids, peer.gid); });
    if (identity == nullptr || !identity->executable) return identity;
    if (!peer.process)
        return fail(
            ErrorCode::denied,
            "which program is calling cannot be verified: it has ended, or this kernel is older "
            "than Linux 6.5 and cannot tell",
            "E_PEER_UNVERIFIED");
    if (const auto ok = peer.process->runs(*identity->executable); !ok)
        return std::unexpected{ok.error()};
    return identity;
}

const Identity* by_client_token(std::span<const Identity> identities, std::string_view token) {
    const Hash256 hash = hash_api_key(token);
    const Identity* found = nullptr;
    // No early end: the time tells nothing about which one matched.
    for (const auto& identity : identities) {
        if (identity.client_token_hash && equal(*identity.client_token_hash, hash))
            found = &identity;
    }
    return found;
}

Result<const Identity*> by_certificate(
    std::span<const Identity> identities, const http::TlsPeer& peer, TimePoint now) {
    if (peer.valid_until <= now)
        return fail(
            ErrorCode::unauthenticated,
            "the client certificate of this connection has expired; connect again with a new one",
            "E_CERTIFICATE_EXPIRED");
    if (!peer.fault.empty()) return bad_names("the client certificate names nobody: " + peer.fault);
    const auto id = spiffe_id_of(peer);
    if (!id) return std::unexpected{id.error()};
    const Identity* found = nullptr;
    for (const auto& identity : identities) {
        const bool is_theirs =
            (!id->empty() && has(identity.spiffe_ids, *id)) ||
            std::ranges::any_of(peer.dns_names, [&identity](const std::string& name) {
                return has(identity.dns_names, name);
            });
        if (!is_theirs) continue;
        if (found != nullptr)
            return bad_names(fmt::format(
                "the client certificate has names of two identities, {} and {}", found->name,
                identity.name));
        found = &identity;
    }
    if (found != nullptr) return found;
    return fail(
        ErrorCode::unauthenticated,
        fmt::format("no identity in chela.yaml allows this client certificate: {}", shown(peer)),
        "E_NO_CREDENTIALS");
}

const Identity* by_service_account(
    std::span<const Identity> identities, const ServiceAccount& account) {
    return find(
        identities, [&account](const Identity& one) { return has(one.service_accounts, account); });
}

std::unexpected<Error> credential_readable() {
    return fail(
        ErrorCode::unauthenticated,
        "this listener has no TLS, so everybody between could read an API key, and it has just "
        "been sent; rotate it, and use TLS or a JWT here",
        "E_CREDENTIAL_READABLE");
}

Result<std::string> spiffe_id_of(const http::TlsPeer& peer) {
    // The scheme of a URI has no case: SPIFFE: is one as well, if a malformed one.
    const auto is_spiffe = [](std::string_view uri) {
        constexpr std::string_view kName = "spiffe:";
        return http::equals_ignoring_case(uri.substr(0, kName.size()), kName);
    };
    if (std::ranges::none_of(peer.uris, is_spiffe)) return std::string{};
    if (peer.uris.size() != 1)
        return bad_names(
            "the client certificate has a SPIFFE ID and another URI beside it; exactly one is "
            "permitted");
    if (const auto ok = check_spiffe_id(peer.uris.front()); !ok)
        return bad_names(
            "the SPIFFE ID of the client certificate is malformed: " + ok.error().detail);
    return peer.uris.front();
}

}  // namespace chela::sidecar::auth
