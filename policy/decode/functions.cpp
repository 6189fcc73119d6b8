#include "chains/base/result.hpp"
#include "policy/decode/decoder.hpp"

#include <array>
#include <unordered_map>
#include <utility>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

/// A function with its signature read.
struct Entry {
    const KnownFunction* function;
    std::vector<abi::Type> types;
};

std::uint32_t key_of(const abi::Selector& selector) {
    std::uint32_t key = 0;
    for (const auto byte : selector.bytes)
        key = key << 8 | byte;
    return key;
}

/// Every function by selector. Two that share a selector must be told apart by the contract's kind.
class Index {
public:
    Index() {
        const std::array tables{
            erc20_functions(),
            erc721_functions(),
            erc1155_functions(),
            erc777_functions(),
            erc1363_functions(),
            erc3009_functions(),
            dai_permit_functions(),
            wrapped_native_functions(),
            permit2_functions(),
            multicall_functions(),
            safe_functions(),
            account_functions(),
            entry_point_functions(),
            authority_functions(),
            uniswap_v2_functions(),
            uniswap_v3_functions(),
            universal_router_functions()};
        for (const auto& table : tables)
            for (const auto& function : table)
                add(function);
    }

    [[nodiscard]] const std::vector<Entry>* find(const abi::Selector& selector) const {
        const auto found = entries_.find(key_of(selector));
        return found == entries_.end() ? nullptr : &found->second;
    }

private:
    void add(const KnownFunction& function) {
        const auto signature = abi::parse_signature(function.signature);
        if (!signature) bug("a decoder's signature does not read: " + signature.error().detail);
        if (function.only_at.has_value() == !function.anywhere_because.empty()) {
            bug("a decoder names either the kind of contract or why it needs none");
        }
        auto& same = entries_[key_of(abi::selector(*signature))];
        for (const auto& other : same) {
            if (other.function->only_at == function.only_at) {
                bug("two decoders read one selector at the same contracts");
            }
        }
        same.push_back({&function, abi::types_of(signature->inputs)});
    }

    std::unordered_map<std::uint32_t, std::vector<Entry>> entries_;
};

const Index& index() {
    static const Index kIndex;
    return kIndex;
}

}  // namespace

std::optional<FoundFunction> find_function(
    const abi::Selector& selector, std::optional<ContractKind> kind) {
    const auto* entries = index().find(selector);
    if (entries == nullptr) return std::nullopt;
    const Entry* anywhere = nullptr;
    for (const auto& entry : *entries) {
        if (!entry.function->only_at) {
            anywhere = &entry;
        } else if (kind && *entry.function->only_at == *kind) {
            return FoundFunction{entry.function, entry.types};
        }
    }
    if (anywhere == nullptr) return std::nullopt;
    return FoundFunction{anywhere->function, anywhere->types};
}

bool is_known_selector(const abi::Selector& selector) {
    return index().find(selector) != nullptr;
}

}  // namespace chela::policy
