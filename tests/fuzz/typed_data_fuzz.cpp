#include "chains/crypto/keccak.hpp"
#include "chains/message/typed_data_json.hpp"

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// Any text is read or refused with a reason; what is read has one hash, however its JSON is laid
/// out, and its declarations hash to what it was hashed with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace chela;
    const std::string text(data, data + size);
    const auto parsed = chains::parse_typed_data(text);
    if (!parsed) {
        if (parsed.error().reason.empty()) bug("a refusal of typed data without a reason");
        return 0;
    }
    const Bytes bytes = parsed->bytes();
    const bool is_domain_alone = parsed->primary_type() == chains::kDomainType;
    if (bytes.size() != (is_domain_alone ? 34U : 66U)) bug("typed data of another length");
    const auto json = parse_json(text);
    const auto again = chains::parse_typed_data(json->dump());
    if (!again || again->bytes() != bytes) bug("typed data has two hashes");
    const auto written = chains::read_typed_data(chains::to_json(*parsed));
    if (!written || written->bytes() != bytes) bug("typed data does not read back as written");
    if (chains::hash_struct(parsed->types(), parsed->message()) != parsed->struct_hash()) {
        bug("the message is not what was hashed");
    }
    const std::string type = parsed->types().encode_type(parsed->primary_type());
    if (chains::keccak256(Bytes{type.begin(), type.end()}) !=
        parsed->types().type_hash(parsed->primary_type())) {
        bug("the type hash is of another text");
    }
    return 0;
}
