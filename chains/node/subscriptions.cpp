#include "chains/node/subscriptions.hpp"

#include "chains/node/fields.hpp"

#include <nlohmann/json.hpp>

namespace chela::chains::node {

Json new_heads_parameters() {
    return Json::array({"newHeads"});
}

Result<std::string> read_subscription_id(const Json& result) {
    // geth and reth answer 16 bytes of hex, hosted services other words of like length.
    constexpr std::size_t kLongest = 128;
    auto id = read_text(result, "subscription");
    if (!id) return id;
    if (id->empty() || id->size() > kLongest) {
        return bad_answer("subscription", "is not 1 to 128 characters long");
    }
    return id;
}

Result<std::optional<NewHead>> read_new_head(const Json& message) {
    const Json* const method = optional_member(message, "method");
    if (method == nullptr || *method != "eth_subscription") return std::optional<NewHead>{};
    const auto parameters = member(message, "params");
    if (!parameters) return std::unexpected{parameters.error()};
    const auto id = member(**parameters, "subscription");
    if (!id) return std::unexpected{id.error()};
    auto subscription = read_subscription_id(**id);
    if (!subscription) return std::unexpected{subscription.error()};
    const auto header = member(**parameters, "result");
    if (!header) return std::unexpected{header.error()};
    const auto head = read_head(**header);
    if (!head) return std::unexpected{head.error()};
    return NewHead{std::move(*subscription), *head};
}

}  // namespace chela::chains::node
