// What the agent has: its address, and what lies on it.
#include "chains/abi/signature.hpp"
#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/mcp/door.hpp"
#include "sidecar/mcp/schemas.hpp"

#include <string>
#include <utility>

namespace chela::sidecar::mcp {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostTokens = 20;

Json chains_of(const chains::Registry& registry) {
    Json out = Json::array();
    for (const auto& chain : registry.chains()) {
        if (!chain.is_enabled) continue;
        out.push_back(
            {{"name", chain.name},
             {"chain_id", chain.chain_id.value},
             {"native_currency", chain.native_currency},
             {"is_testnet", chain.is_testnet}});
    }
    return out;
}

ToolAnswer tell_address(Parts parts, Call call, Json arguments) {
    const api::Fields fields{arguments};
    if (const auto ok = fields.finish(); !ok) co_return refused(ok.error());
    const auto key = co_await parts.api.intents.signing_key(call.caller.id, {}, {}, call.deadline);
    if (!key) co_return refused(key.error());
    co_return structured_result(
        {{"address", to_checksum(key->address)},
         {"chains", chains_of(parts.api.services.chains->registry)}});
}

struct BalanceOrder {
    chains::Chain chain;
    std::vector<Address> tokens;
};

Result<BalanceOrder> read_order(const Json& arguments, const chains::Registry& registry) {
    api::Fields fields{arguments};
    const auto name = fields.text("chain");
    const auto tokens = fields.texts("tokens");
    if (auto ok = fields.finish(); !ok) return std::unexpected{ok.error()};
    if (!name)
        return fail(ErrorCode::invalid_input, "chain is required, as a string", "E_FIELD_REQUIRED");
    auto chain = registry.find(*name);
    if (!chain) return std::unexpected{chain.error()};
    BalanceOrder order{*std::move(chain), {}};
    if (!tokens) return order;
    if (tokens->size() > kMostTokens)
        return fail(ErrorCode::too_large, "tokens: at most 20 at a time", "E_TOKENS");
    for (const auto& text : *tokens) {
        const auto token = parse_address(text);
        if (!token) return std::unexpected{token.error()};
        order.tokens.push_back(*token);
    }
    return order;
}

/// Source: ERC-20, balanceOf.
std::string balance_of(const Address& owner) {
    const auto function = chains::abi::parse_signature("balanceOf(address)");
    if (!function) bug("the signature of balanceOf");
    const auto data = chains::abi::encode_call(*function, {{owner}});
    if (!data) bug("an address cannot be encoded");
    return to_hex(*data);
}

/// One word and nothing else.
Result<U256> read_amount(const Json& result) {
    constexpr std::size_t kWord = 32;
    if (!result.is_string()) return fail(ErrorCode::bad_response, "no text");
    const auto bytes = parse_hex(result.get_ref<const std::string&>());
    if (!bytes) return std::unexpected{bytes.error()};
    if (bytes->size() != kWord) return fail(ErrorCode::bad_response, "not one word");
    return U256::from_big_endian(*bytes);
}

/// In the token's base units. What is no token says so, and spoils nobody else's answer.
asio::awaitable<Result<Json>> ask_token(
    std::shared_ptr<node::ChainClient> client, Address token, Address owner, Deadline deadline) {
    Json parameters = Json::array({{{"to", to_hex(token)}, {"data", balance_of(owner)}}, "latest"});
    const auto answer =
        co_await client->pool()->pass_on("eth_call", std::move(parameters), deadline);
    if (!answer) co_return std::unexpected{answer.error()};
    Json out{{"token", to_checksum(token)}};
    if (answer->error) {
        out["problem"] = chains::node::printable(answer->error->message);
        co_return out;
    }
    const auto amount = read_amount(*answer->result);
    if (amount) {
        out["amount"] = to_decimal(*amount);
    } else {
        out["problem"] = "this is no token: balanceOf answers no number";
    }
    co_return out;
}

ToolAnswer tell_balances(Parts parts, Call call, Json arguments) {
    const auto order = read_order(arguments, parts.api.services.chains->registry);
    if (!order) co_return refused(order.error());
    const auto key = co_await parts.api.intents.signing_key(
        call.caller.id, {}, order->chain.name, call.deadline);
    if (!key) co_return refused(key.error());
    const auto seat = parts.readers->take(call.caller.id);
    if (!seat) co_return refused(seat.error());
    const auto client = flow::client_for(*parts.api.services.chains, order->chain.chain_id);
    if (!client) co_return refused(client.error());
    const auto native = co_await (*client)->balance(key->address, call.deadline);
    if (!native) co_return refused(native.error());
    Json tokens = Json::array();
    for (const auto& token : order->tokens) {
        auto one = co_await ask_token(*client, token, key->address, call.deadline);
        if (!one) co_return refused(one.error());
        tokens.push_back(*std::move(one));
    }
    co_return structured_result(
        {{"address", to_checksum(key->address)},
         {"chain", order->chain.name},
         {"native",
          {{"currency", order->chain.native_currency},
           {"wei", to_decimal(native->value)},
           {"amount", format_units(native->value, kNativeDecimals)}}},
         {"tokens", std::move(tokens)}});
}

Tool address_tool(const Parts& parts) {
    return {
        .name = "wallet_address",
        .title = "Own address",
        .description =
            "The address that this agent pays from, and the chains that it can be used on.",
        .input_schema = input_schema(Json::object(), {}),
        .output_schema = output_schema(
            {{"address", text_schema("EIP-55")},
             {"chains", {{"type", "array"}, {"items", {{"type", "object"}}}}}},
            {"address", "chains"}),
        .annotations = reads(Asks::chela),
        .handler = [parts](Call call, Json arguments) {
            return tell_address(parts, std::move(call), std::move(arguments));
        }};
}

Tool balances_tool(const Parts& parts) {
    const Json tokens{
        {"type", "array"},
        {"items", text_schema("The address of an ERC-20 token")},
        {"maxItems", kMostTokens},
        {"description", "Tokens to look at besides the native currency"}};
    return {
        .name = "balances",
        .title = "Balances",
        .description =
            "What lies on the agent's address on one chain: the native currency and, of the ERC-20 "
            "tokens that are named, their base units.",
        .input_schema = input_schema(
            {{"chain", text_schema("A name or chain id of wallet_address, such as \"base\"")},
             {"tokens", tokens}},
            {"chain"}),
        .output_schema = output_schema(
            {{"address", text_schema("EIP-55")},
             {"chain", text_schema("The chain's name")},
             {"native", type_schema("object", "currency, wei and amount")},
             {"tokens", {{"type", "array"}, {"items", {{"type", "object"}}}}}},
            {"address", "chain", "native", "tokens"}),
        .annotations = reads(Asks::node),
        .handler = [parts](Call call, Json arguments) {
            return tell_balances(parts, std::move(call), std::move(arguments));
        }};
}

}  // namespace

std::vector<Tool> wallet_tools(const Parts& parts) {
    return {address_tool(parts), balances_tool(parts)};
}

}  // namespace chela::sidecar::mcp
