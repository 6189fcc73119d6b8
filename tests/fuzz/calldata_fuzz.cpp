#include "chains/tx/transaction.hpp"
#include "policy/decode/transaction.hpp"

#include <cstdint>
#include <variant>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Any calldata has an effect, and no byte can be added to a call that was understood.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chela;
    chains::LegacyTransaction transaction{
        .chain_id = ChainId{1},
        .nonce = {},
        .gas_price = {},
        .gas_limit = {},
        .to = Address{},
        .value = {},
        .data = Bytes(data, data + size)};
    const Address signer{};
    const auto effects = policy::decode_effects(transaction, signer);
    if (effects.empty()) bug("calldata without an effect");
    if (size < 4) return 0;

    transaction.data.push_back(0);
    for (const auto& effect : policy::decode_effects(transaction, signer)) {
        if (!std::holds_alternative<policy::Opaque>(effect) &&
            !std::holds_alternative<policy::Opaque>(effects.front())) {
            bug("a call is understood with and without a trailing byte");
        }
    }
    return 0;
}
