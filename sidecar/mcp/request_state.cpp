#include "sidecar/mcp/request_state.hpp"

#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/base64url.hpp"
#include "sidecar/auth/sha256.hpp"
#include "sidecar/edge/entropy.hpp"

#include <chrono>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace chela::sidecar::mcp {
namespace {

constexpr std::size_t kKeyBytes = 32;

std::unexpected<RpcError> not_ours() {
    return refuse(
        kInvalidParams,
        "requestState is not what chela gave out for this request, or no longer holds; send the "
        "request without it",
        "E_REQUEST_STATE");
}

std::string text_of(const Bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

StateSeal::StateSeal() : key_{random_bytes(kKeyBytes)} {}

Hash256 StateSeal::mac(std::string_view payload, std::string_view binding) const {
    // Of fixed length, so that nothing moves from one part into the other.
    const Hash256 bound = auth::sha256(binding);
    std::string message{bound.bytes.begin(), bound.bytes.end()};
    message += payload;
    Hash256 out;
    unsigned size = 0;
    const auto* done = HMAC(
        EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
        reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.bytes.data(),
        &size);
    if (done == nullptr || size != out.bytes.size()) bug("HMAC-SHA256 failed");
    return out;
}

std::string StateSeal::seal(const Json& state, std::string_view binding, TimePoint expires) const {
    const std::string payload =
        Json{{"state", state}, {"expires", expires.time_since_epoch().count()}}.dump();
    const Bytes bytes{payload.begin(), payload.end()};
    return auth::to_base64url(bytes) + '.' + auth::to_base64url(mac(payload, binding).bytes);
}

RpcResult<Json> StateSeal::open(
    std::string_view text, std::string_view binding, TimePoint now) const {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return not_ours();
    const auto payload = auth::parse_base64url(text.substr(0, dot));
    const auto given = auth::parse_base64url(text.substr(dot + 1));
    Hash256 claimed;
    if (!payload || !given || given->size() != claimed.bytes.size()) return not_ours();
    std::ranges::copy(*given, claimed.bytes.begin());
    const std::string sealed = text_of(*payload);
    if (!auth::equal(claimed, mac(sealed, binding))) return not_ours();
    const Json content = Json::parse(sealed);  // chela has written it
    if (content.at("expires").get<std::int64_t>() < now.time_since_epoch().count())
        return not_ours();
    return content.at("state");
}

}  // namespace chela::sidecar::mcp
