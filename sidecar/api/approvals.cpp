// /v1/approvals: list, get and decide for the admin; list, get and look up for an agent, its own.
#include "sidecar/api/approval_view.hpp"
#include "sidecar/api/context.hpp"
#include "sidecar/api/fields.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/http/problem.hpp"

#include <charconv>
#include <limits>

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

namespace asio = boost::asio;
using auth::Principal;
using auth::PrincipalKind;
using http::Request;
using http::Response;

namespace {

constexpr std::size_t kMaxListed = 200;
constexpr std::size_t kUsuallyListed = 50;
constexpr std::size_t kMaxReason = 1'000;

struct Page {
    std::optional<store::ApprovalStatus> status;
    std::size_t limit = kUsuallyListed;
    std::size_t offset = 0;
};

Status read_count(
    const Request& request,
    const std::string& name,
    std::size_t least,
    std::size_t most,
    std::size_t& target) {
    const auto found = request.query.find(name);
    if (found == request.query.end()) return {};
    const auto& text = found->second;
    std::size_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc{} && stop == text.data() + text.size();
    if (!is_number || value < least || value > most) {
        return fail(
            ErrorCode::invalid_input,
            name + ": expected a whole number from " + std::to_string(least) + " to " +
                std::to_string(most),
            "E_QUERY");
    }
    target = value;
    return {};
}

Result<Page> read_page(const Request& request) {
    Page page;
    if (auto ok = read_count(request, "limit", 1, kMaxListed, page.limit); !ok)
        return std::unexpected{ok.error()};
    constexpr std::size_t kMaxOffset = std::numeric_limits<std::int32_t>::max();
    if (auto ok = read_count(request, "offset", 0, kMaxOffset, page.offset); !ok)
        return std::unexpected{ok.error()};
    const auto status = request.query.find("status");
    if (status == request.query.end()) return page;
    page.status = store::parse_approval_status(status->second);
    if (page.status) return page;
    return fail(
        ErrorCode::invalid_input, "status: expected pending, approved, rejected or expired",
        "E_QUERY");
}

std::unexpected<Error> no_approval() {
    return fail(ErrorCode::not_found, "there is no such approval", "E_NO_APPROVAL");
}

Result<Json> view_of(
    Context& context, const store::ApprovalRecord& approval, const ApprovalFrame& frame) {
    const auto binding = binding_of(context.services.store, approval);
    if (!binding) return std::unexpected{binding.error()};
    return approval_view(approval, *binding, frame, context.services.clock.now());
}

Result<Json> view_of(Context& context, const store::ApprovalRecord& approval) {
    const auto frame = approval_frame(context.services.store);
    if (!frame) return std::unexpected{frame.error()};
    return view_of(context, approval, *frame);
}

Response answer(const Result<Json>& body, unsigned status = 200) {
    return body ? http::json_response(status, *body) : http::problem(body.error());
}

/// Blocking.
Result<Json> list_of(Context& context, const Principal& caller, const Page& page) {
    auto& store = context.services.store;
    const auto found = caller.kind == PrincipalKind::admin
                           ? store.approvals(page.status, page.limit, page.offset)
                           : store.approvals_of(caller.id, page.status, page.limit, page.offset);
    if (!found) return std::unexpected{found.error()};
    const auto frame = approval_frame(store);
    if (!frame) return std::unexpected{frame.error()};
    Json out = Json::array();
    for (const auto& approval : *found) {
        auto view = view_of(context, approval, *frame);
        if (!view) return view;
        out.push_back(*std::move(view));
    }
    return Json{{"approvals", std::move(out)}};
}

asio::awaitable<Response> list(Context& context, Request request) {
    const auto caller = co_await context.authenticator.authenticate(request);
    if (!caller) co_return http::problem(caller.error());
    co_return co_await list_approvals(context, std::move(request), *caller);
}

asio::awaitable<Response> get(Context& context, Request request) {
    const auto caller = co_await context.authenticator.authenticate(request);
    if (!caller) co_return http::problem(caller.error());
    co_return co_await show_approval(context, std::move(request), *caller);
}

/// What POST /v1/approvals/request names. Its action, summary, reason and risk tier decide nothing:
/// what people see is made from the decision.
Result<std::string> read_target(const Request& request) {
    const auto body = body_object(request);
    if (!body) return std::unexpected{body.error()};
    Fields fields{*body};
    const auto type = fields.text("target_type").value_or(std::string{});
    auto id = fields.text("target_id").value_or(std::string{});
    for (const auto* member : {"action", "summary", "reason", "risk_tier"})
        fields.accept(member);
    if (auto ok = fields.finish(); !ok) return std::unexpected{ok.error()};
    if (type != "transaction" && type != "intent") {
        return fail(
            ErrorCode::unsupported,
            "target_type: people are asked about a transaction or an intent that a policy holds, "
            "and about nothing else",
            "E_UNSUPPORTED_TARGET");
    }
    if (is_uuid(id)) return id;
    return fail(ErrorCode::invalid_input, "target_id: expected a UUID", "E_FIELD_UUID");
}

/// Blocking. @return the approval that the agent's intent waits for
Result<store::ApprovalRecord> awaited(
    store::Store& store, const std::string& agent_id, const std::string& intent_id) {
    const auto intent = store.intent(intent_id);
    const bool is_missing = !intent && intent.error().code == ErrorCode::not_found;
    if (is_missing || (intent && intent->agent_id != agent_id)) {
        return fail(
            ErrorCode::not_found, "this agent has no such intent; submit it first", "E_NO_INTENT");
    }
    if (!intent) return std::unexpected{intent.error()};
    if (intent->state != store::IntentState::awaiting_approval) {
        return fail(
            ErrorCode::not_found,
            "this intent awaits no approval: a policy asks for one by itself when the intent is "
            "submitted, and nobody else can",
            "E_NOT_HELD");
    }
    auto found = store.approval_of_intent(intent_id);
    if (!found) return std::unexpected{found.error()};
    auto approval = *std::move(found);
    if (!approval) return fail(ErrorCode::internal, "a held intent has no approval");
    return *std::move(approval);
}

asio::awaitable<Response> ask(Context& context, Request request) {
    const auto caller = co_await context.authenticator.authenticate(request);
    if (!caller) co_return http::problem(caller.error());
    if (caller->kind != PrincipalKind::agent) {
        co_return http::problem(
            {ErrorCode::denied, "only an agent asks; an admin key decides", "E_AGENT_ONLY"});
    }
    const auto target = read_target(request);
    if (!target) co_return http::problem(target.error());
    const auto view = co_await context.services.on_store<Json>(
        request.deadline, [&context, agent_id = caller->id, intent_id = *target]() -> Result<Json> {
            const auto approval = awaited(context.services.store, agent_id, intent_id);
            if (!approval) return std::unexpected{approval.error()};
            return view_of(context, *approval);
        });
    auto response = answer(view, 202);
    if (view) {
        response.headers.emplace_back(
            "Location", "/v1/approvals/" + view->at("id").get<std::string>());
    }
    co_return response;
}

struct Decided {
    store::Vote vote{};
    std::string reason;
};

Result<Decided> read_decision(const Request& request) {
    const auto body = body_object(request);
    if (!body) return std::unexpected{body.error()};
    Fields fields{*body};
    const auto word = fields.text("decision").value_or(std::string{});
    Decided decided{store::Vote::reject, fields.text("reason").value_or(std::string{})};
    if (auto ok = fields.finish(); !ok) return std::unexpected{ok.error()};
    if (decided.reason.size() > kMaxReason) {
        return fail(ErrorCode::invalid_input, "reason: at most 1000 characters", "E_FIELD_REASON");
    }
    if (word == to_string(store::Vote::reject)) return decided;
    if (word != to_string(store::Vote::approve)) {
        return fail(
            ErrorCode::invalid_input, "decision: expected approve or reject", "E_FIELD_DECISION");
    }
    decided.vote = store::Vote::approve;
    return decided;
}

asio::awaitable<Response> decide(Context& context, Request request) {
    const auto caller = co_await context.authenticator.authenticate(request);
    if (!caller) co_return http::problem(caller.error());
    if (caller->kind != PrincipalKind::admin) {
        co_return http::problem(
            {ErrorCode::denied, "an agent cannot approve; this needs an admin key (1ck_…)",
             "E_APPROVAL_BY_AGENT"});
    }
    co_return co_await decide_approval(context, std::move(request), actor_of(*caller));
}

}  // namespace

