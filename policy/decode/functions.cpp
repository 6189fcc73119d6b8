#include "policy/decode/functions.hpp"

namespace chela::policy {

const Function* find_function(std::uint32_t selector) {
    for (const auto functions : {erc20_functions(), erc721_functions(), erc1155_functions()}) {
        for (const auto& function : functions) {
            if (function.selector == selector) return &function;
        }
    }
    return nullptr;
}

}  // namespace chela::policy
