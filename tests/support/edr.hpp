#pragma once

#include "tests/support/local_node.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chela::test {

/// A fresh EDR, the engine of Hardhat, as a second real client beside anvil, with the same chain id
/// and the same rich accounts. $CHELA_EDR, which `./run test` sets, is the folder of its package;
/// `node` runs it.
class Edr final : public LocalNode {
public:
    /// @param options  for example {"--chain-id", "1"} or {"--no-mining"}
    /// @return invalid_input: CHELA_EDR is not set; unavailable: it did not start, with what it
    /// wrote
    [[nodiscard]] static Result<std::unique_ptr<Edr>> start(
        const std::vector<std::string>& options = {});

private:
    Edr() = default;
};

}  // namespace chela::test
