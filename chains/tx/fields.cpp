#include "chains/tx/fields.hpp"

#include <limits>
#include <string>

namespace chela::chains::tx {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

}  // namespace

FieldReader::FieldReader(const rlp::Item& root, std::size_t count)
    : rest_{root.items},
      at_{root.offset} {
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
    refuse_at(at_, problem, reason);
}

void FieldReader::refuse_at(
    std::size_t position, std::string_view problem, std::string_view reason) {
    keep(Error{
        ErrorCode::invalid_input,
        "transaction at byte " + std::to_string(position) + ": " + std::string{problem},
        std::string{reason}});
}

const rlp::Item* FieldReader::item() {
    if (error_) return nullptr;
    if (rest_.empty()) bug("a transaction decoder reads more fields than it announced");
    const rlp::Item* const next = &rest_.front();
    rest_ = rest_.subspan(1);
    at_ = next->offset;
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

std::uint8_t FieldReader::uint8() {
    const std::uint64_t value = uint64();
    if (value <= std::numeric_limits<std::uint8_t>::max()) return static_cast<std::uint8_t>(value);
    refuse("an 8-bit field is larger than 8 bits");
    return 0;
}

ChainId FieldReader::chain_id_or_zero() {
    return ChainId{uint64()};
}

ChainId FieldReader::chain_id() {
    const ChainId id = chain_id_or_zero();
    if (id.value == 0) refuse("the chain id is 0");
    return id;
}

Nonce FieldReader::any_nonce() {
    return Nonce{uint64()};
}

Nonce FieldReader::nonce() {
    const Nonce nonce = any_nonce();
    if (nonce.value == kMax) refuse("the nonce is 2^64-1");
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

std::span<const rlp::Item> FieldReader::list(std::string_view name) {
    const rlp::Item* const next = item();
    if (next == nullptr) return {};
    if (next->kind == rlp::Item::Kind::list) return next->items;
    refuse(std::string{name} + " is not a list");
    return {};
}

void FieldReader::read_to(std::optional<Address>& out) {
    const rlp::Item* const next = item();
    if (next == nullptr) return;
    const bool is_nothing = next->kind == rlp::Item::Kind::string && next->payload.empty();
    if (is_nothing) {
        out.reset();
    } else if (!read_fixed(*next, out.emplace())) {
        refuse("to must be empty or 20 bytes");
    }
}

void FieldReader::read_to(Address& out) {
    const rlp::Item* const next = item();
    if (next != nullptr && !read_fixed(*next, out)) refuse("to must be 20 bytes");
}

void FieldReader::read_delegate(Address& out) {
    const rlp::Item* const next = item();
    if (next != nullptr && !read_fixed(*next, out))
        refuse("the address of an authorization must be 20 bytes");
}

RecoverableSignature FieldReader::signature() {
    RecoverableSignature out;
    out.y_parity = uint8();
    if (out.y_parity > 1) refuse("the parity must be 0 or 1");
    out.r = integer();
    out.s = integer();
    return out;
}

void append(rlp::Encoder& encoder, const std::optional<Address>& to) {
    encoder.string(to ? to->view() : BytesView{});
}

void append(rlp::Encoder& encoder, const Address& to) {
    encoder.string(to.view());
}

void append(rlp::Encoder& encoder, const RecoverableSignature& signature) {
    encoder.integer(std::uint64_t{signature.y_parity}).integer(signature.r).integer(signature.s);
}

}  // namespace chela::chains::tx
