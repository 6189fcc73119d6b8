#pragma once

#include "sidecar/store/store.hpp"

#include <optional>
#include <type_traits>
#include <utility>

namespace chela::sidecar::flow {

/// Runs `body` and makes all that it asks of the store one commit: durable when this returns a
/// value; nothing of it happened when this, or `body`, returns an error. Blocking.
/// @param body  Result<T>() or Status(), once; it may run on another caller's thread. It takes no
/// lane: that waits for others, who may wait for this commit.
template <class Body>
std::invoke_result_t<Body&> in_one_commit(store::Store& store, Body body) {
    using Answer = std::invoke_result_t<Body&>;
    std::optional<Answer> answer;
    const auto committed = store.transact([&](policy::LedgerTransaction&) -> Status {
        answer.emplace(body());
        if (!*answer) return std::unexpected{answer->error()};
        return {};
    });
    if (!committed) return std::unexpected{committed.error()};
    if (!answer) bug("a store committed without running what was to be committed");
    return *std::move(answer);
}

}  // namespace chela::sidecar::flow
