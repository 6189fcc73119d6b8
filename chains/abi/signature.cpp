#include "chains/abi/signature.hpp"

#include "chains/abi/decode.hpp"
#include "chains/abi/encode.hpp"
#include "chains/crypto/keccak.hpp"

#include <algorithm>

namespace chela::chains::abi {
namespace {

Hash256 hash_of(const Signature& signature) {
    const std::string text = canonical_text(signature);
    return keccak256(Bytes{text.begin(), text.end()});
}

}  // namespace

std::vector<Type> types_of(const std::vector<Parameter>& parameters) {
    std::vector<Type> out;
    out.reserve(parameters.size());
    for (const Parameter& parameter : parameters)
        out.push_back(parameter.type);
    return out;
}

std::string canonical_text(const Signature& signature) {
    std::string out = signature.name + '(';
    for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
        if (i > 0) out += ',';
        out += to_string(signature.inputs[i].type);
    }
    return out + ')';
}

Selector selector(const Signature& signature) {
    const Hash256 hash = hash_of(signature);
    Selector out;
    std::ranges::copy(hash.view().first(Selector::kSize), out.bytes.begin());
    return out;
}

Hash256 topic(const Signature& signature) {
    return hash_of(signature);
}

Result<Bytes> encode_call(const Signature& signature, const std::vector<Value>& arguments) {
    const auto encoded = encode(types_of(signature.inputs), arguments);
    if (!encoded) return encoded;
    const Selector first = selector(signature);
    Bytes out{first.bytes.begin(), first.bytes.end()};
    out.insert(out.end(), encoded->begin(), encoded->end());
    return out;
}

Result<std::vector<Value>> decode_call(const Signature& signature, BytesView calldata) {
    const Selector expected = selector(signature);
    if (calldata.size() < Selector::kSize ||
        !std::ranges::equal(calldata.first(Selector::kSize), expected.bytes)) {
        return fail(
            ErrorCode::invalid_input, "not a call of " + canonical_text(signature),
            "E_ABI_SELECTOR");
    }
    return decode(types_of(signature.inputs), calldata.subspan(Selector::kSize));
}

}  // namespace chela::chains::abi
