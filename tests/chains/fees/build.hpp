#pragma once

#include "chains/tx/transaction.hpp"

#include <vector>

namespace chela::chains::fees::test {

inline Wei wei(std::uint64_t amount) {
    return Wei{U256{amount}};
}

/// One transaction of every type, with every member set to something of its own.
inline std::vector<Transaction> one_of_each() {
    Address to;
    to.bytes.fill(0xa1);
    VersionedHash blob;
    blob.bytes.fill(3);
    blob.bytes[0] = kVersionedHashVersion;
    const AccessList access_list{{to, {}}};
    const ChainId chain{8453};
    SignedAuthorization authorization;
    authorization.authorization = {chain, to, Nonce{2}};
    return {
        LegacyTransaction{chain, Nonce{7}, wei(100), Gas{50'000}, to, wei(5), {1, 2}},
        Eip2930Transaction{chain, Nonce{7}, wei(100), Gas{50'000}, to, wei(5), {1, 2}, access_list},
        Eip1559Transaction{
            chain, Nonce{7}, wei(10), wei(100), Gas{50'000}, to, wei(5), {1, 2}, access_list},
        Eip4844Transaction{
            chain,
            Nonce{7},
            wei(10),
            wei(100),
            Gas{50'000},
            to,
            wei(5),
            {1, 2},
            access_list,
            wei(30),
            {blob, blob}},
        Eip7702Transaction{
            chain,
            Nonce{7},
            wei(10),
            wei(100),
            Gas{50'000},
            to,
            wei(5),
            {1, 2},
            access_list,
            {authorization}}};
}

}  // namespace chela::chains::fees::test
