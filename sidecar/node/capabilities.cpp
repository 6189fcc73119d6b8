#include "sidecar/node/capabilities.hpp"

#include "chains/simulation/methods.hpp"

#include <array>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

namespace simulation = chains::simulation;
using simulation::PinnedBlock;
using simulation::Pinning;

/// Nobody pays nobody nothing.
chains::node::CallRequest idle_call() {
    chains::node::CallRequest call;
    call.to = Address{};
    return call;
}

struct Method {
    std::string name;
    std::function<Json(const PinnedBlock&)> parameters;
    std::function<bool(const Json&, const PinnedBlock&)> is_readable;
    Support Capabilities::* support;
};

std::array<Method, 4> methods() {
    return {
        Method{
            "eth_simulateV1",
            [](const PinnedBlock& block) {
                const std::array calls{idle_call()};
                return simulation::simulate_v1_parameters(calls, block);
            },
            [](const Json& result, const PinnedBlock& block) {
                return simulation::read_simulate_v1(result, 1, block).has_value();
            },
            &Capabilities::simulate_v1},
        Method{
            "debug_traceCall",
            [](const PinnedBlock& block) {
                return simulation::trace_call_parameters(idle_call(), block);
            },
            [](const Json& result, const PinnedBlock&) {
                return simulation::read_trace_call(result).has_value();
            },
            &Capabilities::call_tracer},
        Method{
            "debug_traceCall",
            [](const PinnedBlock& block) {
                return simulation::state_diff_parameters(idle_call(), block);
            },
            [](const Json& result, const PinnedBlock&) {
                return simulation::read_state_diff(result).has_value();
            },
            &Capabilities::prestate_tracer},
        Method{
            "eth_call",
            [](const PinnedBlock& block) {
                return simulation::call_parameters(idle_call(), block);
            },
            [](const Json& result, const PinnedBlock&) {
                return simulation::read_call_result(result).outcome == simulation::Outcome::success;
            },
            &Capabilities::call}};
}

/// One answer: it works, it is not there, that cannot be told from it, or it is none: gateways
/// answer so for methods that they keep away.
enum class Probed : std::uint8_t { works, missing, unclear, garbled };

Probed judge(const RpcAnswer& answer, const Method& method, const PinnedBlock& block) {
    if (!answer.error) {
        return method.is_readable(*answer.result, block) ? Probed::works : Probed::unclear;
    }
    return simulation::is_method_missing(answer.error->code, answer.error->message)
               ? Probed::missing
               : Probed::unclear;
}

boost::asio::awaitable<Result<Probed>> ask(
    std::shared_ptr<Client> client, const Method& method, PinnedBlock block, Deadline deadline) {
    const auto answer = co_await client->call(method.name, method.parameters(block), deadline);
    if (answer) co_return judge(*answer, method, block);
    if (answer.error().code == ErrorCode::bad_response) co_return Probed::garbled;
    co_return std::unexpected{answer.error()};
}

std::string names_of(const Capabilities& of, Support support) {
    std::string out;
    const auto add = [&](Support found, std::string_view name) {
        if (found == support) out += (out.empty() ? "" : ", ") + std::string{name};
    };
    add(of.simulate_v1, "eth_simulateV1");
    add(of.call_tracer, "callTracer");
    add(of.prestate_tracer, "prestateTracer");
    add(of.call, "eth_call");
    return out;
}

}  // namespace

boost::asio::awaitable<Result<Capabilities>> probe_capabilities(
    std::shared_ptr<Client> client, PinnedBlock block, Deadline deadline) {
    Capabilities out;
    const auto all = methods();
    for (const auto& method : all) {
        block.pinning = Pinning::by_hash;
        const auto by_hash = co_await ask(client, method, block, deadline);
        if (!by_hash) co_return std::unexpected{by_hash.error()};
        if (*by_hash == Probed::works) out.*method.support = Support::by_hash;
        if (*by_hash == Probed::garbled) out.is_certain = false;
        if (*by_hash != Probed::unclear) continue;
        block.pinning = Pinning::by_number;
        const auto by_number = co_await ask(client, method, block, deadline);
        if (!by_number) co_return std::unexpected{by_number.error()};
        if (*by_number == Probed::works) out.*method.support = Support::by_number;
        if (*by_number == Probed::unclear || *by_number == Probed::garbled) out.is_certain = false;
    }
    co_return out;
}

std::string to_text(const Capabilities& capabilities) {
    std::string out;
    if (const auto names = names_of(capabilities, Support::by_hash); !names.empty())
        out = names + " by block hash";
    if (const auto names = names_of(capabilities, Support::by_number); !names.empty())
        out += (out.empty() ? "" : "; ") + names + " by block number";
    if (out.empty()) return "nothing that simulates";
    const bool shows_moves =
        capabilities.simulate_v1 != Support::absent || capabilities.call_tracer != Support::absent;
    return shows_moves ? out : out + "; degraded: it cannot show what moves";
}

}  // namespace chela::sidecar::node
