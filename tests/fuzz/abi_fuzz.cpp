#include "chains/abi/decode.hpp"
#include "chains/abi/encode.hpp"
#include "chains/abi/revert_reason.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::array<std::string_view, 16> kSignatures{
    "f(uint8,int8,bool,address,bytes4)",
    "f(uint256,int256,bytes32)",
    "f(bytes)",
    "f(string)",
    "f(bytes,string)",
    "f(uint8[])",
    "f(uint256[3])",
    "f(string[2])",
    "f(string[])",
    "f(uint8[][])",
    "f(bytes[][])",
    "f((address,uint256)[])",
    "f((bytes,bool),string[2])",
    "f((uint8[],(string,int24)[2])[])",
    "f(uint8[][][][][][][][])",
    "f()"};

}  // namespace

/// The first byte picks the types. What is decoded encodes to the same bytes, and whatever is
/// decoded strictly reads the same for display.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chela;
    namespace abi = chains::abi;
    if (size == 0) return 0;
    const auto signature = abi::parse_signature(kSignatures.at(data[0] % kSignatures.size()));
    if (!signature) bug("a signature of the table is not read");
    const auto types = abi::types_of(signature->inputs);
    const BytesView input{data + 1, size - 1};

    abi::KnownErrors known;
    abi::Signature error = *signature;
    error.kind = abi::Signature::Kind::error;
    if (!known.add(error)) bug("an error of the table is not known");
    (void)abi::revert_reason(input, known);
    const auto shown = abi::decode_for_display(types, input);
    const auto values = abi::decode(types, input);
    if (!values) {
        if (values.error().reason.empty()) bug("an ABI refusal without a reason");
        return 0;
    }
    const auto encoded = abi::encode(types, *values);
    if (!encoded || !std::ranges::equal(*encoded, input)) bug("ABI data does not survive");
    if (!shown || *shown != *values) bug("values are displayed in another way than decoded");
    return 0;
}
