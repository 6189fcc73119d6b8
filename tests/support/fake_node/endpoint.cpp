#include "tests/support/fake_node/endpoint.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/node/answer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::test::fake_node {
namespace {

using sidecar::node::RpcAnswer;

constexpr std::string_view kSend = "eth_sendRawTransaction";
constexpr unsigned kTooManyRequests = 429;
constexpr unsigned kBadGateway = 502;

/// The answer to a proxy's question about a page.
const std::string kGarbage = "<html><body>It works!</body></html>";

std::string flipped(std::string hash) {
    hash.back() = hash.back() == '0' ? '1' : '0';
    return hash;
}

RpcAnswer with_wrong_hash(const std::string& method, const RpcAnswer& answer) {
    if (!answer.result) return answer;
    if (method == kSend) return result(flipped(answer.result->get<std::string>()));
    if (method != "eth_getTransactionReceipt" || answer.result->is_null()) return answer;
    Json receipt = *answer.result;
    receipt["transactionHash"] = flipped(receipt["transactionHash"].get<std::string>());
    return result(std::move(receipt));
}

Json raised(const Json& quantity, std::uint64_t by) {
    const auto value = parse_quantity(quantity.get<std::string>());
    return to_quantity(add(value.value_or(U256{}), U256{by}).value_or(U256{}));
}

RpcAnswer with_false_head(const std::string& method, const RpcAnswer& answer) {
    constexpr std::uint64_t kFar = 1'000;
    if (!answer.result || answer.result->is_null()) return answer;
    if (method == "eth_blockNumber") return result(raised(*answer.result, kFar));
    if (method != "eth_getBlockByNumber") return answer;
    Json block = *answer.result;
    block["number"] = raised(block["number"], kFar);
    return result(std::move(block));
}

/// Mined one is shown as reverted, another one as mined long ago.
RpcAnswer with_false_receipt(const RpcAnswer& answer, const Json& parameters) {
    if (!answer.result) return answer;
    Json receipt = *answer.result;
    if (receipt.is_null()) {
        receipt = {
            {"transactionHash", parameters.at(0)},
            {"blockHash", "0x" + std::string(64, 'e')},
            {"blockNumber", "0x1"},
            {"gasUsed", "0x5208"},
            {"effectiveGasPrice", "0x1"},
            {"status", "0x1"}};
    } else {
        receipt["status"] = receipt["status"] == "0x1" ? "0x0" : "0x1";
    }
    return result(std::move(receipt));
}

RpcAnswer rejection(const std::string& method) {
    return method == kSend ? error(-32000, "txpool is full") : error(-32603, "internal error");
}

/// What the fault makes of an answer that does arrive.
RpcAnswer changed(
    const std::string& method,
    const Json& parameters,
    RpcAnswer answer,
    std::optional<Fault> fault) {
    if (fault == Fault::false_head) return with_false_head(method, answer);
    if (fault == Fault::false_count && method == "eth_getTransactionCount" && answer.result)
        return result(raised(*answer.result, 3));
    if (fault == Fault::false_receipt && method == "eth_getTransactionReceipt")
        return with_false_receipt(answer, parameters);
    if (fault == Fault::wrong_hash) return with_wrong_hash(method, answer);
    if (fault == Fault::rejected_after) return error(-32603, "internal error");
    if (fault == Fault::other_chain_id && method == "eth_chainId" && answer.result) {
        const auto id = parse_quantity(answer.result->get<std::string>());
        return result(to_quantity(add(id.value_or(U256{}), U256{1}).value_or(U256{})));
    }
    const bool is_about_a_transaction =
        method == "eth_getTransactionReceipt" || method == "eth_getTransactionByHash";
    if (fault == Fault::no_receipt && is_about_a_transaction) return result(nullptr);
    return answer;
}

Bytes raw_of(const Json& parameters) {
    if (!parameters.is_array() || parameters.empty() || !parameters[0].is_string()) return {};
    return parse_hex(parameters[0].get_ref<const std::string&>()).value_or(Bytes{});
}

std::optional<TxHash> hash_of(const Bytes& raw) {
    const auto signed_tx = chains::decode_signed(raw);
    return signed_tx ? std::optional{signed_tx->hash} : std::nullopt;
}

std::string describe(const RpcAnswer& answer) {
    if (answer.error) return fmt::format("error {}: {}", answer.error->code, answer.error->message);
    return answer.result->dump();
}

std::string describe(const Reply& reply) {
    struct Describe {
        std::string operator()(const RpcAnswer& answer) const { return describe(answer); }
        std::string operator()(NoConnection) const { return "no connection"; }
        std::string operator()(NoReply) const { return "no reply"; }
        std::string operator()(HttpStatus http) const {
            return fmt::format("HTTP {}", http.status);
        }
        std::string operator()(const Garbage&) const { return "garbage"; }
    };
    return std::visit(Describe{}, reply);
}

}  // namespace

