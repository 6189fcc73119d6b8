#include "policy/decode/typed_data.hpp"

#include <algorithm>
#include <array>

namespace chela::policy {
namespace {

struct NamedRefusal {
    std::string_view type;  ///< a struct's name
    Opaque::Reason reason;
    std::string_view detail;
};

// By the name of the primary type alone: other types of these names are refused just as well.
constexpr std::array kPrimaryTypes{
    NamedRefusal{"OrderComponents", Opaque::Reason::undecoded_order, "a Seaport order"},
    NamedRefusal{"BulkOrder", Opaque::Reason::undecoded_order, "Seaport orders in bulk"},
    NamedRefusal{"Order", Opaque::Reason::undecoded_order, "an exchange order, as of CoW Protocol"},
    NamedRefusal{"SafeMessage", Opaque::Reason::digest_like_message, "a message in a Safe's name"},
    NamedRefusal{
        "PackedUserOperation", Opaque::Reason::unsupported,
        "a user operation as typed data; ask for it as a user operation"},
};

// Source: Uniswap/UniswapX, reactors: witnesses of PermitWitnessTransferFrom.
constexpr std::array<std::string_view, 6> kUniswapXOrders{"LimitOrder",          "DutchOrder",
                                                          "ExclusiveDutchOrder", "V2DutchOrder",
                                                          "V3DutchOrder",        "PriorityOrder"};

}  // namespace

TypedDataRefusal refusal_of(const chains::TypedData& data) {
    const auto& primary = data.primary_type();
    const auto* const named = std::ranges::find(kPrimaryTypes, primary, &NamedRefusal::type);
    if (named != kPrimaryTypes.end()) return {named->reason, std::string{named->detail}};
    const bool is_uniswap_x = std::ranges::any_of(
        kUniswapXOrders, [&data](auto name) { return data.types().find(name) != nullptr; });
    if (is_uniswap_x) return {Opaque::Reason::undecoded_order, "a UniswapX order"};
    return {
        Opaque::Reason::unknown_typed_data,
        "no type that chela knows: " + data.types().encode_type(primary).substr(0, 120)};
}

}  // namespace chela::policy
