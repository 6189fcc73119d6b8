#include "sidecar/telemetry/metrics.hpp"

#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <set>
#include <vector>

namespace chela::sidecar::telemetry {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

/// Seconds: a software key takes well under a millisecond, a token behind a network seconds.
const Histogram::BucketBoundaries kSeconds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                           0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                           1.0,    2.5,     5.0,    10.0};
const Histogram::BucketBoundaries kCalls{1, 2, 4, 8, 16, 32, 64, 128};

Family<Counter>& counters(Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Counter& counter(Registry& registry, const char* name, const char* help) {
    return counters(registry, name, help).Add({});
}

Family<Gauge>& gauges(Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

Gauge& gauge(Registry& registry, const char* name, const char* help) {
    return gauges(registry, name, help).Add({});
}

Histogram& histogram(
    Registry& registry,
    const char* name,
    const char* help,
    const Histogram::BucketBoundaries& boundaries) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add(
        {}, boundaries);
}

/// Seconds: a refusal takes microseconds, a submission waits for nodes.
const Histogram::BucketBoundaries kRequestSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                  0.1,    0.25,  0.5,    1.0,   2.5,  5.0,   10.0};

std::string code_class(unsigned status) {
    constexpr unsigned kLeast = 100;
    constexpr unsigned kMost = 599;
    return status < kLeast || status > kMost ? "other" : std::to_string(status / 100) + "xx";
}

/// The values that a label has taken.
class LabelValues {
public:
    /// @return `value`, or "other" when there are too many
    std::string bounded(std::string_view value) {
        const std::lock_guard lock{mutex_};
        if (seen_.contains(value)) return std::string{value};
        if (seen_.size() >= Metrics::kMaxLabelValues) return "other";
        return *seen_.emplace(value).first;
    }

private:
    std::mutex mutex_;
    std::set<std::string, std::less<>> seen_;
};

}  // namespace

struct Metrics::Parts {
    Registry registry;
    Histogram& signatures = histogram(
        registry,
        "chela_signature_seconds",
        "Time from the call of a key to the checked signature, waiting included.",
        kSeconds);
    Gauge& queue =
        gauge(registry, "chela_signer_queue_depth", "Calls that wait for a thread of the token.");
    Gauge& hanging = gauge(
        registry,
        "chela_signer_calls_hanging",
        "Calls inside the PKCS#11 module that nobody waits for any more; above 0 nothing is "
        "signed.");
    Family<Counter>& signer_failures =
        counters(registry, "chela_signer_failures_total", "Failed attempts to sign, by cause.");
    Family<Counter>& decisions = counters(
        registry,
        "chela_policy_decisions_total",
        "Decisions of the policy gate, by verdict and first reason code.");
    Counter& reloads = counter(
        registry,
        "chela_policy_reloads_total",
        "Policy files that changed, were read and are active now.");
    Counter& reload_failures = counter(
        registry,
        "chela_policy_reload_failures_total",
        "Policy files refused; what was active stayed.");
    Gauge& approvals =
        gauge(registry, "chela_approvals_pending", "Requests that wait for people to agree.");
    Histogram& commits = histogram(
        registry,
        "chela_store_commit_calls",
        "Calls that shared one commit of the database.",
        kCalls);
    Family<Counter>& node_calls = counters(
        registry,
        "chela_node_calls_total",
        "Requests to nodes, by chain id, endpoint and outcome.");
    Family<Counter>& node_seconds = counters(
        registry,
        "chela_node_call_seconds_total",
        "Time that requests to nodes took, by chain id and endpoint.");
    Family<Gauge>& node_usable = gauges(
        registry,
        "chela_node_usable",
        "1: the endpoint is used for reads; by chain id and endpoint.");
    Family<Gauge>& node_heads = gauges(
        registry,
        "chela_node_head",
        "The newest block that the endpoint has shown, by chain id and endpoint.");
    Family<Counter>& webhook_attempts = counters(
        registry,
        "chela_webhook_deliveries_total",
        "Attempts to deliver an event to a webhook, by outcome.");
    Gauge& webhook_backlog = gauge(
        registry,
        "chela_webhook_backlog",
        "Events that the webhook furthest behind still has before it.");
    Gauge& event_streams =
        gauge(registry, "chela_event_streams", "Callers that follow the events of a transaction.");
    Family<Gauge>& build = gauges(registry, "chela_build_info", "1, with the version.");
    Family<Counter>& requests = counters(
        registry,
        "chela_http_requests_total",
        "Answers, by route, method and class of the status.");
    Family<Histogram>& request_seconds =
        prometheus::BuildHistogram()
            .Name("chela_http_request_duration_seconds")
            .Help("Time from the first byte of a request to the last of its answer, by route.")
            .Register(registry);
    Family<Counter>& auth_failures = counters(
        registry,
        "chela_auth_failures_total",
        "Requests whose caller was not recognised, by reason.");
    Family<Gauge>& ready = gauges(
        registry,
        "chela_ready",
        "1: this part of chela does its work, by component; \"all\": chela is ready.");
    Family<Gauge>& jwt_expiry = gauges(
        registry,
        "chela_jwt_expiry_seconds",
        "Until the first token of an identity ends; 0: one of them has none.");
    Family<Counter>& jwt_exchanges = counters(
        registry, "chela_jwt_exchanges_total", "Exchanges of an API key for a token, by result.");
    LabelValues routes;
    LabelValues reasons;
    LabelValues components;
    Counter& tls_loads = counter(
        registry,
        "chela_tls_loads_total",
        "Certificate files of the TLS listener that were read and are used, at start and later.");
    Counter& tls_reload_failures = counter(
        registry,
        "chela_tls_reload_failures_total",
        "Certificate files refused; what was shown before is shown on.");
    Gauge& tls_valid_until = gauge(
        registry,
        "chela_tls_certificate_end_seconds",
        "When the certificate of the TLS listener ends, in seconds since 1970.");
    Counter& tls_handshake_failures =
        counter(registry, "chela_tls_handshake_failures_total", "TLS handshakes that failed.");
    Family<Counter>& issuer_fetches = counters(
        registry,
        "chela_issuer_key_fetches_total",
        "Fetches of the keys that sign service-account tokens, by outcome.");
    LabelValues causes;
    LabelValues codes;
    LabelValues chains;

