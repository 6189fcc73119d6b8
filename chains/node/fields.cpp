#include "chains/node/fields.hpp"

#include <nlohmann/json.hpp>

namespace chela::chains::node {

std::unexpected<Error> bad_answer(std::string_view what, std::string_view problem) {
    std::string detail{"the node's answer: "};
    detail += what;
    detail += ' ';
    detail += problem;
    return fail(ErrorCode::bad_response, std::move(detail), "E_NODE_ANSWER");
}

Result<const Json*> member(const Json& object, std::string_view name) {
    if (!object.is_object())
        return bad_answer(name, "is looked for in something that is no object");
    const auto found = object.find(name);
    if (found == object.end()) return bad_answer(name, "is missing");
    return &*found;
}

const Json* optional_member(const Json& object, std::string_view name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> read_text(const Json& value, std::string_view what) {
    if (!value.is_string()) return bad_answer(what, "is not a string");
    return value.get_ref<const std::string&>();
}

Result<Bytes> read_data(const Json& value, std::string_view what) {
    if (!value.is_string()) return bad_answer(what, "is not a string");
    auto bytes = parse_hex(value.get_ref<const std::string&>());
    if (!bytes) return bad_answer(what, "is not hex data");
    return bytes;
}

Result<U256> read_quantity(const Json& value, std::string_view what) {
    if (!value.is_string()) return bad_answer(what, "is not a string");
    auto quantity = parse_quantity(value.get_ref<const std::string&>());
    if (!quantity) return bad_answer(what, "is not a quantity of at most 256 bits");
    return quantity;
}

Result<std::uint64_t> read_uint64(const Json& value, std::string_view what) {
    const auto quantity = read_quantity(value, what);
    if (!quantity) return std::unexpected{quantity.error()};
    const auto number = quantity->to_uint64();
    if (!number) return bad_answer(what, "does not fit 64 bits");
    return *number;
}

Result<BlockNumber> read_block_number(const Json& value, std::string_view what) {
    constexpr std::uint64_t kHighest = std::uint64_t{1} << 48U;
    const auto number = read_uint64(value, what);
    if (!number) return std::unexpected{number.error()};
    if (*number > kHighest) return bad_answer(what, "is higher than any chain");
    return BlockNumber{*number};
}

Result<U256> quantity_member(const Json& object, std::string_view name) {
    const auto value = member(object, name);
    if (!value) return std::unexpected{value.error()};
    return read_quantity(**value, name);
}

Result<std::uint64_t> uint64_member(const Json& object, std::string_view name) {
    const auto value = member(object, name);
    if (!value) return std::unexpected{value.error()};
    return read_uint64(**value, name);
}

}  // namespace chela::chains::node
