// /v1/admin/chains: list, create, update, delete, for the admin.
#include "sidecar/api/chain_request.hpp"
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/api/views.hpp"
#include "sidecar/http/problem.hpp"
#include "sidecar/telemetry/log.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using http::Request;
using http::Response;

namespace {

std::string actor_of(const auth::Principal& admin) {
    return "admin:" + admin.id;
}

Json view_of(const store::ChainRecord& record) {
    return admin_chain_view(flow::usable_chain(record), flow::listing_of(record));
}

bool is_named(const chains::Chain& chain, const std::string& text) {
    return text == chains::chain_uuid(chain.chain_id) || text == chain.name ||
           text == std::to_string(chain.chain_id.value);
}

/// The chain that a path names by the id that answers show, its name or its chain id. Blocking.
Result<ChainId> chain_in_path(
    store::Store& store, const std::vector<chains::Chain>& configured, const std::string& text) {
    for (const auto& chain : configured)
        if (is_named(chain, text)) return chain.chain_id;
    const auto stored = store.chains();
    if (!stored) return std::unexpected{stored.error()};
    for (const auto& record : *stored)
        if (is_named(record.chain, text)) return record.chain.chain_id;
    return fail(
        ErrorCode::not_found, "there is no such chain; GET /v1/admin/chains shows them all",
        "E_NO_CHAIN");
}

/// What was just stored holds from now on. Should it fail, the log says so and it is tried again.
asio::awaitable<void> take_up(Context& context) {
    if (!context.services.take_up_chains) co_return;
    if (const auto ok = co_await context.services.take_up_chains(); !ok)
        log::event(log::Level::error, "chains_not_taken_up", {{"code", reason_of(ok.error())}});
}

asio::awaitable<Response> list(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto set = context.services.chains;
    Json out = Json::array();
    for (const auto& chain : set->registry.chains()) {
        const auto listing = set->listings.find(chain.chain_id.value);
        out.push_back(admin_chain_view(
            chain, listing == set->listings.end() ? flow::ChainListing{} : listing->second));
    }
    co_return http::json_response(200, Json{{"chains", std::move(out)}});
}

asio::awaitable<Response> create(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    store::ChainRecord draft;
    if (auto ok = apply_chain_request(draft, *body, ChainRequestKind::create); !ok)
        co_return http::problem(ok.error());
    const auto made = co_await context.services.on_store<store::ChainRecord>(
        request.deadline, [&services = context.services, draft, actor = actor_of(*admin),
                           configured = flow::configured_chains(*context.services.chains)] {
            return flow::Chains{services.store, services.clock, configured}.add(draft, actor);
        });
    if (!made) co_return http::problem(made.error());
    co_await take_up(context);
    co_return http::json_response(201, view_of(*made));
}

asio::awaitable<Response> update(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto body = body_object(request);
    if (!body) co_return http::problem(body.error());
    const auto changed = co_await context.services.on_store<store::ChainRecord>(
        request.deadline,
        [&services = context.services, change = *body, actor = actor_of(*admin),
         path = request.parameters.at("chain_id"),
         configured =
             flow::configured_chains(*context.services.chains)]() -> Result<store::ChainRecord> {
            const auto id = chain_in_path(services.store, configured, path);
            if (!id) return std::unexpected{id.error()};
            return flow::Chains{services.store, services.clock, configured}.update(
                *id, actor, [&change](store::ChainRecord& record) {
                    return apply_chain_request(record, change, ChainRequestKind::update);
                });
        });
    if (!changed) co_return http::problem(changed.error());
    co_await take_up(context);
    co_return http::json_response(200, view_of(*changed));
}

asio::awaitable<Response> remove(Context& context, Request request) {
    const auto admin = co_await require_admin(context, request);
    if (!admin) co_return http::problem(admin.error());
    const auto done = co_await context.services.on_store<bool>(
        request.deadline,
        [&services = context.services, actor = actor_of(*admin),
         path = request.parameters.at("chain_id"),
         configured = flow::configured_chains(*context.services.chains)]() -> Result<bool> {
            const auto id = chain_in_path(services.store, configured, path);
            if (!id) return std::unexpected{id.error()};
            flow::Chains desk{services.store, services.clock, configured};
            if (auto ok = desk.remove(*id, actor); !ok) return std::unexpected{ok.error()};
            return true;
        });
    if (!done) co_return http::problem(done.error());
    co_await take_up(context);
    co_return http::no_content();
}

}  // namespace

void add_admin_chain_routes(http::Router& router, Context& context) {
    router.add(
        "GET", "/v1/admin/chains", [&context](Request r) { return list(context, std::move(r)); });
    router.add("POST", "/v1/admin/chains", [&context](Request r) {
        return create(context, std::move(r));
    });
    router.add("PUT", "/v1/admin/chains/{chain_id}", [&context](Request r) {
        return update(context, std::move(r));
    });
    router.add("DELETE", "/v1/admin/chains/{chain_id}", [&context](Request r) {
        return remove(context, std::move(r));
    });
}

}  // namespace chela::sidecar::api
