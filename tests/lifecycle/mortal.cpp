#include "tests/lifecycle/mortal.hpp"

#include <nlohmann/json.hpp>

namespace chela::test::lifecycle {
namespace {

std::unexpected<Error> dead() {
    return fail(ErrorCode::unavailable, "the process has ended", "E_DEAD");
}

}  // namespace

bool Mortality::pass() {
    if (left_ > 0 && --left_ == 0) is_dead_ = true;
    return is_dead_;
}

sidecar::store::Failpoint failpoint(Mortality& mortality) {
    return [&mortality](sidecar::store::CommitPoint /*point*/) -> Status {
        if (mortality.is_dead() || mortality.pass()) return dead();
        return {};
    };
}

boost::asio::awaitable<Result<sidecar::node::RpcAnswer>> MortalClient::call(
    std::string method, Json parameters, sidecar::Deadline deadline) {
    const bool is_send = method == "eth_sendRawTransaction";
    if (mortality_.is_dead() || (is_send && mortality_.pass())) co_return dead();
    if (is_send) about_to_send_(parameters.at(0).get<std::string>());
    auto answer = co_await endpoint_->call(std::move(method), std::move(parameters), deadline);
    if (is_send && mortality_.pass()) co_return dead();
    co_return answer;
}

}  // namespace chela::test::lifecycle
