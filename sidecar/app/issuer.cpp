#include "sidecar/app/issuer.hpp"

#include "sidecar/auth/claim_reader.hpp"
#include "sidecar/edge/text_file.hpp"
#include "sidecar/node/connection.hpp"
#include "sidecar/node/tls.hpp"
#include "sidecar/telemetry/log.hpp"
#include "signer/secret.hpp"

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

using Text = Result<std::string>;
using Section = std::shared_ptr<const config::ServiceAccountsSection>;
using Tls = std::shared_ptr<asio::ssl::context>;

constexpr std::string_view kDiscovery = "/.well-known/openid-configuration";
// A file costs nothing to read: a key that is added to it counts within seconds.
constexpr std::chrono::seconds kFileRefresh{10};
constexpr std::chrono::seconds kFilePause{1};

auto refuse(std::string what) {
    return fail(ErrorCode::bad_response, std::move(what), "E_ISSUER");
}

/// May it have the bearer token? Whom the operator named may.
bool is_named(const config::ServiceAccountsSection& section, const node::Endpoint& endpoint) {
    for (const auto& url : {section.issuer, section.jwks_url}) {
        const auto named = node::parse_endpoint(url);
        if (named && named->origin == endpoint.origin) return true;
    }
    return false;
}

/// The Authorization header, if there is one for this host.
Result<std::vector<std::pair<std::string, std::string>>> headers_for(
    const config::ServiceAccountsSection& section, const node::Endpoint& endpoint) {
    std::vector<std::pair<std::string, std::string>> headers;
    if (!section.token_file || !is_named(section, endpoint)) return headers;
    const auto token = signer::read_secret_file(*section.token_file);
    if (!token) return std::unexpected{token.error()};
    log::redact(token->reveal());
    headers.emplace_back("Authorization", "Bearer " + std::string{token->reveal()});
    return headers;
}

asio::awaitable<Text> fetch(Section section, Tls tls, std::string url, Deadline deadline) {
    auto endpoint = node::parse_endpoint(url);
    if (!endpoint || endpoint->transport != node::Transport::tls)
        co_return refuse("the issuer names a place for its keys that is not an https:// URL");
    auto headers = headers_for(*section, *endpoint);
    if (!headers) co_return std::unexpected{headers.error()};
    const auto where = std::make_shared<const node::Endpoint>(*std::move(endpoint));
    auto connection = co_await node::connect(
        co_await asio::this_coro::executor, tls, where, auth::kMaxJwksBytes, deadline);
    if (!connection) co_return std::unexpected{connection.error()};
    auto reply =
        co_await (*connection)->exchange({{}, *std::move(headers), node::HttpVerb::get}, deadline);
    if (!reply) co_return std::unexpected{reply.error()};
    if (reply->status != 200)
        co_return refuse(fmt::format("{} answered HTTP status {}", where->origin, reply->status));
    co_return std::move(reply->body);
}

/// @return jwks_uri of a discovery document that is this issuer's
Text place_of_keys(const std::string& document, const std::string& issuer) {
    const auto object = parse_json(document);
    if (!object || !object->is_object())
        return refuse("the issuer's discovery document is not a JSON object");
    auth::ClaimReader in{*object};
    const auto named = in.text("issuer");
    auto place = in.text("jwks_uri");
    if (!in.is_good()) return refuse("the issuer's discovery document lacks issuer or jwks_uri");
    if (named != issuer)
        return refuse("the discovery document is of another issuer than server.service_accounts");
    return place;
}

asio::awaitable<Text> discover(Section section, Tls tls, Deadline deadline) {
    const bool has_slash = section->issuer.ends_with('/');
    const auto base = section->issuer.substr(0, section->issuer.size() - (has_slash ? 1 : 0));
    const auto document = co_await fetch(section, tls, base + std::string{kDiscovery}, deadline);
    if (!document) co_return std::unexpected{document.error()};
    const auto place = place_of_keys(*document, section->issuer);
    if (!place) co_return std::unexpected{place.error()};
    co_return co_await fetch(section, tls, *place, deadline);
}

asio::awaitable<Text> from_file(std::filesystem::path file) {
    co_return read_text_file(file);
}

void tell(
    const std::shared_ptr<telemetry::Metrics>& metrics,
    const std::string& issuer,
    const std::optional<Error>& error,
    std::size_t keys) {
    metrics->issuer_keys_fetched(error ? "failed" : "fetched");
    if (error) {
        log::event(
            log::Level::warn, "issuer_keys_failed",
            {{"issuer", issuer},
             {"code", reason_of(*error)},
             {"detail", error->detail},
             {"keys_kept", keys}});
    } else {
        log::event(log::Level::debug, "issuer_keys_fetched", {{"issuer", issuer}, {"keys", keys}});
    }
}

/// Where the keys come from.
Result<auth::IssuerKeys::Fetch> fetch_of(const Section& section) {
    if (const auto& file = section->jwks_file) {
        const auto text = read_text_file(*file);
        if (!text) return std::unexpected{text.error()};
        if (const auto keys = auth::parse_jwks(*text); !keys)
            return fail(
                ErrorCode::invalid_input,
                fmt::format("{}: {}", file->string(), keys.error().detail), keys.error().reason);
        return [file = *file](Deadline) { return from_file(file); };
    }
    auto tls = node::make_tls(section->ca_file);
    if (!tls) return std::unexpected{tls.error()};
    if (section->jwks_url.empty())
        return
            [section, tls = *tls](Deadline deadline) { return discover(section, tls, deadline); };
    return [section, tls = *tls](Deadline deadline) {
        return fetch(section, tls, section->jwks_url, deadline);
    };
}

}  // namespace

Result<std::shared_ptr<auth::ServiceAccounts>> make_service_accounts(
    const config::ServiceAccountsSection& section,
    const asio::any_io_executor& executor,
    const std::shared_ptr<const Clock>& clock,
    const std::shared_ptr<telemetry::Metrics>& metrics) {
    const auto kept = std::make_shared<const config::ServiceAccountsSection>(section);
    auto source = fetch_of(kept);
    if (!source) return std::unexpected{source.error()};
    auth::IssuerKeys::Options options;
    if (section.jwks_file) {
        options.refresh = kFileRefresh;
        options.least_pause = kFilePause;
    }
    const auto keys = std::make_shared<auth::IssuerKeys>(
        executor, *std::move(source), options,
        [metrics, issuer = section.issuer](const std::optional<Error>& error, std::size_t count) {
            tell(metrics, issuer, error, count);
        });
    return std::make_shared<auth::ServiceAccounts>(
        keys, clock, auth::ServiceAccounts::Expected{section.issuer, section.audience});
}

asio::awaitable<Result<std::size_t>> count_keys(
    config::ServiceAccountsSection section, Deadline deadline) {
    const auto source =
        fetch_of(std::make_shared<const config::ServiceAccountsSection>(std::move(section)));
    if (!source) co_return std::unexpected{source.error()};
    const auto text = co_await (*source)(deadline);
    if (!text) co_return std::unexpected{text.error()};
    const auto keys = auth::parse_jwks(*text);
    if (!keys) co_return std::unexpected{keys.error()};
    co_return keys->size();
}

}  // namespace chela::sidecar::app
