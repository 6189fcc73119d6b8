#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "chains/userop/json.hpp"

#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::chains {
namespace {

/// Takes members one after another and remembers the first thing that is wrong.
class MemberReader {
public:
    explicit MemberReader(const Json& json) : json_{json} {
        if (!json.is_object()) fail_at("the user operation", "is not an object");
    }

    [[nodiscard]] bool has(std::string_view name) const {
        return json_.is_object() && json_.contains(name);
    }
    U256 quantity(std::string_view name) {
        const auto value = parse_quantity(text(name));
        if (!value) {
            fail_at(name, "is not a quantity of at most 256 bits (0x, no leading zeros)");
            return {};
        }
        return *value;
    }
    Bytes data(std::string_view name) {
        auto value = parse_hex(text(name));
        if (!value) {
            fail_at(name, "is not 0x and an even number of hex digits");
            return {};
        }
        return *std::move(value);
    }
    void word(std::string_view name) {
        const auto value = text(name);
        const auto bytes = parse_hex(value);
        const bool is_word = bytes && bytes->size() == Hash256::kSize;
        if (!is_word && !parse_quantity(value)) fail_at(name, "is not a word of 32 bytes");
    }
    Address address(std::string_view name) {
        const auto value = parse_address(text(name));
        if (!value) {
            fail_at(name, "is not an address with a right checksum");
            return {};
        }
        return *value;
    }
    const Json& object(std::string_view name) {
        static const Json kEmpty = Json::object();
        taken_.emplace(name);
        if (!has(name) || !json_.at(std::string{name}).is_object()) {
            fail_at(name, "is missing or not an object");
            return kEmpty;
        }
        return json_.at(std::string{name});
    }
    [[nodiscard]] std::string text(std::string_view name) {
        taken_.emplace(name);
        if (!has(name)) {
            fail_at(name, "is missing");
            return {};
        }
        const Json& value = json_.at(std::string{name});
        if (!value.is_string()) {
            fail_at(name, "is not a string");
            return {};
        }
        return value.get<std::string>();
    }
    /// Nothing is left that was not taken.
    void end() {
        if (!json_.is_object()) return;
        for (const auto& item : json_.items()) {
            if (!taken_.contains(item.key())) {
                fail_at(item.key().substr(0, 64), "is no member of this version");
            }
        }
    }
    void fail_at(std::string_view name, std::string_view problem) {
        if (error_) return;
        error_ = Error{
            ErrorCode::invalid_input, fmt::format("user operation: {} {}", name, problem),
            "E_USER_OPERATION_MEMBER"};
    }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    const Json& json_;
    std::set<std::string, std::less<>> taken_;
    std::optional<Error> error_;
};

template <class Operation>
Operation read_common(MemberReader& reader) {
    Operation out;
    out.sender = reader.address("sender");
    out.nonce = reader.quantity("nonce");
    out.call_data = reader.data("callData");
    out.call_gas_limit = reader.quantity("callGasLimit");
    out.verification_gas_limit = reader.quantity("verificationGasLimit");
    out.pre_verification_gas = reader.quantity("preVerificationGas");
    out.max_fee_per_gas = reader.quantity("maxFeePerGas");
    out.max_priority_fee_per_gas = reader.quantity("maxPriorityFeePerGas");
    if (reader.has("signature")) reader.data("signature");
    return out;
}

UserOperationV06 read_v06(MemberReader& reader) {
    auto out = read_common<UserOperationV06>(reader);
    out.init_code = reader.data("initCode");
    out.paymaster_and_data = reader.data("paymasterAndData");
    return out;
}

enum class ShortMarker : std::uint8_t { refused, accepted };

UserOperationV07 read_v07(MemberReader& reader, ShortMarker marker) {
    auto out = read_common<UserOperationV07>(reader);
    if (reader.has("factory") || reader.has("factoryData")) {
        const bool is_short = marker == ShortMarker::accepted && reader.text("factory") == "0x7702";
        out.factory = {
            .address = is_short ? kEip7702Marker : reader.address("factory"),
            // Bundlers leave the data out where the marker has none.
            .data = is_short && !reader.has("factoryData") ? Bytes{} : reader.data("factoryData")};
    }
    if (reader.has("paymaster") || reader.has("paymasterData") ||
        reader.has("paymasterVerificationGasLimit") || reader.has("paymasterPostOpGasLimit")) {
        out.paymaster = {
            .address = reader.address("paymaster"),
            .verification_gas_limit = reader.quantity("paymasterVerificationGasLimit"),
            .post_op_gas_limit = reader.quantity("paymasterPostOpGasLimit"),
            .data = reader.data("paymasterData")};
    }
    return out;
}

/// Source: ERC-7769, "eip7702Auth": a signed authorization, of which the operation's hash covers
/// only the delegate.
std::optional<Address> read_delegate(MemberReader& reader) {
    if (!reader.has("eip7702Auth")) return std::nullopt;
    MemberReader authorization{reader.object("eip7702Auth")};
    const auto delegate = authorization.address("address");
    for (const std::string_view name : {"chainId", "nonce", "yParity"}) {
        if (authorization.has(name)) authorization.quantity(name);
    }
    // Words of a signature: some write them as quantities, some as 32 bytes.
    for (const std::string_view name : {"r", "s"}) {
        if (authorization.has(name)) authorization.word(name);
    }
    authorization.end();
    if (authorization.error()) reader.fail_at("eip7702Auth", authorization.error()->detail);
    return delegate;
}

}  // namespace

Result<UserOperation> read_user_operation(
    const Json& json, UserOperationVersion version, const Address& entry_point, ChainId chain_id) {
    MemberReader reader{json};
    UserOperation out{.operation = {}, .entry_point = entry_point, .chain_id = chain_id};
    switch (version) {
        case UserOperationVersion::v06:
            out.operation = read_v06(reader);
            break;
        case UserOperationVersion::v07:
            out.operation = read_v07(reader, ShortMarker::refused);
            break;
        case UserOperationVersion::v08: {
            auto parts = read_v07(reader, ShortMarker::accepted);
            out.operation = UserOperationV08{std::move(parts), read_delegate(reader)};
            break;
        }
    }
    reader.end();
    if (reader.error()) return std::unexpected{*reader.error()};
    return out;
}

}  // namespace chela::chains
