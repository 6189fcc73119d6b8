#include "signer/pkcs11/ec_point.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

// An empty view: no form fits.
BytesView unwrap(BytesView attribute) {
    const auto after = [attribute](std::initializer_list<std::uint8_t> header) {
        const BytesView start = attribute.first(header.size());
        return std::ranges::equal(start, header) ? attribute.subspan(header.size()) : BytesView{};
    };
    switch (attribute.size()) {
        case 64:
        case 65:
        case 33:
            return attribute;
        case 67:
            return after({0x04, 0x41});
        case 35:
            return after({0x04, 0x21});
        case 68:
            return after({0x03, 0x42, 0x00});
        default:
            return {};
    }
}

bool has_right_prefix(BytesView point) {
    if (point.size() == 65) return point.front() == 0x04;
    if (point.size() == 33) return point.front() == 0x02 || point.front() == 0x03;
    return point.size() == 64;
}

}  // namespace

Result<chains::PublicKey> decode_ec_point(BytesView attribute) {
    const BytesView point = unwrap(attribute);
    if (!has_right_prefix(point)) {
        return fail(
            ErrorCode::bad_response,
            fmt::format("the token's EC point of {} bytes has no known form", attribute.size()),
            "E_EC_POINT");
    }
    auto key = chains::parse_public_key(point);
    if (!key) {
        return fail(
            ErrorCode::bad_response, "the token's EC point is not on secp256k1", "E_EC_POINT");
    }
    return key;
}

}  // namespace chela::signer::pkcs11
