#include "chains/tx/fields.hpp"

#include <algorithm>
#include <limits>
#include <string>

namespace chela::chains::tx {

FieldReader::FieldReader(const rlp::Item& root, std::size_t count) : rest_{root.items} {
    if (root.kind != rlp::Item::Kind::list) {
        refuse("the fields must be a list");
    } else if (root.items.size() != count) {
        refuse(
            "expected " + std::to_string(count) + " fields, got " +
            std::to_string(root.items.size()));
    }
}

void FieldReader::keep(const Error& error) {
    if (!error_) error_ = error;
}

void FieldReader::refuse(std::string_view problem, std::string_view reason) {
    keep(Error{
        ErrorCode::invalid_input, "transaction: " + std::string{problem}, std::string{reason}});
}

const rlp::Item* FieldReader::item() {
    if (error_) return nullptr;
    if (rest_.empty()) bug("a transaction decoder reads more fields than it announced");
    const rlp::Item* const next = &rest_.front();
    rest_ = rest_.subspan(1);
    return next;
}

U256 FieldReader::integer() {
    const rlp::Item* const next = item();
    if (next == nullptr) return {};
    const auto value = rlp::to_u256(*next);
    if (!value) {
        keep(value.error());
        return {};
    }
    return *value;
}

std::uint64_t FieldReader::uint64() {
    const auto value = integer().to_uint64();
    if (!value) refuse("a 64-bit field is larger than 64 bits");
    return value.value_or(0);
}

ChainId FieldReader::chain_id() {
    const ChainId id{uint64()};
    if (id.value == 0) refuse("the chain id is 0");
    return id;
}

Nonce FieldReader::nonce() {
    const Nonce nonce{uint64()};
    if (nonce.value == std::numeric_limits<std::uint64_t>::max()) refuse("the nonce is 2^64-1");
    return nonce;
}

Wei FieldReader::wei() {
    return Wei{integer()};
}

Gas FieldReader::gas() {
    return Gas{uint64()};
}

Bytes FieldReader::data() {
    const rlp::Item* const next = item();
    if (next == nullptr) return {};
    if (next->kind != rlp::Item::Kind::string) {
        refuse("a field of bytes is a list");
        return {};
    }
    return {next->payload.begin(), next->payload.end()};
}

std::optional<Address> FieldReader::to() {
    const Bytes bytes = data();
    if (bytes.empty()) return std::nullopt;
    if (bytes.size() != Address::kSize) {
        refuse("to must be empty or 20 bytes");
        return std::nullopt;
    }
    Address address;
    std::ranges::copy(bytes, address.bytes.begin());
    return address;
}

std::uint8_t FieldReader::parity() {
    const std::uint64_t value = uint64();
    if (value > 1) {
        refuse("the parity must be 0 or 1");
        return 0;
    }
    return static_cast<std::uint8_t>(value);
}

void append_to(rlp::Encoder& encoder, const std::optional<Address>& to) {
    encoder.string(to ? to->view() : BytesView{});
}

}  // namespace chela::chains::tx
