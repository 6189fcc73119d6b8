#pragma once

#include "sidecar/rpc/door.hpp"

#include <expected>
#include <string>

namespace chela::sidecar::rpc {

// A request from its credentials to its answer, whatever brought it.

/// Nothing of the request was looked at.
struct Refused {
    unsigned status{};  ///< of HTTP
    RpcError error;
};
using Identified = std::expected<Caller, Refused>;

/// Who calls about which chain; the caller's Idempotency-Key is read, too.
[[nodiscard]] boost::asio::awaitable<Identified> identify(
    const Parts& parts, http::Request request);

/// @return E_…, or "": the node said no, in its own way
[[nodiscard]] std::string code_in(const RpcError& error);

struct Answered {
    unsigned status = 200;  ///< of HTTP
    std::string text;
};
/// Carries out a body, a call or a batch of them.
[[nodiscard]] boost::asio::awaitable<Answered> answer_to(Caller caller, std::string body);

}  // namespace chela::sidecar::rpc
