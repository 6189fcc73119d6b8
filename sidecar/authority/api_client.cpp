#include "sidecar/authority/api_client.hpp"

#include "sidecar/hooks/look_up.hpp"
#include "sidecar/node/tls.hpp"

#include <algorithm>

#include <boost/asio/ssl.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{1024} * 1024;
constexpr std::size_t kLongestCode = 64;

std::unexpected<Error> named(Error error, const char* reason) {
    return fail(error.code, std::move(error.detail), reason);
}

const char* reason_of(ErrorCode code) {
    return code == ErrorCode::timed_out ? "E_AUTHORITY_NO_ANSWER" : "E_AUTHORITY_ANSWER";
}

/// A body that is no JSON object is as good as none: the status says what there is to say.
std::shared_ptr<const Json> read_body(std::string_view text) {
    auto parsed = parse_json(text);
    if (!parsed || !parsed->is_object()) return nullptr;
    return std::make_shared<const Json>(*std::move(parsed));
}

/// The prefix of the configured URL and a path of the API.
std::string joined(std::string_view prefix, std::string_view path) {
    while (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    return std::string{prefix}.append(path);
}

}  // namespace

Result<std::shared_ptr<const ApiClient>> ApiClient::make(
    std::string_view url, const std::optional<std::filesystem::path>& ca_file) {
    auto target = hooks::parse_target(url, hooks::PrivateTargets::allow);
    if (!target) return named(target.error(), "E_AUTHORITY_URL");
    if (target->endpoint.target.find('?') != std::string::npos)
        return fail(ErrorCode::invalid_input, "url: takes no query", "E_AUTHORITY_URL");
    auto tls = node::make_tls(ca_file);
    if (!tls) return std::unexpected{tls.error()};
    return std::shared_ptr<const ApiClient>{new ApiClient{*std::move(target), *std::move(tls)}};
}

asio::awaitable<Result<Reply>> ApiClient::post(
    std::string path, Json body, Headers headers, Deadline deadline) const {
    node::HttpRequest request{body.dump(), std::move(headers)};
    co_return co_await call(std::move(path), std::move(request), deadline);
}

asio::awaitable<Result<Reply>> ApiClient::get(
    std::string path, Headers headers, Deadline deadline) const {
    node::HttpRequest request{{}, std::move(headers), node::HttpVerb::get};
    co_return co_await call(std::move(path), std::move(request), deadline);
}

asio::awaitable<Result<Reply>> ApiClient::call(
    std::string path, node::HttpRequest request, Deadline deadline) const {
    const auto& base = target_.endpoint;
    const auto found = co_await hooks::look_up(base.host, base.port, deadline);
    if (!found) co_return named(found.error(), "E_AUTHORITY_UNAVAILABLE");
    // The very addresses that were judged are connected to: a name cannot change in between.
    auto addresses = hooks::allowed(target_, *found, hooks::PrivateTargets::allow);
    if (!addresses) co_return named(addresses.error(), "E_AUTHORITY_ADDRESS");
    auto endpoint = std::make_shared<node::Endpoint>(base);
    endpoint->target = joined(base.target, path);
    auto connection = co_await node::connect_to(
        co_await asio::this_coro::executor, *std::move(addresses), tls_, endpoint, kMaxAnswerBytes,
        deadline);
    if (!connection) co_return named(connection.error(), "E_AUTHORITY_UNAVAILABLE");
    auto reply = co_await (*connection)->exchange(std::move(request), deadline);
    if (!reply) co_return named(reply.error(), reason_of(reply.error().code));
    co_return Reply{reply->status, read_body(reply->body), std::move(reply->retry_after)};
}

std::pair<std::string, std::string> bearer(const std::string& token) {
    return {"Authorization", "Bearer " + token};
}

std::optional<std::string> text_member(const Reply& reply, const char* name) {
    if (reply.body == nullptr) return std::nullopt;
    const auto found = reply.body->find(name);
    if (found == reply.body->end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::string code_of(const Reply& reply) {
    const auto code = text_member(reply, "code");
    const bool is_code = code && code->starts_with("E_") && code->size() <= kLongestCode &&
                         std::ranges::all_of(*code, [](char c) {
                             return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                         });
    return is_code ? *code : fmt::format("HTTP status {}", reply.status);
}

}  // namespace chela::sidecar::authority
