#pragma once

#include "tests/support/local_node.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chela::test {

/// A fresh anvil of its own: chain id 31337 unless the options say otherwise, ten rich accounts.
/// The program is $CHELA_ANVIL, which `./run test` sets.
class Anvil final : public LocalNode {
public:
    /// @param options  for example {"--block-time", "1"} or {"--no-mining"}
    /// @return invalid_input: CHELA_ANVIL is not set; unavailable: it did not start, with what it
    /// wrote
    [[nodiscard]] static Result<std::unique_ptr<Anvil>> start(
        const std::vector<std::string>& options = {});

private:
    Anvil() = default;

    TempDir home_;
};

}  // namespace chela::test
