#pragma once

#include "chains/base/units.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace chela::sidecar::telemetry {

enum class NodeCall : std::uint8_t { answered, failed };
enum class NodeUse : std::uint8_t { unusable, usable };
enum class Ready : std::uint8_t { no, yes };

/// What this process counts, for GET /metrics. No label holds a name, an address, an id or an
/// amount, save the ids of the configured chains; none takes more than kMaxLabelValues values: what
/// comes after them counts as "other".
/// Threads: any; nothing blocks or throws.
class Metrics {
public:
    static constexpr std::size_t kMaxLabelValues = 96;

    Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;
    ~Metrics();

    void set_build(std::string_view version);
    /// One request was answered.
    /// @param route   a pattern of ours, or "unmatched"
    /// @param method  one of HTTP's, or "other"
    void http_answered(
        std::string_view route,
        std::string_view method,
        unsigned status,
        std::chrono::nanoseconds took);
    /// @param reason  E_… of the refusal; empty: none was given
    void auth_failed(std::string_view reason);
    /// @param component  as /readyz names it, or "all"
    void set_ready(std::string_view component, Ready ready);
    /// @param left  until the first token of an identity ends; 0: one of them has none
    void set_jwt_expiry(std::chrono::seconds left);
    /// @param result  "exchanged", "renewed", "refused" or "failed"
    void jwt_exchanged(std::string_view result);

    /// @param took  from the call of the key to the checked signature
    void signature_made(std::chrono::nanoseconds took);
    /// @param waiting  calls that wait for a thread of the token now
    void signer_queue_depth(std::size_t waiting);
    void signer_calls_hanging(std::size_t calls);
    /// @param cause  as signer::SignerMetrics::failed says it
    void signer_failed(std::string_view cause);

    /// @param verdict  "deny", "review" or "allow"
    /// @param code     of the first reason; empty: none, it was allowed
    void decided(std::string_view verdict, std::string_view code);
    /// Policy files were read and are what is active now.
    void policies_reloaded();
    /// Policy files were refused: what was active stays.
    void policy_reload_refused();
    void set_approvals_pending(std::size_t count);

    /// One commit of the database. @param calls  that shared it
    void store_committed(std::size_t calls);

    /// One request to a node.
    /// @param endpoint  its place in the configuration, from 0
    void node_called(
        ChainId chain, std::size_t endpoint, NodeCall outcome, std::chrono::nanoseconds took);
    void set_node_usable(ChainId chain, std::size_t endpoint, NodeUse use);
    void set_node_head(ChainId chain, std::size_t endpoint, BlockNumber head);
    /// One attempt to deliver an event. @param outcome  "delivered", "failed", "paused", "gone" or
    /// "test"
    void webhook_attempted(std::string_view outcome);
    /// How many events the webhook that is furthest behind still has before it.
    void set_webhook_backlog(std::size_t events);
    /// How many callers follow a transaction's events now.
    void set_event_streams(std::size_t count);

    /// The certificate files of the TLS listener were read again.
    /// @param valid_until  of the certificate that is shown now
    void tls_loaded(TimePoint valid_until);
    /// They were refused: what was shown before is shown on.
    void tls_reload_refused();
    void tls_handshake_failed();
    /// The keys of the issuer of service-account tokens were asked for.
    /// @param outcome  "fetched" or "failed"
    void issuer_keys_fetched(std::string_view outcome);

    /// All of it in the text format. Source: Prometheus exposition formats, "Text-based format",
    /// version 0.0.4.
    [[nodiscard]] std::string text() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace chela::sidecar::telemetry
