// What the agent wants done: tried, asked for, followed.
#include "sidecar/api/fields.hpp"
#include "sidecar/api/own_transaction.hpp"
#include "sidecar/api/simulating.hpp"
#include "sidecar/api/transaction_request.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/mcp/door.hpp"
#include "sidecar/mcp/schemas.hpp"
#include "sidecar/mcp/submissions.hpp"

#include <string>
#include <utility>
#include <vector>

namespace chela::sidecar::mcp {

namespace {

Json what_schema() {
    return {
        {"chain", text_schema("A name or chain id of wallet_address, such as \"base\"")},
        {"to", text_schema("Whom to pay, or the contract to call: an address")},
        {"value", text_schema("Native currency in major units, such as \"0.25\"; \"0\" for none")},
        {"data", text_schema("Calldata as 0x… hex; left out: none")},
        {"gas_limit", type_schema("integer", "Left out: estimated")},
        {"signing_key_path", text_schema("Left out: the agent's own key")}};
}

Json submit_schema() {
    Json properties = what_schema();
    properties["idempotency_key"] = text_schema(
        "1 to 255 visible ASCII characters: a new one for each payment that is wanted, the same "
        "one to ask for its outcome again");
    properties["valid_until"] =
        text_schema("RFC 3339; what is not mined by then is cancelled. Left out: no end");
    properties["simulate_first"] =
        type_schema("boolean", "Simulate even where no rule asks for it");
    properties["max_fee_per_gas"] = text_schema("Wei; left out: what the chain asks for");
    properties["max_priority_fee_per_gas"] = text_schema("Wei; left out: what the chain asks for");
    properties["gas_price"] = text_schema("Wei; makes it a legacy transaction");
    properties["nonce"] = type_schema("integer", "Left out: the next one");
    return input_schema(std::move(properties), {"chain", "to", "value", "idempotency_key"});
}

Json intent_properties() {
    return {
        {"status", text_schema("The coarse word for the state")},
        {"chain", text_schema("The chain's name")},
        {"chain_id", type_schema("integer", "EIP-155")},
        {"from", text_schema("The agent's address")},
        {"to", text_schema("Who is paid")},
        {"value_wei", text_schema("Decimal")},
        {"nonce", type_schema("integer", "Once it has one")},
        {"tx_hash", text_schema("Once it is signed")},
        {"attempts", {{"type", "array"}, {"items", {{"type", "object"}}}}},
        {"block_number", type_schema("integer", "Once it is mined")},
        {"error_code", text_schema("Why it has ended, or what it waits for")},
        {"error_message", text_schema("The same as a sentence")}};
}

Result<flow::AnyRequest> read_transaction(const Json& arguments, const chains::Registry& registry) {
    auto request =
        api::read_transaction_request(arguments, api::TransactionRequestKind::submit, registry);
    if (!request) return std::unexpected{request.error()};
    return flow::AnyRequest{*std::move(request)};
}

ToolAnswer simulate(Parts parts, Call call, Json arguments) {
    const auto seat = parts.simulations->take(call.caller.id);
    if (!seat) co_return refused(seat.error());
    auto wanted = api::read_transaction_request(
        arguments, api::TransactionRequestKind::simulate, parts.api.services.chains->registry);
    if (!wanted) co_return refused(wanted.error());
    std::vector<flow::IntentRequest> requests;
    requests.push_back(*std::move(wanted));
    auto results =
        co_await api::simulate_for(parts.api, call.caller.id, std::move(requests), call.deadline);
    if (!results) co_return refused(results.error());
    co_return structured_result(std::move(results->front()));
}

ToolAnswer tell_status(Parts parts, Call call, Json arguments) {
    api::Fields fields{arguments};
    const auto id = fields.text("intent_id");
    if (const auto ok = fields.finish(); !ok) co_return refused(ok.error());
    if (!id) {
        co_return refused(
            {ErrorCode::invalid_input, "intent_id is required, as a string", "E_FIELD_REQUIRED"});
    }
    auto view = co_await parts.api.services.on_store<Json>(
        call.deadline,
        [&store = parts.api.services.store, agent = call.caller.id, id = *id]() -> Result<Json> {
            const auto intent = api::own_transaction(store, agent, id);
            if (!intent) return std::unexpected{intent.error()};
            const auto attempts = store.attempts(id);
            if (!attempts) return std::unexpected{attempts.error()};
            Json out = intent_view(*intent);
            if (!intent->violations.empty()) out["violations"] = Json::parse(intent->violations);
            out["attempts"] = api::attempts_view(*attempts);
            return out;
        });
    if (!view) co_return refused(view.error());
    co_return structured_result(*std::move(view));
}

Tool simulate_tool(const Parts& parts) {
    return {
        .name = "intent_simulate",
        .title = "Try a transaction",
        .description =
            "What the chain would do with a transaction of this agent: whether it reverts, what it "
            "moves, what it costs. Nothing is signed or reserved, and the rules are not asked.",
        .input_schema = input_schema(what_schema(), {"chain", "to", "value"}),
        .output_schema = output_schema(
            {{"simulation_id", text_schema("To read it again")},
             {"status", text_schema("success or reverted")}},
            {"status"}),
        .annotations = reads(Asks::node),
        .handler = [parts](Call call, Json arguments) {
            return simulate(parts, std::move(call), std::move(arguments));
        }};
}

Tool submit_tool(const Parts& parts) {
    return {
        .name = "intent_submit",
        .title = "Pay or call a contract",
        .description =
            "Asks chela for a transaction from the agent's address. It is checked against the "
            "rules, simulated, signed and sent, exactly once for each idempotency_key; chela goes "
            "on sending it. A refusal names its reason and what would be allowed.",
        .input_schema = submit_schema(),
        .output_schema = output_schema(intent_properties(), {"intent_id", "state"}),
        .annotations = signs(),
        .handler = [parts](Call call, Json arguments) {
            return submit(parts, std::move(call), std::move(arguments), read_transaction);
        }};
}

Tool status_tool(const Parts& parts) {
    return {
        .name = "intent_status",
        .title = "Follow an intent",
        .description =
            "Where one of this agent's intents is: its state, its transactions and, where it was "
            "refused, every reason. confirmed, reverted, cancelled, failed, denied and "
            "simulation_failed are final.",
        .input_schema =
            input_schema({{"intent_id", text_schema("Of intent_submit")}}, {"intent_id"}),
        .output_schema = output_schema(intent_properties(), {"intent_id", "state"}),
        .annotations = reads(Asks::chela),
        .handler = [parts](Call call, Json arguments) {
            return tell_status(parts, std::move(call), std::move(arguments));
        }};
}

}  // namespace

std::vector<Tool> intent_tools(const Parts& parts) {
    return {simulate_tool(parts), submit_tool(parts), status_tool(parts)};
}

}  // namespace chela::sidecar::mcp
