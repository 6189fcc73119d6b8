#include "tests/chains/tx/evm_cases.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "tests/chains/vector_fields.hpp"
#include "tests/chains/vectors.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

using vector::address;
using vector::bytes;
using vector::quantity;
using vector::take;
using vector::text;

std::uint64_t small(const Json& from, const char* key) {
    return quantity(from, key).to_uint64().value();
}
Wei wei(const Json& from, const char* key) {
    return Wei{quantity(from, key)};
}

template <class Fixed>
std::vector<Fixed> fixed_list(const Json& list) {
    std::vector<Fixed> out;
    for (const Json& each : list)
        out.push_back(take(parse_fixed<Fixed>(each.get<std::string>())));
    return out;
}

chains::AccessList access_list(const Json& list) {
    chains::AccessList out;
    for (const Json& each : list) {
        out.push_back(
            {.address = address(each, "address"),
             .storage_keys = fixed_list<Hash256>(each.at("storage_keys"))});
    }
    return out;
}

template <class Tx>
Tx common(const Json& from) {
    Tx out;
    out.chain_id = ChainId{small(from, "chain_id")};
    out.nonce = Nonce{small(from, "nonce")};
    out.gas_limit = Gas{small(from, "gas_limit")};
    if (!from.at("to").is_null()) out.to = address(from, "to");
    out.value = wei(from, "value");
    out.data = bytes(from, "data");
    if constexpr (requires { out.access_list; }) {
        out.access_list = access_list(from.at("access_list"));
    }
    if constexpr (requires { out.gas_price; }) {
        out.gas_price = wei(from, "gas_price");
    } else {
        out.max_fee_per_gas = wei(from, "max_fee_per_gas");
        out.max_priority_fee_per_gas = wei(from, "max_priority_fee_per_gas");
    }
    return out;
}

AuthorizationCase authorization(const Json& from) {
    const chains::Authorization unsigned_tuple{
        .chain_id = ChainId{small(from, "chain_id")},
        .address = address(from, "address"),
        .nonce = Nonce{small(from, "nonce")}};
    const auto parity = small(from, "y_parity");
    if (parity > 255) bug("malformed vector: y_parity");
    AuthorizationCase out{
        .tuple =
            {.authorization = unsigned_tuple,
             .y_parity = static_cast<std::uint8_t>(parity),
             .r = quantity(from, "r"),
             .s = quantity(from, "s")},
        .key = TestKey{text(from, "private_key")},
        .signing_bytes = bytes(from, "signing_bytes"),
        .signing_hash = text(from, "signing_hash"),
        .authority = std::nullopt};
    if (!from.at("authority").is_null()) out.authority = address(from, "authority");
    return out;
}

std::vector<AuthorizationCase> authorizations(const Json& from) {
    std::vector<AuthorizationCase> out;
    for (const Json& each : from.value("authorization_list", Json::array()))
        out.push_back(authorization(each));
    return out;
}

chains::Transaction transaction(const Json& from) {
    const std::string type = text(from, "type");
    if (type == "legacy") return common<chains::LegacyTransaction>(from);
    if (type == "eip2930") return common<chains::Eip2930Transaction>(from);
    if (type == "eip1559") return common<chains::Eip1559Transaction>(from);
    if (type == "eip4844") {
        auto out = common<chains::Eip4844Transaction>(from);
        out.max_fee_per_blob_gas = wei(from, "max_fee_per_blob_gas");
        out.blob_versioned_hashes =
            fixed_list<chains::VersionedHash>(from.at("blob_versioned_hashes"));
        return out;
    }
    if (type != "eip7702") bug("malformed vector: type " + type);
    auto out = common<chains::Eip7702Transaction>(from);
    for (const auto& each : authorizations(from))
        out.authorization_list.push_back(each.tuple);
    return out;
}

EvmCase read_case(const Json& from) {
    return {
        .name = text(from, "name"),
        .key = TestKey{text(from, "private_key")},
        .sender = address(from, "sender"),
        .transaction = transaction(from),
        .unsigned_bytes = bytes(from, "unsigned"),
        .signing_hash = text(from, "signing_hash"),
        .signed_bytes = bytes(from, "signed"),
        .hash = take(parse_fixed<TxHash>(text(from, "hash"))),
        .authorizations = authorizations(from)};
}

// A blob is one byte again and again; a cell proof is a prefix of the case and its own number.
chains::BlobSidecar sidecar(const Json& from) {
    chains::BlobSidecar out;
    for (const Json& fill : from.at("blob_fills"))
        out.blobs.emplace_back().bytes.fill(fill.get<std::uint8_t>());
    out.commitments = fixed_list<chains::KzgCommitment>(from.at("commitments"));
    if (from.at("version").is_null()) {
        out.proofs = fixed_list<chains::KzgProof>(from.at("proofs"));
        return out;
    }
    out.version = static_cast<chains::SidecarVersion>(from.at("version").get<std::uint8_t>());
    Bytes proof = bytes(from, "cell_proof_prefix");
    proof.resize(chains::KzgProof::kSize);
    for (std::size_t i = 0; i < out.blobs.size() * chains::kCellsPerBlob; ++i) {
        proof[46] = static_cast<std::uint8_t>(i >> 8U);
        proof[47] = static_cast<std::uint8_t>(i & 0xffU);
        std::ranges::copy(proof, out.proofs.emplace_back().bytes.begin());
    }
    return out;
}

}  // namespace

std::vector<EvmCase> evm_cases(std::string_view type) {
    std::vector<EvmCase> out;
    for (const Json& each : load_lines("evm_tx/" + std::string{type} + ".jsonl"))
        out.push_back(read_case(each));
    if (out.size() < 400) bug("too few transaction vectors");
    return out;
}

std::vector<NetworkCase> network_cases() {
    std::vector<NetworkCase> out;
    for (const Json& each : load_lines("evm_tx/eip4844_network.jsonl")) {
        out.push_back(
            {.payload = read_case(each),
             .sidecar = sidecar(each.at("sidecar")),
             .size = each.at("network_bytes").get<std::size_t>(),
             .keccak = text(each, "network_keccak")});
    }
    if (out.size() < 20) bug("too few network vectors");
    return out;
}

}  // namespace chela::test
