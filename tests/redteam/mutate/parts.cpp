#include "tests/redteam/mutate/parts.hpp"

#include "chains/abi/signature.hpp"
#include "chains/base/result.hpp"

#include <algorithm>
#include <utility>

namespace chela::redteam {
namespace {

using chains::Transaction;
using chains::UserOperationToSign;
using chains::UserOperationV06;
using chains::UserOperationV07;
using chains::UserOperationV08;

struct CallData {
    Bytes& operator()(UserOperationV06& operation) const { return operation.call_data; }
    Bytes& operator()(UserOperationV07& operation) const { return operation.call_data; }
    Bytes& operator()(UserOperationV08& operation) const { return operation.parts.call_data; }
};

}  // namespace

Address stranger() {
    Address out;
    out.bytes.fill(0xde);
    return out;
}

const Transaction* transaction_of(const Content& content) {
    return std::get_if<Transaction>(&content);
}

std::optional<Bytes> calldata_of(const Content& content) {
    if (const auto* transaction = transaction_of(content)) return chains::data(*transaction);
    if (const auto* to_sign = std::get_if<UserOperationToSign>(&content)) {
        auto copy = to_sign->operation.operation;
        return std::visit(CallData{}, copy);
    }
    return std::nullopt;
}

Content with_calldata(Content content, Bytes data) {
    if (auto* transaction = std::get_if<Transaction>(&content)) {
        std::visit([&data](auto& typed) { typed.data = std::move(data); }, *transaction);
    } else if (auto* to_sign = std::get_if<UserOperationToSign>(&content)) {
        std::visit(CallData{}, to_sign->operation.operation) = std::move(data);
    } else {
        bug("a mutation asks for calldata that is not there");
    }
    return content;
}

Content redirected(const Transaction& transaction, const Address& to, Bytes data, Wei value) {
    auto copy = transaction;
    std::visit(
        [&](auto& typed) {
            typed.to = to;
            typed.data = std::move(data);
            typed.value = value;
        },
        copy);
    return Content{std::move(copy)};
}

Bytes call_of(std::string_view signature, const chains::abi::Value::List& arguments) {
    const auto parsed = chains::abi::parse_signature(signature);
    if (!parsed) bug("a mutation's signature does not read");
    auto data = chains::abi::encode_call(*parsed, arguments);
    if (!data) bug("a mutation's arguments do not fit: " + data.error().detail);
    return *std::move(data);
}

chains::abi::Value number(const U256& value) {
    return {value};
}
chains::abi::Value list(chains::abi::Value::List items) {
    return {std::move(items)};
}

std::vector<std::size_t> positions_of(BytesView part, BytesView bytes) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at + part.size() <= bytes.size(); ++at)
        if (std::ranges::equal(bytes.subspan(at, part.size()), part)) out.push_back(at);
    return out;
}

Bytes replaced(Bytes bytes, std::size_t at, BytesView by) {
    std::ranges::copy(by, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    return bytes;
}

U256 plus(const U256& a, std::uint64_t b) {
    return add(a, U256{b}).value_or(U256::max());
}

}  // namespace chela::redteam
