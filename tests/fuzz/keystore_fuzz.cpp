#include "chains/base/result.hpp"
#include "signer/software/keystore.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace chela;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Nothing is decrypted: that takes a second by design.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto keystore = signer::software::parse_keystore(text);
    if (!keystore) return 0;
    if (keystore->ciphertext.size() != 32) bug("a keystore with another ciphertext was read");
    if (!signer::software::check_bounds(keystore->kdf)) bug("a keystore out of bounds was read");
    const std::string written = signer::software::to_json(*keystore);
    const auto again = signer::software::parse_keystore(written);
    if (!again || signer::software::to_json(*again) != written)
        bug("a keystore does not survive a round trip");
    return 0;
}
