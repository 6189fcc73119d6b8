#pragma once

#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/token_issuer.hpp"
#include "sidecar/edge/entropy.hpp"
#include "tests/sidecar/auth/scripted_authority.hpp"
#include "tests/support/temp_dir.hpp"

#include <functional>

#include <gtest/gtest.h>

namespace chela::sidecar::auth::test {

inline constexpr std::chrono::seconds kDefaultTtl{900};

/// A real store and a real JWT key in a folder of their own, and a clock that stands still.
class CallersTest : public testing::Test {
protected:
    CallersTest() {
        auto opened = store::open_sqlite(dir_.path() / "chela.db", store::OpenMode::create);
        if (!opened) bug("the test's store: " + opened.error().detail);
        store_ = std::move(*opened);
        issuer_.emplace(*store_, jwt_key_, *clock_, kDefaultTtl);
    }

    struct Agent {
        std::string id;
        std::string key;  ///< its API key
    };

    Agent add_agent(const std::function<void(store::AgentRecord&)>& change = {}) {
        const auto made = make_api_key(kAgentKeyPrefix);
        store::AgentRecord record;
        record.id = random_uuid();
        record.name = "agent";
        record.created_by = "operator";
        record.created_at = clock_->time;
        record.api_key_prefix = made.prefix;
        record.api_key_hash = made.hash;
        if (change) change(record);
        const auto ok = store_->insert_agent(
            record, {clock_->time, "operator", "agent.created", record.id, "{}"});
        if (!ok) bug("the test's agent: " + ok.error().detail);
        return {record.id, std::string{made.key.reveal()}};
    }

    void change(const Agent& agent, const std::function<void(store::AgentRecord&)>& edit) {
        const auto done = store_->update_agent(
            agent.id, {clock_->time, "operator", "agent.updated", agent.id, "{}"},
            [&edit](store::AgentRecord& record) -> Status {
                edit(record);
                return {};
            });
        if (!done) bug("the test's change: " + done.error().detail);
    }

    /// As flow::Agents does it. @return the new key
    std::string rotate(const Agent& agent) {
        const auto made = make_api_key(kAgentKeyPrefix);
        change(agent, [&made](store::AgentRecord& record) {
            record.api_key_prefix = made.prefix;
            record.api_key_hash = made.hash;
            ++record.credential_generation;
        });
        return std::string{made.key.reveal()};
    }

    [[nodiscard]] AccessToken exchange(const Agent& agent) {
        auto token = issuer_->exchange(agent.id, agent.key);
        if (!token) bug("the test's exchange: " + token.error().detail);
        return std::move(*token);
    }

    [[nodiscard]] std::vector<store::AuditRecord> audited(const std::string& action) const {
        const auto all = store_->audit_records(0, 10'000);
        if (!all) bug("the test's audit: " + all.error().detail);
        std::vector<store::AuditRecord> out;
        for (const auto& record : *all) {
            if (record.action == action) out.push_back(record);
        }
        return out;
    }

    static JwtKey new_jwt_key(const std::filesystem::path& path) {
        if (!JwtKey::create(path)) bug("the test's JWT key is not made");
        auto key = JwtKey::load(path);
        if (!key) bug("the test's JWT key: " + key.error().detail);
        return std::move(*key);
    }

    chela::test::TempDir dir_;
    std::shared_ptr<FakeClock> clock_ = std::make_shared<FakeClock>();
    JwtKey jwt_key_ = new_jwt_key(dir_.path() / "jwt.pem");
    std::unique_ptr<store::Store> store_;
    std::optional<TokenIssuer> issuer_;
};

template <class T>
std::string reason_of(const Result<T>& result) {
    return result ? "nothing refused" : result.error().reason;
}

}  // namespace chela::sidecar::auth::test
