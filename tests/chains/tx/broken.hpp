#pragma once

#include "chains/base/hex.hpp"
#include "chains/rlp/encode.hpp"
#include "chains/tx/transaction.hpp"

#include <string>
#include <vector>

namespace chela::test {

/// RLP items as hex, in the order of a transaction's fields: a good transaction, ready to be broken
/// in one place.
using Fields = std::vector<std::string>;

inline const Fields kLegacy{
    "0x09", "0x64", "0x825208", "0x943535353535353535353535353535353535353535", "0x01", "0x80",
    "0x01", "0x80", "0x80"};
inline const Fields kEip1559{"0x01", "0x09",     "0x01",
                             "0x64", "0x825208", "0x943535353535353535353535353535353535353535",
                             "0x01", "0x80",     "0xc0"};
inline const Fields kEip2930{
    "0x01", "0x09", "0x64", "0x825208", "0x943535353535353535353535353535353535353535",
    "0x01", "0x80", "0xc0"};
inline const std::string kVersionedHash = "a001" + std::string(62, '2');
/// kEip1559, a blob gas price and one versioned hash.
inline const Fields kEip4844{
    "0x01",
    "0x09",
    "0x01",
    "0x64",
    "0x825208",
    "0x943535353535353535353535353535353535353535",
    "0x01",
    "0x80",
    "0xc0",
    "0x07",
    "0xe1" + kVersionedHash};
inline const std::string kTuple =
    "da01943535353535353535353535353535353535353535"
    "02800304";
/// kEip1559 and one authorization: chain 1, nonce 2, parity 0, r 3, s 4.
inline const Fields kEip7702{"0x01",     "0x09",
                             "0x01",     "0x64",
                             "0x825208", "0x943535353535353535353535353535353535353535",
                             "0x01",     "0x80",
                             "0xc0",     "0xdb" + kTuple};

inline const std::string kNot64Bits = "0x89010000000000000000";
inline const std::string kNot256Bits = "0xa1" + std::string(66, '1');

/// @param type  the hex in front of the list: "0x" or "0x02"
[[nodiscard]] inline Bytes encode(const Fields& fields, const std::string& type = "0x") {
    chains::rlp::Encoder encoder;
    for (const std::string& field : fields)
        encoder.raw(parse_hex(field).value());
    Bytes out = parse_hex(type).value();
    const Bytes list = encoder.as_list();
    out.insert(out.end(), list.begin(), list.end());
    return out;
}

[[nodiscard]] inline Fields with(Fields fields, std::size_t at, const std::string& item) {
    fields.at(at) = item;
    return fields;
}

[[nodiscard]] inline std::string item(const U256& value) {
    return to_hex(chains::rlp::Encoder{}.integer(value).items());
}

/// The items as one list, hex with "0x". @param payload  hex digits only
[[nodiscard]] inline std::string list_of(const std::string& payload) {
    return to_hex(chains::rlp::Encoder{}.raw(parse_hex("0x" + payload).value()).as_list());
}

/// @return "accepted", the reason, or the code's name when there is no reason
template <class T>
[[nodiscard]] std::string refusal(const Result<T>& result) {
    if (result) return "accepted";
    return result.error().reason.empty() ? std::string{to_string(result.error().code)}
                                         : result.error().reason;
}

}  // namespace chela::test
