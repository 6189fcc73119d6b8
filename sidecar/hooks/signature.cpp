#include "sidecar/hooks/signature.hpp"

#include "chains/base/hex.hpp"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace chela::sidecar::hooks {
namespace {

std::string hmac_hex(std::string_view secret, std::string_view message) {
    std::array<std::uint8_t, 32> mac{};
    unsigned size = 0;
    const auto* done = HMAC(
        EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
        reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
    if (done == nullptr || size != mac.size()) bug("HMAC-SHA256 failed");
    return to_hex(BytesView{mac}).substr(2);
}

}  // namespace

std::string signature_header(
    const std::vector<std::string_view>& secrets, std::int64_t timestamp, std::string_view body) {
    if (secrets.empty()) bug("a delivery without a secret");
    const std::string message = fmt::format("{}.{}", timestamp, body);
    std::string out;
    for (const auto secret : secrets)
        out += fmt::format("{}v1={}", out.empty() ? "" : ",", hmac_hex(secret, message));
    return out;
}

std::vector<std::string_view> secrets_at(const store::WebhookRecord& webhook, TimePoint now) {
    std::vector<std::string_view> out{webhook.secret};
    const bool holds = webhook.previous_secret_until && now < *webhook.previous_secret_until;
    if (holds && !webhook.previous_secret.empty()) out.push_back(webhook.previous_secret);
    return out;
}

void rotate_secret(store::WebhookRecord& webhook, std::string_view fresh, TimePoint now) {
    webhook.previous_secret = std::move(webhook.secret);
    webhook.previous_secret_until = now + kRotationTime;
    webhook.secret = fresh;
}

}  // namespace chela::sidecar::hooks
