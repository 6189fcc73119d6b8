#pragma once

#include "tests/support/fake_node/endpoint.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace chela::test::fake_node {

/// What an HTTP server does with the body of a request.
using HttpReply = std::variant<std::string, NoConnection, NoReply, HttpStatus>;

/// One JSON-RPC request, or an array of them. A fault in a batch that is not an answer befalls all
/// of it; what comes before it is done.
/// @return the body of the answer, or what happens instead. Source: JSON-RPC 2.0.
[[nodiscard]] HttpReply serve_body(FakeEndpoint& endpoint, std::string_view body);

}  // namespace chela::test::fake_node
