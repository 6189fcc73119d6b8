#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace chela::test {

/// A node in a process of its own, on a free port of 127.0.0.1 that it tells itself.
class LocalNode {
public:
    virtual ~LocalNode() = default;
    LocalNode(const LocalNode&) = delete;
    LocalNode& operator=(const LocalNode&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::string url() const;
    [[nodiscard]] Process& process() { return *process_; }

    /// @param parameters  a JSON array
    /// @return the result member; bad_response with the node's message: it answered an error
    [[nodiscard]] Result<Json> rpc(const std::string& method, const Json& parameters) const;

protected:
    LocalNode() = default;
    /// Starts the program and waits for its line "Listening on 127.0.0.1:PORT" and its first
    /// answer.
    /// @return unavailable: it does not listen, with what it wrote
    [[nodiscard]] Status begin(ProcessOptions options);

private:
    std::unique_ptr<Process> process_;
    std::uint16_t port_{};
};

}  // namespace chela::test
