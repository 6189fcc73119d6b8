#pragma once

#include "sidecar/mcp/door.hpp"

#include <string>

namespace chela::sidecar::mcp {

/// The intent as the REST door shows a transaction, with `intent_id` for its id, and a signature
/// where one was asked for.
[[nodiscard]] Json intent_view(const store::IntentRecord& intent);

/// Submits what money may move by, as the REST door does, and answers for it: with the intent, with
/// why it was refused, or with a question while people are to approve. An approval is an operator's
/// alone: what the client's user says only makes chela look again.
/// @param arguments  of the tool; `idempotency_key` is required
/// @param read       makes a request of the other arguments
using ReadRequest =
    Result<flow::AnyRequest> (*)(const Json& arguments, const chains::Registry& registry);
[[nodiscard]] ToolAnswer submit(Parts parts, Call call, Json arguments, ReadRequest read);

}  // namespace chela::sidecar::mcp
