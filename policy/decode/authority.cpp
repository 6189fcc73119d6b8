#include "policy/decode/decoder.hpp"

#include <array>
#include <utility>

namespace chela::policy {
namespace {

using Kind = Authority::Kind;

EffectNode change(
    const Frame& frame,
    const Address& contract,
    Kind kind,
    std::optional<Address> subject = std::nullopt) {
    return effect_node(
        frame,
        Authority{.chain = frame.chain, .contract = contract, .kind = kind, .subject = subject});
}

Decoded one(EffectNode node) {
    Decoded out;
    out.nodes.push_back(std::move(node));
    return out;
}

/// The called contract gets a new owner, module … which is the argument at `index`.
template <Kind kind, std::size_t index>
std::optional<Decoded> subject_is(Decoder&, const KnownCall& call) {
    return one(change(call.frame, call.frame.target, kind, call.address(index)));
}

template <Kind kind>
std::optional<Decoded> without_subject(Decoder&, const KnownCall& call) {
    return one(change(call.frame, call.frame.target, kind));
}

std::optional<Decoded> renounce_ownership(Decoder&, const KnownCall& call) {
    return one(change(call.frame, call.frame.target, Kind::owner, Address{}));
}

template <Kind kind>
std::optional<Decoded> actor_accepts(Decoder&, const KnownCall& call) {
    return one(change(call.frame, call.frame.target, kind, call.frame.actor));
}

/// An owner comes or goes and the threshold is set in the same call.
template <std::size_t index>
std::optional<Decoded> owner_and_threshold(Decoder&, const KnownCall& call) {
    auto out = one(change(call.frame, call.frame.target, Kind::owner, call.address(index)));
    out.nodes.push_back(change(call.frame, call.frame.target, Kind::threshold));
    return out;
}

std::optional<Decoded> swap_owner(Decoder&, const KnownCall& call) {
    auto out = one(change(call.frame, call.frame.target, Kind::owner, call.address(1)));
    out.nodes.push_back(change(call.frame, call.frame.target, Kind::owner, call.address(2)));
    return out;
}

/// The proxy runs the new code at once, as itself, when there is something to run.
Decoded upgrade(
    const Frame& frame, const Address& proxy, const Address& implementation, BytesView data) {
    auto out = one(change(frame, proxy, Kind::upgrade, implementation));
    if (!data.empty()) {
        out.nodes.push_back(effect_node(frame, Delegatecall{frame.chain, proxy, implementation}));
    }
    return out;
}

std::optional<Decoded> upgrade_to_and_call(Decoder&, const KnownCall& call) {
    return upgrade(call.frame, call.frame.target, call.address(0), call.bytes(1));
}
// Of a ProxyAdmin, which names the proxy.
std::optional<Decoded> upgrade_proxy(Decoder&, const KnownCall& call) {
    return upgrade(call.frame, call.address(0), call.address(1), {});
}
std::optional<Decoded> upgrade_proxy_and_call(Decoder&, const KnownCall& call) {
    return upgrade(call.frame, call.address(0), call.address(1), call.bytes(2));
}
std::optional<Decoded> change_proxy_admin(Decoder&, const KnownCall& call) {
    return one(change(call.frame, call.address(0), Kind::admin, call.address(1)));
}

using Decode = std::optional<Decoded> (*)(Decoder&, const KnownCall&);

constexpr KnownFunction anywhere(std::string_view signature, Decode decode) {
    return {
        signature, std::nullopt,
        "nothing but who controls the contract that the effect names; rules name it too", decode};
}

// Sources: OpenZeppelin Contracts 4 and 5 (Ownable, Ownable2Step, AccessControl,
// AccessControlDefaultAdminRules, Pausable, ERC1967, TransparentUpgradeableProxy, ProxyAdmin);
// ds-auth and solmate Auth; Safe v1.4.1 and v1.5.0 (OwnerManager, ModuleManager, GuardManager,
// FallbackManager); ERC-7579, "Account configuration".
constexpr std::array kFunctions{
    anywhere("transferOwnership(address)", subject_is<Kind::owner, 0>),
    anywhere("renounceOwnership()", renounce_ownership),
    anywhere("acceptOwnership()", actor_accepts<Kind::owner>),
    anywhere("setOwner(address)", subject_is<Kind::owner, 0>),
    anywhere("grantRole(bytes32,address)", subject_is<Kind::role, 1>),
    anywhere("revokeRole(bytes32,address)", subject_is<Kind::role, 1>),
    anywhere("renounceRole(bytes32,address)", subject_is<Kind::role, 1>),
    anywhere("beginDefaultAdminTransfer(address)", subject_is<Kind::admin, 0>),
    anywhere("acceptDefaultAdminTransfer()", actor_accepts<Kind::admin>),
    anywhere("setAuthority(address)", subject_is<Kind::admin, 0>),
    anywhere("pause()", without_subject<Kind::admin>),
    anywhere("unpause()", without_subject<Kind::admin>),
    anywhere("upgradeTo(address)", subject_is<Kind::upgrade, 0>),
    anywhere("upgradeToAndCall(address,bytes)", upgrade_to_and_call),
    anywhere("changeAdmin(address)", subject_is<Kind::admin, 0>),
    anywhere("upgrade(address,address)", upgrade_proxy),
    anywhere("upgradeAndCall(address,address,bytes)", upgrade_proxy_and_call),
    anywhere("changeProxyAdmin(address,address)", change_proxy_admin),
    anywhere("addOwnerWithThreshold(address,uint256)", owner_and_threshold<0>),
    anywhere("removeOwner(address,address,uint256)", owner_and_threshold<1>),
    anywhere("swapOwner(address,address,address)", swap_owner),
    anywhere("changeThreshold(uint256)", without_subject<Kind::threshold>),
    anywhere("enableModule(address)", subject_is<Kind::module, 0>),
    anywhere("disableModule(address,address)", subject_is<Kind::module, 1>),
    anywhere("setGuard(address)", subject_is<Kind::guard, 0>),
    anywhere("setModuleGuard(address)", subject_is<Kind::guard, 0>),
    anywhere("setFallbackHandler(address)", subject_is<Kind::fallback_handler, 0>),
    anywhere("installModule(uint256,address,bytes)", subject_is<Kind::module, 1>),
    anywhere("uninstallModule(uint256,address,bytes)", subject_is<Kind::module, 1>),
};

}  // namespace

std::span<const KnownFunction> authority_functions() {
    return kFunctions;
}

}  // namespace chela::policy
