#include "sidecar/authority/remote_authority.hpp"

#include "sidecar/hooks/backoff.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kLongestToken = std::size_t{16} * 1024;
constexpr std::chrono::seconds kLongestLife = std::chrono::days{31};
// However long it asks for: an operator may have mended it meanwhile.
constexpr std::chrono::seconds kLongestPause{300};

/// What may stand in an Authorization header. Source: RFC 6750, 2.1 (b64token).
bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= kLongestToken && std::ranges::all_of(text, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view{"-._~+/="}.contains(c);
    });
}

bool is_bearer(std::string_view type) {
    constexpr std::string_view kBearer = "bearer";
    return std::ranges::equal(type, kBearer, [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == b;
    });
}

std::optional<std::chrono::seconds> life_of(const Reply& reply) {
    const auto found = reply.body->find("expires_in");
    if (found == reply.body->end() || !found->is_number_unsigned()) return std::nullopt;
    const auto seconds = found->get<std::uint64_t>();
    if (seconds == 0 || seconds > static_cast<std::uint64_t>(kLongestLife.count()))
        return std::nullopt;
    return std::chrono::seconds{seconds};
}

std::vector<std::string> vaults_of(const Reply& reply) {
    std::vector<std::string> out;
    const auto found = reply.body->find("vault_ids");
    if (found == reply.body->end() || !found->is_array()) return out;
    for (const auto& id : *found)
        if (id.is_string()) out.push_back(id.get<std::string>());
    return out;
}

}  // namespace

asio::awaitable<Result<auth::AccessToken>> RemoteAuthority::exchange(
    std::string agent_id, std::shared_ptr<const signer::Secret> api_key, Deadline deadline) {
    if (std::chrono::steady_clock::now() < busy_until_) {
        co_return fail(
            ErrorCode::unavailable, client_->origin() + " asked to be left alone for a while",
            "E_AUTHORITY_BUSY");
    }
    const Json body = {{"agent_id", agent_id}, {"api_key", api_key->reveal()}};
    const auto reply = co_await client_->post("/v1/auth/agent-token", body, {}, deadline);
    if (!reply) co_return std::unexpected{reply.error()};
    if (reply->status != 200) co_return refusal(*reply);
    co_return read(*reply, agent_id);
}

Result<auth::AccessToken> RemoteAuthority::read(const Reply& reply, const std::string& agent_id) {
    const auto odd = [this](std::string_view what) {
        return fail(
            ErrorCode::bad_response,
            fmt::format("{} answered no token that can be used: {}", client_->origin(), what),
            "E_AUTHORITY_ANSWER");
    };
    if (reply.body == nullptr) return odd("it is no JSON object");
    const auto token = text_member(reply, "access_token");
    if (!token || !is_token(*token)) return odd("access_token");
    if (!is_bearer(text_member(reply, "token_type").value_or("Bearer"))) return odd("token_type");
    const auto life = life_of(reply);
    if (!life) return odd("expires_in");
    if (text_member(reply, "agent_id").value_or(agent_id) != agent_id)
        return odd("it is of another agent");
    const TimePoint now = clock_->now();
    return auth::AccessToken{*token, agent_id, vaults_of(reply), now, now + *life};
}

std::unexpected<Error> RemoteAuthority::refusal(const Reply& reply) {
    const auto& origin = client_->origin();
    const auto code = code_of(reply);
    if (reply.status == 401 || reply.status == 403) {
        return fail(
            ErrorCode::unauthenticated,
            fmt::format("{} refuses the identity's API key ({})", origin, code), "E_API_KEY");
    }
    if (reply.status == 429 || reply.status >= 500) {
        const auto asked = hooks::parse_retry_after(reply.retry_after, clock_->now());
        if (asked) busy_until_ = std::chrono::steady_clock::now() + std::min(*asked, kLongestPause);
        return fail(
            ErrorCode::unavailable, fmt::format("{} gives no token now ({})", origin, code),
            "E_AUTHORITY_UNAVAILABLE");
    }
    const bool redirects = reply.status >= 300 && reply.status < 400;
    return fail(
        ErrorCode::bad_response,
        fmt::format(
            "{} gives no token ({}){}", origin, code,
            redirects ? "; redirects are not followed" : ""),
        "E_AUTHORITY_ANSWER");
}

}  // namespace chela::sidecar::authority
