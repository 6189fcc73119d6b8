#pragma once

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/base/json.hpp"
#include "chains/base/u256.hpp"

#include <string>

#include <nlohmann/json.hpp>

/// Members of a case in a vector file. One that is malformed ends the test run.
namespace chela::test::vector {

template <class T>
T take(const Result<T>& result) {
    if (!result) bug("malformed vector: " + result.error().detail);
    return *result;
}

inline std::string text(const Json& from, const char* key) {
    return from.at(key).get<std::string>();
}
/// "0x…", as JSON-RPC writes it.
inline U256 quantity(const Json& from, const char* key) {
    return take(parse_quantity(text(from, key)));
}
inline U256 decimal(const Json& from, const char* key) {
    return take(parse_decimal(text(from, key)));
}
inline Bytes bytes(const Json& from, const char* key) {
    return take(parse_hex(text(from, key)));
}
inline Address address(const Json& from, const char* key) {
    return take(parse_address(text(from, key)));
}

}  // namespace chela::test::vector
