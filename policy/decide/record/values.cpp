#include "chains/base/address.hpp"
#include "policy/decide/record/parts.hpp"

#include <nlohmann/json.hpp>

namespace chela::policy {

OrderedJson object_for(std::size_t members) {
    auto out = OrderedJson::object();
    out.get_ref<OrderedJson::object_t&>().reserve(members);
    return out;
}

OrderedJson record_of(const Asset& asset) {
    return {{"chain", asset.chain.value}, {"contract", record_of(asset.contract)}};
}

OrderedJson record_of(const Bound& bound) {
    return bound ? to_decimal(*bound) : std::string{"unbounded"};
}

OrderedJson record_of(const std::optional<ChainId>& chain) {
    return chain ? OrderedJson(chain->value) : OrderedJson(nullptr);
}

OrderedJson record_of(const std::optional<Address>& address) {
    return address ? OrderedJson(to_checksum(*address)) : OrderedJson(nullptr);
}

OrderedJson record_of(const std::optional<Wei>& wei) {
    return wei ? OrderedJson(to_decimal(wei->value)) : OrderedJson(nullptr);
}

OrderedJson record_of(const std::optional<Gas>& gas) {
    return gas ? OrderedJson(gas->value) : OrderedJson(nullptr);
}

OrderedJson record_of(const Charge& charge) {
    return {
        {"scope", to_string(charge.key.scope)},
        {"owner", charge.key.owner},
        {"meter", charge.key.meter},
        {"chain", record_of(charge.chain)},
        {"amount", to_decimal(charge.amount)}};
}

OrderedJson record_of(const std::optional<Quorum>& quorum) {
    if (!quorum) return nullptr;
    return {{"of", quorum->of}, {"minimum", quorum->minimum}, {"ttl", quorum->ttl.count()}};
}

}  // namespace chela::policy
