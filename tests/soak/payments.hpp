#pragma once

#include "chains/base/units.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace chela::test::soak {

/// One Idempotency-Key, and what became of it.
struct Try {
    std::string key;
    std::string intent_id;       ///< empty: no answer named it yet
    bool was_accepted{};         ///< an answer said that it will be carried out
    std::string final_state;     ///< empty: not seen
    std::optional<Nonce> nonce;  ///< at the end
    std::string refused_with;    ///< the code, of one that ended before it held a nonce
};

/// What an agent wants to pay once. Its value is no other payment's, by which the chain tells them
/// apart.
struct Payment {
    Wei value;
    std::vector<Try> tries;  ///< all but the last ended before they held a nonce
    bool is_cancel_wished{};
};

/// What an agent knows when its work is done.
struct Account {
    TestAgent agent;
    std::vector<Payment> payments;
    std::map<std::string, unsigned> refusals;  ///< before a nonce was held, by code
    std::vector<std::string> troubles;         ///< what must not happen
};

}  // namespace chela::test::soak
