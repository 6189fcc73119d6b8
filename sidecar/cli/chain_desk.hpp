#pragma once

#include "sidecar/cli/commands.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/flow/chains.hpp"
#include "sidecar/store/store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chela::sidecar::cli {

/// What the chain commands work with; safe beside a running server.
struct ChainDesk {
    config::Config config;
    std::unique_ptr<store::Store> store;
    SystemClock clock;

    [[nodiscard]] flow::Chains chains() const;
    /// @param name  name or chain id. @return not_found E_NO_CHAIN
    [[nodiscard]] Result<ChainId> find(const std::string& name) const;
    /// Every chain as an admin sees it: those of chela.yaml, then the stored ones beside them.
    [[nodiscard]] Result<std::vector<Json>> views() const;
};
[[nodiscard]] Result<std::unique_ptr<ChainDesk>> open_chain_desk(const Session& session);

/// A stored chain after a change, and how soon it holds. @return the exit status
int show_changed(const Session& session, const store::ChainRecord& record, const std::string& what);
/// One chain in words.
void print_chain(const Json& view);

void add_chain_add(CLI::App& command, Session& session);

}  // namespace chela::sidecar::cli
