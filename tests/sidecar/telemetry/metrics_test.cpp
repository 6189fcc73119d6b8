#include "sidecar/telemetry/metrics.hpp"

#include "sidecar/telemetry/signer_meter.hpp"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::telemetry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Heard final : public signer::SignerMetrics {
public:
    void signature_made(std::chrono::nanoseconds took) override {
        said.push_back("signed " + std::to_string(took.count()));
    }
    void queue_depth(std::size_t waiting) override {
        said.push_back("queue " + std::to_string(waiting));
    }
    void calls_hanging(std::size_t calls) override {
        said.push_back("hanging " + std::to_string(calls));
    }
    void failed(std::string_view cause) override { said.push_back("failed " + std::string{cause}); }

    std::vector<std::string> said;
};

std::size_t lines_with(const std::string& text, const std::string& start) {
    std::size_t count = 0;
    for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at + 1))
        if (at == 0 || text[at - 1] == '\n') ++count;
    return count;
}

TEST(metrics, show_every_family_before_anything_happened_and_nothing_counted) {
    const Metrics metrics;
    const auto text = metrics.text();
    for (const std::string name :
         {"chela_signature_seconds", "chela_signer_queue_depth", "chela_signer_calls_hanging",
          "chela_policy_reloads_total", "chela_policy_reload_failures_total",
          "chela_approvals_pending", "chela_store_commit_calls"})
        EXPECT_THAT(text, HasSubstr("# HELP " + name + " ")) << name;
    EXPECT_THAT(text, HasSubstr("\nchela_policy_reloads_total 0\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_approvals_pending 0\n"));
}

TEST(metrics, of_keys_are_counted_and_handed_on) {
    const auto metrics = std::make_shared<Metrics>();
    const auto heard = std::make_shared<Heard>();
    SignerMeter meter{metrics, heard};
    meter.signature_made(std::chrono::milliseconds{3});
    meter.signature_made(std::chrono::seconds{20});
    meter.queue_depth(7);
    meter.calls_hanging(2);
    meter.failed("CKR_DEVICE_ERROR");
    meter.failed("CKR_DEVICE_ERROR");
    const auto text = metrics->text();
    EXPECT_THAT(text, HasSubstr("\nchela_signature_seconds_count 2\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_signature_seconds_bucket{le=\"0.0025\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_signature_seconds_bucket{le=\"0.005\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_signature_seconds_bucket{le=\"10\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_signature_seconds_bucket{le=\"+Inf\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_signer_queue_depth 7\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_signer_calls_hanging 2\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_signer_failures_total{cause=\"CKR_DEVICE_ERROR\"} 2\n"));
    EXPECT_THAT(
        heard->said, ElementsAre(
                         "signed 3000000", "signed 20000000000", "queue 7", "hanging 2",
                         "failed CKR_DEVICE_ERROR", "failed CKR_DEVICE_ERROR"));
}

TEST(metrics, of_decisions_are_by_verdict_and_first_reason) {
    Metrics metrics;
    metrics.decided("allow", "");
    metrics.decided("deny", "E_GRANT_UNBOUNDED");
    metrics.decided("deny", "E_GRANT_UNBOUNDED");
    metrics.decided("review", "E_REVIEW");
    const auto text = metrics.text();
    const std::string name = "chela_policy_decisions_total";
    EXPECT_EQ(lines_with(text, name + "{"), 3U);
    EXPECT_THAT(text, HasSubstr(name + "{code=\"none\",verdict=\"allow\"} 1\n"));
    EXPECT_THAT(text, HasSubstr(name + "{code=\"E_GRANT_UNBOUNDED\",verdict=\"deny\"} 2\n"));
    EXPECT_THAT(text, HasSubstr(name + "{code=\"E_REVIEW\",verdict=\"review\"} 1\n"));
}

TEST(metrics, give_a_label_a_bounded_number_of_values_and_lose_no_count) {
    Metrics metrics;
    constexpr std::size_t kMany = Metrics::kMaxLabelValues + 50;
    for (std::size_t i = 0; i < kMany; ++i)
        metrics.signer_failed("cause" + std::to_string(i));
    metrics.signer_failed("cause0");
    const auto text = metrics.text();
    EXPECT_EQ(lines_with(text, "chela_signer_failures_total{"), Metrics::kMaxLabelValues + 1);
    EXPECT_THAT(text, HasSubstr("chela_signer_failures_total{cause=\"other\"} 50\n"));
    EXPECT_THAT(text, HasSubstr("chela_signer_failures_total{cause=\"cause0\"} 2\n"));
}

