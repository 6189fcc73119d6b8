#include "chains/message/personal.hpp"

#include <string>

namespace chela::chains {
namespace {

constexpr std::uint8_t kSignedData = 0x19;
constexpr std::uint8_t kIntendedValidator = 0x00;

}  // namespace

// Version 0x45 is the "E" of the words that follow.
Bytes personal_message_bytes(BytesView message) {
    const std::string head = "Ethereum Signed Message:\n" + std::to_string(message.size());
    Bytes out{kSignedData};
    out.insert(out.end(), head.begin(), head.end());
    out.insert(out.end(), message.begin(), message.end());
    return out;
}

Bytes validator_message_bytes(const Address& validator, BytesView data) {
    Bytes out{kSignedData, kIntendedValidator};
    out.insert(out.end(), validator.bytes.begin(), validator.bytes.end());
    out.insert(out.end(), data.begin(), data.end());
    return out;
}

}  // namespace chela::chains