boost::asio::awaitable<Result<RpcAnswer>> FakeEndpoint::call(
    std::string method, Json parameters, sidecar::Deadline /*deadline*/) {
    co_return as_seen_by_client(serve(method, parameters));
}

Reply FakeEndpoint::serve(const std::string& method, const Json& parameters) {
    ++calls_[method];
    const auto fault = faults_.next(method);
    if (method != kSend) return reply(method, parameters, fault, nullptr);
    Sent sent{.endpoint = options_.name, .raw = raw_of(parameters)};
    auto out = reply(method, parameters, fault, &sent);
    sent.answered = describe(out);
    // What never left the caller was not sent.
    if (!std::holds_alternative<NoConnection>(out)) chain_->record(std::move(sent));
    return out;
}

RpcAnswer FakeEndpoint::perform(
    const std::string& method, const Json& parameters, std::optional<Fault> fault, Sent* sent) {
    if (sent != nullptr) return send_raw(*sent);
    const std::uint64_t newest = chain_->head().number.value;
    const std::uint64_t lag = options_.lag + (fault == Fault::stale ? options_.stale_lag : 0);
    const BlockNumber head{newest > lag ? newest - lag : 0};
    return answer(method, Query{*chain_, head, options_.capabilities, parameters});
}

RpcAnswer FakeEndpoint::send_raw(Sent& sent) {
    if (sent.raw.empty()) return error(-32602, "invalid argument 0: no transaction in hex");
    auto [hash, refusal] = chain_->submit(sent.raw);
    sent.hash = hash;
    sent.reached_pool = true;
    sent.refusal = std::move(refusal);
    if (sent.refusal) return error(to_error(*sent.refusal, chain_->options().flavour));
    return result(hash ? Json(to_hex(*hash)) : Json{});
}

Reply FakeEndpoint::reply(
    const std::string& method, const Json& parameters, std::optional<Fault> fault, Sent* sent) {
    if (!fault) return perform(method, parameters, fault, sent);
    // The bytes were on the wire, whatever became of them.
    if (sent != nullptr && !takes_effect(*fault)) sent->hash = hash_of(sent->raw);
    switch (*fault) {
        case Fault::refused_connection:
            return NoConnection{};
        case Fault::rejected:
            return rejection(method);
        case Fault::too_many_requests:
            return HttpStatus{kTooManyRequests};
        case Fault::bad_gateway:
            return HttpStatus{kBadGateway};
        case Fault::dropped_reply:
            (void)perform(method, parameters, fault, sent);
            return NoReply{true};
        case Fault::delayed_reply:
            (void)perform(method, parameters, fault, sent);
            return NoReply{false};
        case Fault::bad_gateway_after:
            (void)perform(method, parameters, fault, sent);
            return HttpStatus{kBadGateway};
        case Fault::garbage:
            (void)perform(method, parameters, fault, sent);
            return Garbage{kGarbage};
        case Fault::rejected_after:
        case Fault::wrong_hash:
        case Fault::stale:
        case Fault::other_chain_id:
        case Fault::no_receipt:
        case Fault::false_head:
        case Fault::false_count:
        case Fault::false_receipt:
            return changed(method, parameters, perform(method, parameters, fault, sent), fault);
    }
    bug("Fault outside its list");
}

Result<RpcAnswer> FakeEndpoint::as_seen_by_client(const Reply& reply) const {
    struct Seen {
        std::string origin;
        Result<RpcAnswer> operator()(const RpcAnswer& answer) const { return answer; }
        Result<RpcAnswer> operator()(NoConnection) const {
            return fail(
                ErrorCode::unavailable,
                fmt::format("could not connect to {}: Connection refused", origin),
                "E_NODE_UNAVAILABLE");
        }
        Result<RpcAnswer> operator()(NoReply reply) const {
            const std::string_view what =
                reply.is_closed ? "closed the connection before its answer was complete"
                                : "did not answer in time";
            return fail(
                ErrorCode::timed_out, fmt::format("{} {}; the effect is unknown", origin, what),
                "E_NODE_NO_ANSWER");
        }
        Result<RpcAnswer> operator()(HttpStatus http) const {
            return fail(
                ErrorCode::bad_response,
                fmt::format("{} answered HTTP status {}", origin, http.status),
                "E_NODE_HTTP_STATUS");
        }
        Result<RpcAnswer> operator()(const Garbage& garbage) const {
            return sidecar::node::decode_answer(garbage.body, 1, origin);
        }
    };
    return std::visit(Seen{origin()}, reply);
}

}  // namespace chela::test::fake_node
