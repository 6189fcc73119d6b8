#include "tests/e2e/support/scripted_authority.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/preimage/preimage.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

namespace chela::test {

namespace {

namespace asio = boost::asio;
using sidecar::http::json_response;
using sidecar::http::Request;
using sidecar::http::Response;

constexpr const char* kKey = "0x4646464646464646464646464646464646464646464646464646464646464646";

Wei wei(const Json& text) {
    return Wei{must(parse_decimal(text.get<std::string>()))};
}

chains::Eip1559Transaction transaction_of(const Json& body) {
    return {
        .chain_id = {31'337},
        .nonce = {body.at("nonce").get<std::uint64_t>()},
        .max_priority_fee_per_gas = wei(body.at("max_priority_fee_per_gas")),
        .max_fee_per_gas = wei(body.at("max_fee_per_gas")),
        .gas_limit = {body.at("gas_limit").get<std::uint64_t>()},
        .to = must(parse_address(text(body.at("to")))),
        .value = Wei{must(parse_units(text(body.at("value")), kNativeDecimals))},
        .data = body.contains("data") ? must(parse_hex(text(body.at("data")))) : Bytes{},
        .access_list = {}};
}

Response signed_by(const chains::Eip1559Transaction& transaction, const TestKey& key) {
    const chains::Transaction any{transaction};
    const auto bytes = chains::encode_signed(any, key.sign(chains::signing_hash(any)));
    return json_response(200, Json{{"status", "signed"}, {"signed_tx", to_hex(bytes)}});
}

std::string header(const Request& request, std::string_view name) {
    return std::string{request.header(name).value_or("")};
}

}  // namespace

ScriptedAuthority::ScriptedAuthority() : key_{kKey} {
    behave();
    server_ =
        std::make_unique<sidecar::http::Server>(context_, routes(), sidecar::http::ServerOptions{});
    port_ = must(server_->listen_tcp("127.0.0.1:0"));
    thread_ = std::thread{[this] { context_.run(); }};
}

ScriptedAuthority::~ScriptedAuthority() {
    asio::co_spawn(context_, server_->drain(std::chrono::milliseconds{0}), asio::use_future).wait();
    thread_.join();
}

std::string ScriptedAuthority::url() const {
    return fmt::format("http://127.0.0.1:{}", port_);
}

std::string ScriptedAuthority::address() const {
    return to_checksum(chains::address_of(key_.public_key()));
}

void ScriptedAuthority::answer(Route route, Answer answer) {
    const std::lock_guard lock{mutex_};
    answers_[route] = std::move(answer);
}

void ScriptedAuthority::behave() {
    answer(Route::token, [this](const Call& call) {
        return json_response(
            200, Json{
                     {"access_token", fmt::format("jwt-{}-secret", ++issued_)},
                     {"token_type", "Bearer"},
                     {"expires_in", 900},
                     {"agent_id", call.body.at("agent_id")}});
    });
    answer(Route::me, [this](const Call&) {
        return json_response(200, Json{{"id", kAgent}, {"evm_address", address()}});
    });
    answer(Route::sign, [this](const Call& call) { return sign(call); });
    answer(Route::sign_message, [this](const Call& call) {
        if (call.body.contains("typed_data"))
            return sign_message(
                chains::Preimage{must(chains::read_typed_data(call.body.at("typed_data")))}
                    .signing_hash());
        const auto words = text(call.body.at("message"));
        return sign_message(
            chains::Preimage{chains::PersonalMessage{Bytes{words.begin(), words.end()}}}
                .signing_hash());
    });
}

std::vector<ScriptedAuthority::Call> ScriptedAuthority::calls(Route route) const {
    const std::lock_guard lock{mutex_};
    const auto found = calls_.find(route);
    return found == calls_.end() ? std::vector<Call>{} : found->second;
}

Response ScriptedAuthority::sign(const Call& call) const {
    return sign_with(call, key_);
}

Response ScriptedAuthority::sign_changed(
    const Call& call, const std::function<void(chains::Eip1559Transaction&)>& change) const {
    auto transaction = transaction_of(call.body);
    change(transaction);
    return signed_by(transaction, key_);
}

Response ScriptedAuthority::sign_with(const Call& call, const TestKey& key) const {
    return signed_by(transaction_of(call.body), key);
}

Response ScriptedAuthority::sign_message(const SigningHash& hash) const {
    return json_response(200, Json{{"signature", to_hex(chains::to_bytes(key_.sign(hash)))}});
}

Response ScriptedAuthority::heard(Route route, const Request& request) {
    Call call{
        header(request, "authorization"), header(request, "idempotency-key"),
        request.body.empty() ? Json() : must(parse_json(request.body))};
    Answer answer;
    {
        const std::lock_guard lock{mutex_};
        calls_[route].push_back(call);
        answer = answers_.at(route);
    }
    return answer(call);
}

std::shared_ptr<const sidecar::http::Router> ScriptedAuthority::routes() {
    auto made = std::make_shared<sidecar::http::Router>();
    const auto add = [&](const char* method, const std::string& path, Route route) {
        made->add(method, path, [this, route](Request request) -> asio::awaitable<Response> {
            co_return heard(route, request);
        });
    };
    add("POST", "/v1/auth/agent-token", Route::token);
    add("GET", "/v1/agents/me", Route::me);
    add("POST", "/v1/agents/{agent_id}/transactions/sign", Route::sign);
    add("POST", "/v1/agents/{agent_id}/sign", Route::sign_message);
    return made;
}

}  // namespace chela::test
