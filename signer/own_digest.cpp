#include "signer/own_digest.hpp"

#include "chains/crypto/keccak.hpp"

#include <string_view>

namespace chela::signer {

namespace {

std::string_view words(FixedText text) {
    switch (text) {
        case FixedText::self_test:
            return "chela signer v1: self-test after re-initialisation";
        case FixedText::find_key_one:
            return "chela signer v1: find the public key, first text";
        case FixedText::find_key_two:
            return "chela signer v1: find the public key, second text";
        case FixedText::prove_key:
            return "chela signer v1: prove the key pair";
    }
    bug("unknown FixedText");
}

}  // namespace

OwnDigest OwnDigest::of(const chains::ApprovedPreimage& approved) {
    const BytesView bytes = approved.preimage().bytes();
    // Every preimage starts with its kind: this one has been moved away.
    if (bytes.empty()) bug("an approval was used twice");
    return OwnDigest{SigningHash{chains::keccak256(bytes).bytes}};
}

OwnDigest OwnDigest::of(FixedText text) {
    const std::string_view said = words(text);
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(said.data());
    return OwnDigest{SigningHash{chains::keccak256({bytes, said.size()}).bytes}};
}

}  // namespace chela::signer
