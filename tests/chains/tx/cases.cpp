#include "tests/chains/tx/cases.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "tests/chains/vector_fields.hpp"
#include "tests/chains/vectors.hpp"

#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

using vector::decimal;
using vector::take;
using vector::text;

using chains::AccessList;
using chains::Eip1559Transaction;
using chains::LegacyTransaction;

std::uint64_t small(const Json& from, const char* key) {
    return decimal(from, key).to_uint64().value();
}

template <class Typed>
void read_common(const Json& from, Typed& out) {
    out.chain_id = ChainId{small(from, "chain_id")};
    out.nonce = Nonce{small(from, "nonce")};
    out.gas_limit = Gas{small(from, "gas_limit")};
    if (!from.at("to").is_null()) out.to = take(parse_address(text(from, "to")));
    out.value = Wei{decimal(from, "value")};
    out.data = take(parse_hex(text(from, "data")));
}

AccessList read_access_list(const Json& from) {
    AccessList out;
    for (const Json& each : from) {
        auto& entry = out.emplace_back();
        entry.address = take(parse_address(text(each, "address")));
        for (const Json& key : each.at("storage_keys")) {
            entry.storage_keys.push_back(take(parse_fixed<Hash256>(key.get<std::string>())));
        }
    }
    return out;
}

chains::Transaction read_transaction(const Json& from) {
    if (from.contains("gas_price")) {
        LegacyTransaction out;
        read_common(from, out);
        out.gas_price = Wei{decimal(from, "gas_price")};
        return out;
    }
    Eip1559Transaction out;
    read_common(from, out);
    out.max_priority_fee_per_gas = Wei{decimal(from, "max_priority_fee_per_gas")};
    out.max_fee_per_gas = Wei{decimal(from, "max_fee_per_gas")};
    out.access_list = read_access_list(from.at("access_list"));
    return out;
}

TransactionCase read_case(const Json& from) {
    return {
        .name = text(from, "name"),
        .key = TestKey{text(from, "private_key")},
        .sender = take(parse_address(text(from, "sender"))),
        .transaction = read_transaction(from),
        .unsigned_bytes = take(parse_hex(text(from, "unsigned"))),
        .signed_bytes = take(parse_hex(text(from, "signed"))),
        .hash = take(parse_fixed<TxHash>(text(from, "hash"))),
        .signing_hash = from.value("signing_hash", "")};
}

}  // namespace

std::vector<TransactionCase> transaction_cases() {
    std::vector<TransactionCase> out;
    std::size_t legacy = 0;
    for (const char* file : {"eip155/eip_example.json", "eip155/cast.json", "eip1559/cast.json"}) {
        for (const Json& each : load_cases(file)) {
            out.push_back(read_case(each));
            if (std::holds_alternative<LegacyTransaction>(out.back().transaction)) ++legacy;
        }
    }
    if (legacy < 20 || out.size() - legacy < 20) bug("too few transaction vectors");
    return out;
}

}  // namespace chela::test
