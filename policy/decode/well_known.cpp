#include "chains/base/address.hpp"
#include "chains/base/result.hpp"
#include "policy/decode/contracts.hpp"

#include <array>
#include <map>

namespace chela::policy {
namespace {

using Kind = ContractKind;

constexpr ChainId kEthereum{1};
constexpr ChainId kOptimism{10};
constexpr ChainId kPolygon{137};
constexpr ChainId kBase{8453};
constexpr ChainId kArbitrum{42161};
constexpr ChainId kBaseSepolia{84532};
constexpr ChainId kSepolia{11155111};
constexpr ChainId kOptimismSepolia{11155420};

// Nobody holds a key of these deployers, and what CREATE2 makes is bound to its initcode: no other
// code can be at these addresses.
constexpr std::array kAnywhere{
    // Source: Arachnid/deterministic-deployment-proxy, README; a keyless transaction made it.
    WellKnownContract{
        std::nullopt, "0x4e59b44847b379578588920cA78FbF26c0B4956C", Kind::create2_factory},
    // By CREATE2 of that factory. Source: Uniswap/permit2, README.
    WellKnownContract{std::nullopt, "0x000000000022D473030F116dDEE9F6B43aC78BA3", Kind::permit2},
    // As above. Source: eth-infinitism/account-abstraction, releases v0.6.0, v0.7.0 and v0.8.0.
    WellKnownContract{
        std::nullopt, "0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789", Kind::entry_point},
    WellKnownContract{
        std::nullopt, "0x0000000071727De22E5E9d8BAf0edAc6f37da032", Kind::entry_point},
    WellKnownContract{
        std::nullopt, "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108", Kind::entry_point},
    // As above. Source: safe-global/safe-deployments, v1.3.0 multi_send and multi_send_call_only,
    // "canonical".
    WellKnownContract{
        std::nullopt, "0xA238CBeb142c10Ef7Ad8442C6D1f9E89e07e7761", Kind::safe_multisend},
    WellKnownContract{
        std::nullopt, "0x40A2aCCbd92BCA938b02010E17A5b8929b49130D", Kind::safe_multisend},
};

constexpr std::array kMainChains{kEthereum, kOptimism,    kPolygon, kBase,
                                 kArbitrum, kBaseSepolia, kSepolia};

// The same on all main chains, where they are deployed. Somebody holds the keys of their deployers
// and could put other code there on a chain without them, as happened to Multicall3 on Ancient8.
constexpr std::array kOnMainChains{
    // Source: mds1/multicall3, README.
    WellKnownContract{std::nullopt, "0xcA11bde05977b3631167028862bE2a173976CA11", Kind::multicall3},
    // Source: safe-global/safe-deployments, v1.3.0 multi_send and multi_send_call_only, "eip155";
    // v1.4.1, "canonical".
    WellKnownContract{
        std::nullopt, "0x998739BFdAAdde7C933B942a68053933098f9EDa", Kind::safe_multisend},
    WellKnownContract{
        std::nullopt, "0xA1dabEF33b3B82c7814B6D82A79e50F4AC44102B", Kind::safe_multisend},
    WellKnownContract{
        std::nullopt, "0x38869bf66a61cF6bDB996A6aE40D5853Fd43B526", Kind::safe_multisend},
    WellKnownContract{
        std::nullopt, "0x9641d764fc13c8B624c04430C7356C1C7C8102e2", Kind::safe_multisend},
};

// Source: Uniswap/sdks, sdk-core, weth9.ts; OP Stack specification, "Predeploys". On Polygon the
// native currency is POL: its WETH is a bridged token and not here.
constexpr std::array kWrappedNative{
    WellKnownContract{
        kEthereum, "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", Kind::wrapped_native},
    WellKnownContract{
        kOptimism, "0x4200000000000000000000000000000000000006", Kind::wrapped_native},
    WellKnownContract{kBase, "0x4200000000000000000000000000000000000006", Kind::wrapped_native},
    WellKnownContract{
        kArbitrum, "0x82aF49447D8a07e3bd95BD0d56f35241523fBab1", Kind::wrapped_native},
    WellKnownContract{kPolygon, "0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270", Kind::wrapped_native},
    WellKnownContract{kSepolia, "0xfFf9976782d46CC05630D1f6eBAb18b2324d6B14", Kind::wrapped_native},
    WellKnownContract{
        kBaseSepolia, "0x4200000000000000000000000000000000000006", Kind::wrapped_native},
    WellKnownContract{
        kOptimismSepolia, "0x4200000000000000000000000000000000000006", Kind::wrapped_native},
};

// Source: Uniswap documentation, "V2 Deployment Addresses".
constexpr std::array kUniswapV2{
    WellKnownContract{
        kEthereum, "0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D", Kind::uniswap_v2_router},
    WellKnownContract{
        kOptimism, "0x4A7b5Da61326A6379179b40d00F57E5bbDC962c2", Kind::uniswap_v2_router},
    WellKnownContract{
        kPolygon, "0xedf6066a2b290C185783862C7F4776A2C8077AD1", Kind::uniswap_v2_router},
    WellKnownContract{kBase, "0x4752ba5DBc23f44D87826276BF6Fd6b1C372aD24", Kind::uniswap_v2_router},
    WellKnownContract{
        kArbitrum, "0x4752ba5DBc23f44D87826276BF6Fd6b1C372aD24", Kind::uniswap_v2_router},
    WellKnownContract{
        kSepolia, "0xeE567Fe1712Faf6149d80dA1E6934E354124CfE3", Kind::uniswap_v2_router},
};

// Source: Uniswap documentation, "Uniswap V3 Deployments" of each chain.
constexpr std::array kUniswapV3{
    WellKnownContract{
        kEthereum, "0xE592427A0AEce92De3Edee1F18E0157C05861564", Kind::uniswap_v3_router},
    WellKnownContract{
        kOptimism, "0xE592427A0AEce92De3Edee1F18E0157C05861564", Kind::uniswap_v3_router},
    WellKnownContract{
        kPolygon, "0xE592427A0AEce92De3Edee1F18E0157C05861564", Kind::uniswap_v3_router},
    WellKnownContract{
        kArbitrum, "0xE592427A0AEce92De3Edee1F18E0157C05861564", Kind::uniswap_v3_router},
    WellKnownContract{
        kEthereum, "0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45", Kind::swap_router_02},
    WellKnownContract{
        kOptimism, "0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45", Kind::swap_router_02},
    WellKnownContract{kPolygon, "0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45", Kind::swap_router_02},
    WellKnownContract{
        kArbitrum, "0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45", Kind::swap_router_02},
    WellKnownContract{kBase, "0x2626664c2603336E57B271c5C0b26F421741e481", Kind::swap_router_02},
    WellKnownContract{kSepolia, "0x3bFA4769FB09eefC5a80d6E87c3B9C650f7Ae48E", Kind::swap_router_02},
    WellKnownContract{
        kBaseSepolia, "0x94cC0AaC535CCDB3C01d6787D6413C739ae12bc4", Kind::swap_router_02},
};

// Versions 1.2 with V2 support, and 2.0. Source: Uniswap/universal-router, deploy-addresses;
// Uniswap documentation, "v4 Deployments".
constexpr std::array kUniversalRouters{
    WellKnownContract{
        kEthereum, "0x3fC91A3afd70395Cd496C647d5a6CC9D4B2b7FAD", Kind::universal_router},
    WellKnownContract{
        kEthereum, "0x66a9893cC07D91D95644AEDD05D03f95e1dBA8Af", Kind::universal_router},
    WellKnownContract{
        kOptimism, "0xCb1355ff08Ab38bBCE60111F1bb2B784bE25D7e8", Kind::universal_router},
    WellKnownContract{
        kOptimism, "0x851116D9223fabED8E56C0E6b8Ad0c31d98B3507", Kind::universal_router},
    WellKnownContract{
        kPolygon, "0xec7BE89e9d109e7e3Fec59c222CF297125FEFda2", Kind::universal_router},
    WellKnownContract{
        kPolygon, "0x1095692A6237d83C6a72F3F5eFEdb9A670C49223", Kind::universal_router},
    WellKnownContract{kBase, "0x3fC91A3afd70395Cd496C647d5a6CC9D4B2b7FAD", Kind::universal_router},
    WellKnownContract{kBase, "0x6fF5693b99212Da76ad316178A184AB56D299b43", Kind::universal_router},
    WellKnownContract{
        kArbitrum, "0x5E325eDA8064b456f4781070C0738d849c824258", Kind::universal_router},
    WellKnownContract{
        kArbitrum, "0xA51afAFe0263b40EdaEf0Df8781eA9aa03E381a3", Kind::universal_router},
    WellKnownContract{
        kSepolia, "0x3fC91A3afd70395Cd496C647d5a6CC9D4B2b7FAD", Kind::universal_router},
    WellKnownContract{
        kSepolia, "0x3A9D48AB9751398BbFa63ad67599Bb04e4BdF98b", Kind::universal_router},
    WellKnownContract{
        kBaseSepolia, "0x492E6456D9528771018DeB9E87ef7750EF184104", Kind::universal_router},
};

template <std::size_t N>
void append(std::vector<WellKnownContract>& out, const std::array<WellKnownContract, N>& entries) {
    out.insert(out.end(), entries.begin(), entries.end());
}

const std::vector<WellKnownContract>& all() {
    static const auto contracts = [] {
        std::vector<WellKnownContract> out;
        append(out, kAnywhere);
        for (const auto& contract : kOnMainChains)
            for (const auto chain : kMainChains)
                out.push_back({chain, contract.address, contract.kind});
        append(out, kWrappedNative);
        append(out, kUniswapV2);
        append(out, kUniswapV3);
        append(out, kUniversalRouters);
        return out;
    }();
    return contracts;
}

// Chain 0 is no chain: it stands for all of them.
using Key = std::pair<std::uint64_t, Address>;

const std::map<Key, ContractKind>& index() {
    static const auto kinds = [] {
        std::map<Key, ContractKind> out;
        for (const auto& contract : all()) {
            const auto address = parse_address(contract.address);
            if (!address) bug("a well-known address does not read");
            const auto chain = contract.chain.value_or(ChainId{0}).value;
            if (!out.try_emplace({chain, *address}, contract.kind).second) {
                bug("a well-known contract stands twice");
            }
        }
        return out;
    }();
    return kinds;
}

}  // namespace

std::span<const WellKnownContract> well_known_contracts() {
    return all();
}

std::optional<ContractKind> well_known_contract(ChainId chain, const Address& address) {
    for (const auto id : {chain.value, std::uint64_t{0}}) {
        const auto found = index().find({id, address});
        if (found != index().end()) return found->second;
    }
    return std::nullopt;
}

}  // namespace chela::policy
