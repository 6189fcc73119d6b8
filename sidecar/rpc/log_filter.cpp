#include "sidecar/rpc/log_filter.hpp"

#include "chains/base/bytes.hpp"
#include "chains/base/hex.hpp"
#include "chains/node/printable.hpp"
#include "sidecar/rpc/error.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::rpc {
namespace {

constexpr std::size_t kMostTopics = 4;

/// "0x…" of so many bytes, in lower case.
std::optional<std::string> word(const Json& value, std::size_t bytes) {
    if (!value.is_string()) return std::nullopt;
    const auto read = parse_hex(value.get_ref<const std::string&>());
    if (!read || read->size() != bytes) return std::nullopt;
    return to_hex(*read);
}

/// One word or a list of them; null, or an empty list: any.
RpcResult<std::vector<std::string>> words(const Json& value, std::size_t bytes, const char* name) {
    std::vector<std::string> out;
    if (value.is_null()) return out;
    const Json list = value.is_array() ? value : Json::array({value});
    if (list.size() > kMaxFilterWords)
        return std::unexpected{
            invalid_params(fmt::format("{}: {} at most", name, kMaxFilterWords))};
    for (const auto& each : list) {
        auto read = word(each, bytes);
        if (!read)
            return std::unexpected{
                invalid_params(fmt::format("{}: expected 0x and {} bytes", name, bytes))};
        out.push_back(*std::move(read));
    }
    return out;
}

bool is_one_of(const std::vector<std::string>& wanted, const Json& value, std::size_t bytes) {
    if (wanted.empty()) return true;
    const auto read = word(value, bytes);
    return read && std::ranges::find(wanted, *read) != wanted.end();
}

}  // namespace

RpcResult<LogFilter> read_log_filter(const Json& object) {
    LogFilter filter;
    if (object.is_null()) return filter;
    if (!object.is_object())
        return std::unexpected{invalid_params("parameter 2 (filter): expected an object")};
    for (const auto& [name, value] : object.items()) {
        if (name == "address" || name == "topics") continue;
        return std::unexpected{invalid_params(
            "a filter of new logs has no member " + chains::node::printable(name, kMaxName))};
    }
    auto addresses = words(object.value("address", Json{}), Address::kSize, "address");
    if (!addresses) return std::unexpected{addresses.error()};
    filter.addresses = *std::move(addresses);
    const Json topics = object.value("topics", Json{});
    if (topics.is_null()) return filter;
    if (!topics.is_array() || topics.size() > kMostTopics)
        return std::unexpected{invalid_params("topics: expected an array of 4 at most")};
    for (const auto& position : topics) {
        auto read = words(position, Hash256::kSize, "topics");
        if (!read) return std::unexpected{read.error()};
        filter.topics.push_back(*std::move(read));
    }
    return filter;
}

bool matches(const LogFilter& filter, const Json& log) {
    if (!log.is_object()) return false;
    const Json topics = log.value("topics", Json::array());
    if (!topics.is_array() || topics.size() < filter.topics.size()) return false;
    if (!is_one_of(filter.addresses, log.value("address", Json{}), Address::kSize)) return false;
    for (std::size_t at = 0; at < filter.topics.size(); ++at)
        if (!is_one_of(filter.topics[at], topics[at], Hash256::kSize)) return false;
    return true;
}

}  // namespace chela::sidecar::rpc
