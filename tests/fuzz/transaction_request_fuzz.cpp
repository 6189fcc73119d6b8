#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "policy/rules/guardrails.hpp"
#include "sidecar/api/agent_request.hpp"
#include "sidecar/api/transaction_request.hpp"

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

using namespace chela;
using namespace chela::sidecar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Kind = api::TransactionRequestKind;

chains::Registry make_registry() {
    chains::Chain base;
    base.name = "base";
    base.chain_id = ChainId{8'453};
    chains::Chain anvil = base;
    anvil.name = "anvil";
    anvil.chain_id = ChainId{31'337};
    auto made = chains::Registry::make({base, anvil});
    if (!made) bug("no registry");
    return std::move(*made);
}

const chains::Registry& registry() {
    static const chains::Registry made = make_registry();
    return made;
}

void check_error(const Error& error, std::size_t longest) {
    if (error.detail.empty()) bug("a refusal without a sentence");
    if (error.detail.size() > longest) bug("a refusal quotes the caller at length");
    if (error.code == ErrorCode::internal) bug("the caller's data is called our fault");
}

/// What was read obeys the limits, and means the same however it is asked for.
void check_request(const Json& body, const flow::IntentRequest& request) {
    if (request.data.size() > 128UZ * 1024) bug("too much calldata");
    if (request.gas_price && (request.max_fee_per_gas || request.max_priority_fee_per_gas))
        bug("two kinds of fees");
    if (!registry().find(request.chain.name)) bug("a chain that nobody configured");
    const auto again =
        api::read_transaction_request(Json::parse(body.dump()), Kind::submit, registry());
    if (!again || flow::fingerprint(*again) != flow::fingerprint(request))
        bug("the same text asks for something else");
}

void read_as_transaction(const Json& body) {
    constexpr std::size_t kLongest = 600;
    const auto submit = api::read_transaction_request(body, Kind::submit, registry());
    const auto sign = api::read_transaction_request(body, Kind::sign, registry());
    const auto simulate = api::read_transaction_request(body, Kind::simulate, registry());
    if (submit) check_request(body, *submit);
    if (!submit) check_error(submit.error(), kLongest);
    if (!simulate) check_error(simulate.error(), kLongest);
    if (submit.has_value() != sign.has_value()) bug("submit and sign read differently");
    if (sign && sign->delivery != flow::Delivery::sign_only) bug("a signature would be sent");
    if (simulate && !submit) bug("what may be simulated may not be submitted");
    if (simulate && (simulate->to != submit->to || simulate->value != submit->value ||
                     simulate->data != submit->data)) {
        bug("a simulation of something else");
    }
}

void read_as_agent(const Json& body) {
    const policy::ChainResolver resolve = [](std::string_view name) -> Result<ChainId> {
        const auto chain = registry().find(name);
        if (!chain) return std::unexpected{chain.error()};
        return chain->chain_id;
    };
    store::AgentRecord agent;
    if (const auto ok =
            api::apply_agent_request(agent, body, api::AgentRequestKind::create, resolve);
        !ok) {
        check_error(ok.error(), body.dump().size() + 1'000);
        if (agent.guardrails != policy::Guardrails{}) bug("a refused request sets limits");
        return;
    }
    if (agent.name.empty()) bug("an agent without a name");
    // What the API shows is what an operator can ask for again.
    const auto shown = policy::to_api_json(agent.guardrails);
    store::AgentRecord again;
    again.name = agent.name;
    const auto ok = api::apply_agent_request(again, shown, api::AgentRequestKind::update, resolve);
    if (!ok || again.guardrails != agent.guardrails)
        bug("limits change when they are shown and set");
    const auto stored = policy::from_storage(policy::to_storage(agent.guardrails));
    if (!stored || *stored != agent.guardrails) bug("limits change in the store");
}

}  // namespace

/// The body of a request, as a transaction of each kind and as an agent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = parse_json({reinterpret_cast<const char*>(data), size});
    if (!body) return 0;
    read_as_transaction(*body);
    read_as_agent(*body);
    return 0;
}
