#pragma once

#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/hooks/target.hpp"

#include <memory>
#include <string>

namespace chela::sidecar::cli {

/// What a command about webhooks needs; the database is shared safely with a running server, which
/// sees a change within a second.
struct WebhookDesk {
    config::Config config;
    std::unique_ptr<store::Store> store;

    [[nodiscard]] hooks::PrivateTargets private_targets() const {
        return config.webhooks.allow_private ? hooks::PrivateTargets::allow
                                             : hooks::PrivateTargets::refuse;
    }
};
[[nodiscard]] Result<WebhookDesk> open_webhooks(const Session& session);

/// A webhook for a person.
void print_webhook(const store::WebhookRecord& webhook);

// Each adds one command below `chela webhook`.
void add_webhook_create(CLI::App& command, Session& session);
void add_webhook_update(CLI::App& command, Session& session);
void add_webhook_rotate(CLI::App& command, Session& session);

}  // namespace chela::sidecar::cli
