#include "chains/simulation/logs.hpp"

#include "chains/base/hex.hpp"
#include "chains/node/fields.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

constexpr std::size_t kMaxTopics = 4;
constexpr std::size_t kWord = 32;

// keccak256("Transfer(address,address,uint256)")
constexpr Hash256 kTransferTopic{{0xdd, 0xf2, 0x52, 0xad, 0x1b, 0xe2, 0xc8, 0x9b, 0x69, 0xc2, 0xb0,
                                  0x68, 0xfc, 0x37, 0x8d, 0xaa, 0x95, 0x2b, 0xa7, 0xf1, 0x63, 0xc4,
                                  0xa1, 0x16, 0x28, 0xf5, 0x5a, 0x4d, 0xf5, 0x23, 0xb3, 0xef}};

}  // namespace

std::optional<Address> address_in(const Hash256& topic) {
    const std::size_t padding = kWord - Address::kSize;
    const auto word = topic.view();
    const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
    if (!std::ranges::all_of(word.first(padding), is_zero)) return std::nullopt;
    Address address;
    std::ranges::copy(word.subspan(padding), address.bytes.begin());
    return address;
}

Result<Log> read_log(const Json& log) {
    const auto address = node::fixed_member<Address>(log, "address");
    if (!address) return std::unexpected{address.error()};
    const auto topics = node::member(log, "topics");
    if (!topics) return std::unexpected{topics.error()};
    if (!(*topics)->is_array() || (*topics)->size() > kMaxTopics) {
        return node::bad_answer("topics", "is not an array of at most 4");
    }
    Log out{*address, {}, {}};
    for (const Json& topic : **topics) {
        const auto hash = node::read_fixed<Hash256>(topic, "topic");
        if (!hash) return std::unexpected{hash.error()};
        out.topics.push_back(*hash);
    }
    const auto data = node::member(log, "data");
    if (!data) return std::unexpected{data.error()};
    auto bytes = node::read_data(**data, "log data");
    if (!bytes) return std::unexpected{bytes.error()};
    out.data = std::move(*bytes);
    return out;
}

std::optional<Transfer> as_transfer(const Log& log) {
    const bool is_erc20 = log.topics.size() == 3 && log.data.size() == kWord;
    const bool is_erc721 = log.topics.size() == 4 && log.data.empty();
    if ((!is_erc20 && !is_erc721) || log.topics[0] != kTransferTopic) return std::nullopt;
    const auto from = address_in(log.topics[1]);
    const auto to = address_in(log.topics[2]);
    if (!from || !to) return std::nullopt;
    const auto number =
        U256::from_big_endian(is_erc721 ? log.topics[3].view() : BytesView{log.data});
    if (!number) return std::nullopt;
    return is_erc721 ? Transfer{*from, *to, U256{1}, *number}
                     : Transfer{*from, *to, *number, std::nullopt};
}

bool is_value_transfer(const Log& log) {
    return std::ranges::all_of(log.address.bytes, [](std::uint8_t byte) { return byte == 0xee; });
}

std::optional<Bytes> revert_bytes(const Json& data) {
    if (data.is_object()) {
        // Hardhat wraps the bytes once more.
        const Json* const inner = node::optional_member(data, "data");
        return inner != nullptr && inner->is_string() ? revert_bytes(*inner) : std::nullopt;
    }
    if (!data.is_string()) return std::nullopt;
    std::string_view text = data.get_ref<const std::string&>();
    // OpenEthereum and older Nethermind put a word before the bytes.
    constexpr std::string_view kPrefix = "Reverted ";
    if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
    auto bytes = parse_hex(text);
    if (!bytes || bytes->empty()) return std::nullopt;
    return std::move(*bytes);
}

}  // namespace chela::chains::simulation
