#include "chains/base/json.hpp"
#include "chains/node/blocks.hpp"
#include "chains/node/responses.hpp"
#include "chains/node/subscriptions.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

namespace {

using namespace chela;
namespace node = chains::node;

void require(bool holds) {
    if (!holds) std::abort();
}

template <class T>
void require_named(const Result<T>& result) {
    if (result) return;
    require(result.error().code == ErrorCode::bad_response);
    require(result.error().reason == "E_NODE_ANSWER");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// A block, a transaction, code or a notification is either read or refused for the node's fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    (void)node::is_tag_missing(-32000, text);
    (void)node::is_rate_limit(text);
    const auto json = parse_json(text, {.max_depth = 16});
    if (!json) return 0;
    const auto block = node::read_block(*json);
    require_named(block);
    const auto head = node::read_head(*json);
    require_named(head);
    if (head) require(block && *block == *head);
    require_named(node::read_known_transaction(*json));
    require_named(node::read_code(*json));
    require_named(node::read_subscription_id(*json));
    const auto pushed = node::read_new_head(*json);
    require_named(pushed);
    if (pushed && *pushed) require(!(*pushed)->subscription.empty());
    return 0;
}