TEST(metrics, of_nodes_are_by_chain_id_and_place_of_the_endpoint) {
    Metrics metrics;
    metrics.node_called(ChainId{8453}, 0, NodeCall::answered, std::chrono::milliseconds{500});
    metrics.node_called(ChainId{8453}, 0, NodeCall::answered, std::chrono::milliseconds{250});
    metrics.node_called(ChainId{8453}, 1, NodeCall::failed, std::chrono::milliseconds{1});
    metrics.node_called(ChainId{8453}, 99, NodeCall::failed, std::chrono::milliseconds{1});
    metrics.set_node_usable(ChainId{8453}, 0, NodeUse::usable);
    metrics.set_node_usable(ChainId{8453}, 1, NodeUse::unusable);
    metrics.set_node_head(ChainId{8453}, 0, BlockNumber{21'000'000});
    const auto text = metrics.text();
    EXPECT_THAT(
        text,
        HasSubstr("chela_node_calls_total{chain_id=\"8453\",endpoint=\"0\",outcome=\"answered\"} "
                  "2\n"));
    EXPECT_THAT(
        text,
        HasSubstr(
            "chela_node_calls_total{chain_id=\"8453\",endpoint=\"1\",outcome=\"failed\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("endpoint=\"other\",outcome=\"failed\"} 1\n"));
    EXPECT_THAT(
        text, HasSubstr("chela_node_call_seconds_total{chain_id=\"8453\",endpoint=\"0\"} 0.75\n"));
    EXPECT_THAT(text, HasSubstr("chela_node_usable{chain_id=\"8453\",endpoint=\"0\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("chela_node_usable{chain_id=\"8453\",endpoint=\"1\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("chela_node_head{chain_id=\"8453\",endpoint=\"0\"} 21000000\n"));
}

TEST(metrics, let_no_label_value_write_a_line_of_its_own) {
    Metrics metrics;
    metrics.signer_failed("x\"} 1\nforged_total 99\n");
    EXPECT_EQ(lines_with(metrics.text(), "forged_total"), 0U);
}

TEST(metrics, of_policy_files_and_approvals_are_what_was_last_said) {
    Metrics metrics;
    metrics.policies_reloaded();
    metrics.policy_reload_refused();
    metrics.policy_reload_refused();
    metrics.set_approvals_pending(5);
    metrics.set_approvals_pending(3);
    metrics.store_committed(4);
    const auto text = metrics.text();
    EXPECT_THAT(text, HasSubstr("\nchela_policy_reloads_total 1\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_policy_reload_failures_total 2\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_approvals_pending 3\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_store_commit_calls_sum 4\n"));
}

TEST(metrics, show_deliveries_to_webhooks_by_outcome_and_what_waits) {
    Metrics metrics;
    metrics.webhook_attempted("delivered");
    metrics.webhook_attempted("delivered");
    metrics.webhook_attempted("paused");
    metrics.set_webhook_backlog(5);
    metrics.set_event_streams(2);
    const auto text = metrics.text();
    EXPECT_THAT(text, HasSubstr("\nchela_webhook_deliveries_total{outcome=\"delivered\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_webhook_deliveries_total{outcome=\"paused\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_webhook_backlog 5\n"));
    EXPECT_THAT(text, HasSubstr("\nchela_event_streams 2\n"));
}

TEST(metrics, count_from_several_threads_without_losing_any) {
    Metrics metrics;
    constexpr int kThreads = 4;
    constexpr int kEach = 500;
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&metrics] {
            for (int n = 0; n < kEach; ++n)
                metrics.decided("deny", "E_" + std::to_string(n % 10));
            static_cast<void>(metrics.text());
        });
    }
    threads.clear();
    const auto text = metrics.text();
    for (int code = 0; code < 10; ++code)
        EXPECT_THAT(
            text, HasSubstr(
                      "{code=\"E_" + std::to_string(code) + "\",verdict=\"deny\"} " +
                      std::to_string(kThreads * kEach / 10) + "\n"));
}

TEST(metrics, of_requests_are_by_route_method_and_class_of_the_status) {
    Metrics metrics;
    metrics.set_build("1.2.3");
    metrics.http_answered("/v1/health", "GET", 200, std::chrono::milliseconds{3});
    metrics.http_answered("/v1/health", "GET", 204, std::chrono::milliseconds{3});
    metrics.http_answered("/v1/health", "GET", 503, std::chrono::milliseconds{3});
    metrics.auth_failed("E_NO_CREDENTIALS");
    metrics.set_ready("store", Ready::yes);
    metrics.set_ready("all", Ready::no);
    metrics.set_jwt_expiry(std::chrono::seconds{42});
    metrics.jwt_exchanged("refused");
    const auto text = metrics.text();
    for (const auto* line :
         {"chela_build_info{version=\"1.2.3\"} 1",
          "chela_http_requests_total{code_class=\"2xx\",method=\"GET\",route=\"/v1/health\"} 2",
          "chela_http_requests_total{code_class=\"5xx\",method=\"GET\",route=\"/v1/health\"} 1",
          "chela_http_request_duration_seconds_count{route=\"/v1/health\"} 3",
          "chela_auth_failures_total{reason=\"E_NO_CREDENTIALS\"} 1",
          "chela_ready{component=\"store\"} 1", "chela_ready{component=\"all\"} 0",
          "chela_jwt_expiry_seconds 42", "chela_jwt_exchanges_total{result=\"refused\"} 1"})
        EXPECT_THAT(text, HasSubstr(std::string{"\n"} + line + "\n"));
}

TEST(metrics, have_a_bounded_number_of_series_whatever_is_counted) {
    Metrics metrics;
    const auto series = [&metrics] {
        const auto text = metrics.text();
        return std::ranges::count(text, '\n');
    };
    const auto flood = [&metrics](int from) {
        for (int i = from; i < from + 2'000; ++i) {
            const auto text = std::to_string(i);
            metrics.http_answered("/" + text, "GET", 200, std::chrono::milliseconds{1});
            metrics.auth_failed("E_" + text);
            metrics.set_ready("chain-" + text, Ready::yes);
            metrics.signer_failed("E_" + text);
            metrics.decided("deny", "E_" + text);
            metrics.node_called(
                ChainId{static_cast<std::uint64_t>(i)}, 0, NodeCall::failed,
                std::chrono::milliseconds{1});
        }
    };
    flood(0);
    const auto full = series();
    EXPECT_LT(full, 4'000);
    flood(2'000);
    EXPECT_EQ(series(), full);
}

}  // namespace
}  // namespace chela::sidecar::telemetry