asio::awaitable<Response> list_approvals(Context& context, Request request, Principal caller) {
    const auto page = read_page(request);
    if (!page) co_return http::problem(page.error());
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline,
        [&context, caller, page = *page] { return list_of(context, caller, page); }));
}

asio::awaitable<Response> show_approval(Context& context, Request request, Principal caller) {
    co_return answer(co_await context.services.on_store<Json>(
        request.deadline,
        [&context, caller, id = request.parameters.at("approval_id")]() -> Result<Json> {
            const auto approval = context.services.store.approval(id);
            if (!approval && approval.error().code == ErrorCode::not_found) return no_approval();
            if (!approval) return std::unexpected{approval.error()};
            const bool is_theirs =
                caller.kind == PrincipalKind::admin || approval->agent_id == caller.id;
            // Another agent's approvals are not there for this one.
            if (!is_theirs) return no_approval();
            return view_of(context, *approval);
        }));
}

asio::awaitable<Response> decide_approval(Context& context, Request request, std::string approver) {
    const auto decided = read_decision(request);
    if (!decided) co_return http::problem(decided.error());
    const auto view = co_await context.services.on_store<Json>(
        request.deadline,
        [&context, id = request.parameters.at("approval_id"), approver,
         decided = *decided]() -> Result<Json> {
            const auto approval = cast_vote(
                context.services.store, id, approver, decided.vote, decided.reason,
                context.services.clock.now());
            if (!approval && approval.error().code == ErrorCode::not_found) return no_approval();
            if (!approval) return std::unexpected{approval.error()};
            return view_of(context, *approval);
        });
    context.approval_watch.wake();
    co_return answer(view);
}

void add_approval_routes(http::Router& router, Context& context) {
    router.add(
        "GET", "/v1/approvals", [&context](Request r) { return list(context, std::move(r)); });
    router.add("POST", "/v1/approvals/request", [&context](Request r) {
        return ask(context, std::move(r));
    });
    router.add("GET", "/v1/approvals/{approval_id}", [&context](Request r) {
        return get(context, std::move(r));
    });
    router.add("POST", "/v1/approvals/{approval_id}/decide", [&context](Request r) {
        return decide(context, std::move(r));
    });
}

}  // namespace chela::sidecar::api
