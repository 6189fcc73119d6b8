#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chela::test {

/// A fresh anvil of its own on a free port of 127.0.0.1: chain id 31337 unless the options say
/// otherwise, ten rich accounts. The program is $CHELA_ANVIL, which `./run test` sets.
class Anvil {
public:
    /// @param options  for example {"--block-time", "1"} or {"--no-mining"}
    /// @return invalid_input: CHELA_ANVIL is not set; unavailable: it did not start, with what it
    /// wrote
    [[nodiscard]] static Result<std::unique_ptr<Anvil>> start(
        const std::vector<std::string>& options = {});

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url() const;
    [[nodiscard]] Process& process() { return *process_; }

    /// @param parameters  a JSON array
    /// @return the result member; bad_response with the node's message: it answered an error
    [[nodiscard]] Result<Json> rpc(const std::string& method, const Json& parameters) const;

private:
    Anvil() = default;

    TempDir home_;
    std::unique_ptr<Process> process_;
    std::uint16_t port_{};
};

}  // namespace chela::test