    prometheus::Labels place(ChainId chain, std::size_t endpoint) {
        constexpr std::size_t kMostEndpoints = 16;
        return {
            {"chain_id", chains.bounded(std::to_string(chain.value))},
            {"endpoint", endpoint < kMostEndpoints ? std::to_string(endpoint) : "other"}};
    }
};

Metrics::Metrics() : parts_{std::make_unique<Parts>()} {}
Metrics::~Metrics() = default;

void Metrics::set_build(std::string_view version) {
    parts_->build.Add({{"version", std::string{version}}}).Set(1);
}

void Metrics::http_answered(
    std::string_view route,
    std::string_view method,
    unsigned status,
    std::chrono::nanoseconds took) {
    const auto shown = parts_->routes.bounded(route);
    parts_->requests
        .Add(
            {{"route", shown}, {"method", std::string{method}}, {"code_class", code_class(status)}})
        .Increment();
    parts_->request_seconds.Add({{"route", shown}}, kRequestSeconds)
        .Observe(std::chrono::duration<double>{took}.count());
}

void Metrics::auth_failed(std::string_view reason) {
    const auto shown = parts_->reasons.bounded(reason.empty() ? "none" : reason);
    parts_->auth_failures.Add({{"reason", shown}}).Increment();
}

void Metrics::set_ready(std::string_view component, Ready ready) {
    const auto shown = parts_->components.bounded(component);
    parts_->ready.Add({{"component", shown}}).Set(ready == Ready::yes ? 1 : 0);
}

void Metrics::set_jwt_expiry(std::chrono::seconds left) {
    parts_->jwt_expiry.Add({}).Set(static_cast<double>(left.count()));
}

void Metrics::jwt_exchanged(std::string_view result) {
    parts_->jwt_exchanges.Add({{"result", std::string{result}}}).Increment();
}

void Metrics::signature_made(std::chrono::nanoseconds took) {
    parts_->signatures.Observe(std::chrono::duration<double>{took}.count());
}

void Metrics::signer_queue_depth(std::size_t waiting) {
    parts_->queue.Set(static_cast<double>(waiting));
}

void Metrics::signer_calls_hanging(std::size_t calls) {
    parts_->hanging.Set(static_cast<double>(calls));
}

void Metrics::signer_failed(std::string_view cause) {
    parts_->signer_failures.Add({{"cause", parts_->causes.bounded(cause)}}).Increment();
}

void Metrics::decided(std::string_view verdict, std::string_view code) {
    const auto shown = parts_->codes.bounded(code.empty() ? "none" : code);
    parts_->decisions.Add({{"verdict", std::string{verdict}}, {"code", shown}}).Increment();
}

void Metrics::policies_reloaded() {
    parts_->reloads.Increment();
}

void Metrics::policy_reload_refused() {
    parts_->reload_failures.Increment();
}

void Metrics::set_approvals_pending(std::size_t count) {
    parts_->approvals.Set(static_cast<double>(count));
}

void Metrics::store_committed(std::size_t calls) {
    parts_->commits.Observe(static_cast<double>(calls));
}

void Metrics::node_called(
    ChainId chain, std::size_t endpoint, NodeCall outcome, std::chrono::nanoseconds took) {
    auto labels = parts_->place(chain, endpoint);
    parts_->node_seconds.Add(labels).Increment(std::chrono::duration<double>{took}.count());
    labels.emplace("outcome", outcome == NodeCall::answered ? "answered" : "failed");
    parts_->node_calls.Add(labels).Increment();
}

void Metrics::set_node_usable(ChainId chain, std::size_t endpoint, NodeUse use) {
    parts_->node_usable.Add(parts_->place(chain, endpoint)).Set(use == NodeUse::usable ? 1 : 0);
}

void Metrics::set_node_head(ChainId chain, std::size_t endpoint, BlockNumber head) {
    parts_->node_heads.Add(parts_->place(chain, endpoint)).Set(static_cast<double>(head.value));
}

void Metrics::webhook_attempted(std::string_view outcome) {
    parts_->webhook_attempts.Add({{"outcome", std::string{outcome}}}).Increment();
}

void Metrics::set_webhook_backlog(std::size_t events) {
    parts_->webhook_backlog.Set(static_cast<double>(events));
}

void Metrics::set_event_streams(std::size_t count) {
    parts_->event_streams.Set(static_cast<double>(count));
}

void Metrics::tls_loaded(TimePoint valid_until) {
    parts_->tls_loads.Increment();
    parts_->tls_valid_until.Set(
        std::chrono::duration<double>{valid_until.time_since_epoch()}.count());
}

void Metrics::tls_reload_refused() {
    parts_->tls_reload_failures.Increment();
}

void Metrics::tls_handshake_failed() {
    parts_->tls_handshake_failures.Increment();
}

void Metrics::issuer_keys_fetched(std::string_view outcome) {
    parts_->issuer_fetches.Add({{"outcome", std::string{outcome}}}).Increment();
}

std::string Metrics::text() const {
    return prometheus::TextSerializer{}.Serialize(parts_->registry.Collect());
}

}  // namespace chela::sidecar::telemetry
