#include "sidecar/auth/claims.hpp"

#include "sidecar/auth/claim_reader.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::auth {

namespace {

using std::chrono::seconds;

std::int64_t to_seconds(TimePoint time) {
    return std::chrono::floor<seconds>(time.time_since_epoch()).count();
}

bool is_sane(std::int64_t issued, std::int64_t expires) {
    return issued >= 0 && issued < expires && expires <= kLastNumericDate;
}

auto malformed() {
    return fail(
        ErrorCode::unauthenticated, "The token's claims are malformed.", "E_TOKEN_MALFORMED");
}

}  // namespace

Result<std::string> claims_to_json(const Claims& claims) {
    const std::int64_t issued = to_seconds(claims.issued_at);
    const std::int64_t expires = to_seconds(claims.expires_at);
    if (!is_sane(issued, expires)) {
        return fail(ErrorCode::invalid_input, "a token must expire after it is issued");
    }
    const Json object{
        {"sub", claims.subject},   {"org", claims.org},
        {"scopes", claims.scopes}, {"vault_ids", claims.vault_ids},
        {"iat", issued},           {"exp", expires},
        {"jti", claims.id},        {"intents_api_enabled", claims.intents_api_enabled},
        {"gen", claims.generation}};
    try {
        return object.dump();
    } catch (const Json::type_error&) {
        return fail(ErrorCode::invalid_input, "a claim is not UTF-8");
    }
}

Result<Claims> parse_claims(std::string_view json) {
    const auto object = parse_json(json, {.max_depth = 4});
    if (!object || !object->is_object()) return malformed();
    ClaimReader in{*object};
    Claims claims;
    claims.subject = in.text("sub");
    claims.org = in.text("org");
    claims.scopes = in.texts("scopes");
    claims.vault_ids = in.texts("vault_ids");
    const std::int64_t issued = in.number("iat");
    const std::int64_t expires = in.number("exp");
    claims.id = in.text("jti");
    claims.intents_api_enabled = in.claim("intents_api_enabled");
    claims.generation = in.number("gen");
    if (!in.is_good() || !is_sane(issued, expires)) return malformed();
    claims.issued_at = TimePoint{seconds{issued}};
    claims.expires_at = TimePoint{seconds{expires}};
    return claims;
}

}  // namespace chela::sidecar::auth
