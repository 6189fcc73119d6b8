#include "sidecar/node/chain_read.hpp"

#include "chains/node/printable.hpp"

#include <fmt/format.h>

namespace chela::sidecar::node {

Error node_error(const RpcError& error) {
    return {
        ErrorCode::bad_response,
        fmt::format(
            "the node answered error {}: {}", error.code, chains::node::printable(error.message)),
        "E_NODE_ERROR"};
}

bool is_garbage(const Error& error) {
    return error.code == ErrorCode::bad_response && error.reason == "E_NODE_ANSWER";
}

}  // namespace chela::sidecar::node
