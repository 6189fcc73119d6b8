#include "sidecar/node/tenderly.hpp"

#include "chains/simulation/tenderly.hpp"
#include "sidecar/node/connection.hpp"
#include "sidecar/node/scrub.hpp"
#include "sidecar/node/tls.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

namespace asio = boost::asio;
namespace simulation = chains::simulation;
using Results = std::vector<simulation::SimulationResult>;
using Calls = std::vector<chains::node::CallRequest>;

class HttpTenderly final : public Tenderly {
public:
    HttpTenderly(
        asio::any_io_executor executor,
        TenderlyOptions options,
        Endpoint single,
        Endpoint bundle,
        std::shared_ptr<asio::ssl::context> tls)
        : executor_{std::move(executor)},
          options_{std::move(options)},
          single_{std::make_shared<const Endpoint>(std::move(single))},
          bundle_{std::make_shared<const Endpoint>(std::move(bundle))},
          tls_{std::move(tls)},
          scrub_{*single_} {
        scrub_.add_header(options_.access_key.reveal());
    }

    asio::awaitable<Result<Results>> simulate(
        ChainId chain, Calls calls, BlockNumber block, Deadline deadline) override {
        const bool is_single = calls.size() == 1;
        const Json body = is_single ? simulation::tenderly_body(chain, calls.front(), block)
                                    : simulation::tenderly_bundle_body(chain, calls, block);
        const auto limit = deadline.at_most(std::chrono::steady_clock::now() + options_.timeout);
        auto reply = co_await post(is_single ? single_ : bundle_, body.dump(), limit);
        if (!reply) co_return std::unexpected{reply.error()};
        // What it says goes on to agents, into the database and the log.
        scrub_.clean(reply->body);
        auto results = read(*reply, block, calls.size());
        if (!results) co_return std::unexpected{results.error()};
        for (auto& result : *results)
            result.provider_url = dashboard_url(result.provider_id);
        co_return results;
    }

    std::string name() const override {
        return fmt::format("{}/{}", options_.account, options_.project);
    }

private:
    asio::awaitable<Result<HttpReply>> post(
        std::shared_ptr<const Endpoint> endpoint, std::string body, Deadline limit) {
        auto opened =
            co_await connect(executor_, tls_, endpoint, options_.max_response_bytes, limit);
        if (!opened) co_return std::unexpected{opened.error()};
        const auto connection = std::move(*opened);
        HttpRequest request{std::move(body), {}};
        request.headers.emplace_back("X-Access-Key", std::string{options_.access_key.reveal()});
        request.headers.emplace_back("Connection", "close");
        co_return co_await connection->exchange(std::move(request), limit);
    }

    static Result<Results> read(const HttpReply& reply, BlockNumber block, std::size_t calls) {
        if (calls != 1)
            return simulation::read_tenderly_bundle(reply.body, reply.status, block, calls);
        auto result = simulation::read_tenderly(reply.body, reply.status, block);
        if (!result) return std::unexpected{result.error()};
        return Results{*std::move(result)};
    }

    [[nodiscard]] std::string dashboard_url(const std::string& id) const {
        if (id.empty()) return {};
        return fmt::format(
            "https://dashboard.tenderly.co/{}/{}/simulator/{}", options_.account, options_.project,
            id);
    }

    asio::any_io_executor executor_;
    TenderlyOptions options_;
    std::shared_ptr<const Endpoint> single_;
    std::shared_ptr<const Endpoint> bundle_;
    std::shared_ptr<asio::ssl::context> tls_;
    Scrub scrub_;
};

}  // namespace

Result<std::shared_ptr<Tenderly>> make_tenderly(
    asio::any_io_executor executor, TenderlyOptions options) {
    auto base = options.url;
    if (base.ends_with('/')) base.pop_back();
    base += fmt::format("/api/v1/account/{}/project/{}", options.account, options.project);
    auto single = parse_endpoint(base + "/simulate");
    if (!single) return std::unexpected{single.error()};
    auto bundle = parse_endpoint(base + "/simulate-bundle");
    if (!bundle) return std::unexpected{bundle.error()};
    std::shared_ptr<asio::ssl::context> tls;
    if (single->transport == Transport::tls) {
        auto made = make_tls(std::nullopt);
        if (!made) return std::unexpected{made.error()};
        tls = *std::move(made);
    }
    return std::make_shared<HttpTenderly>(
        std::move(executor), std::move(options), *std::move(single), *std::move(bundle),
        std::move(tls));
}

}  // namespace chela::sidecar::node
