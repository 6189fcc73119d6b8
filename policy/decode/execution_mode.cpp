#include "policy/decode/execution_mode.hpp"

#include "chains/abi/decode.hpp"
#include "chains/abi/position.hpp"
#include "policy/decode/values.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace chela::policy {
namespace {

namespace abi = chains::abi;

constexpr std::size_t kWord = 32;
constexpr std::size_t kPackedHeader = Address::kSize + kWord;

// Offsets into the mode. Source: ERC-7579, "Execution Behavior".
constexpr std::size_t kUnused = 2;
constexpr std::size_t kSelector = 6;
constexpr std::size_t kPayload = 10;

bool is_zero(BytesView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

std::vector<abi::Type> types_of(std::string_view signature) {
    const auto parsed = abi::parse_signature(signature);
    if (!parsed) bug("a signature of execution data does not read");
    return abi::types_of(parsed->inputs);
}

const std::vector<abi::Type>& batch_types() {
    static const auto kTypes = types_of("f((address,uint256,bytes)[])");
    return kTypes;
}
const std::vector<abi::Type>& batch_with_data_types() {
    static const auto kTypes = types_of("f((address,uint256,bytes)[],bytes)");
    return kTypes;
}
const std::vector<abi::Type>& batches_types() {
    static const auto kTypes = types_of("f(bytes[])");
    return kTypes;
}

Address address_at(BytesView bytes) {
    Address out;
    std::ranges::copy(bytes.first(Address::kSize), out.bytes.begin());
    return out;
}

/// The `length` bytes of `data` that start at `begin`.
struct Slice {
    std::size_t begin;
    std::size_t length;
};

/// Reads the parts of an execution. Decoded values live only here, so calls point into `data`.
class Reader {
public:
    Reader(const Frame& frame, BytesView root, std::size_t at)
        : frame_{frame},
          root_{root},
          at_{at} {}

    [[nodiscard]] bool read_single() {
        if (root_.size() < kPackedHeader) return false;
        const auto value = U256::from_big_endian(root_.subspan(Address::kSize, kWord));
        if (!value) bug("a 32-byte word does not fit 256 bits");
        add(address_at(root_), *value, {kPackedHeader, root_.size() - kPackedHeader});
        return true;
    }

    enum class ZeroTarget : std::uint8_t { is_account, is_ambiguous };

    [[nodiscard]] bool read_batch(
        Slice part, std::span<const abi::Type> types, ZeroTarget zero_target) {
        const auto values = abi::decode(types, root_.subspan(part.begin, part.length));
        if (!values) return false;
        const auto& calls = value_as<abi::Value::List>(values->front());
        for (std::size_t i = 0; i < calls.size() && out.size() <= kMaxNodes; ++i) {
            auto target = member_as<Address>(calls[i], 0);
            const auto& value = member_as<U256>(calls[i], 1);
            // ERC-7821 reads a zero target as the account, ERC-7579 as that address. A call without
            // value does nothing there, so only with one is it unclear what would happen.
            if (target == Address{}) {
                if (zero_target == ZeroTarget::is_ambiguous && !value.is_zero()) return false;
                target = frame_.target;
            }
            const auto begin = part.begin + abi::position(types, *values, std::array{0UZ, i, 2UZ});
            add(target, value, {begin, member_as<Bytes>(calls[i], 2).size()});
        }
        return true;
    }

    [[nodiscard]] bool read_batch_with_data(Slice part) {
        return read_batch(part, batch_types(), ZeroTarget::is_account) ||
               read_batch(part, batch_with_data_types(), ZeroTarget::is_account);
    }

    [[nodiscard]] bool read_batches() {
        const auto values = abi::decode(batches_types(), root_);
        if (!values) return false;
        const auto& batches = value_as<abi::Value::List>(values->front());
        for (std::size_t i = 0; i < batches.size() && out.size() <= kMaxNodes; ++i) {
            const auto begin = abi::position(batches_types(), *values, std::array{0UZ, i});
            if (!read_batch_with_data({begin, value_as<Bytes>(batches[i]).size()})) return false;
        }
        return true;
    }

    [[nodiscard]] Slice whole() const { return {0, root_.size()}; }

    std::vector<CarriedCall> out;

private:
    void add(const Address& target, const U256& value, Slice data) {
        out.push_back(
            {.target = target,
             .value = Wei{value},
             .data = root_.subspan(data.begin, data.length),
             .at = at_ + data.begin});
    }

    const Frame& frame_;
    BytesView root_;
    std::size_t at_;
};

bool read(Reader& reader, ExecutionMode mode) {
    switch (mode) {
        case ExecutionMode::single:
            return reader.read_single();
        case ExecutionMode::batch:
            return reader.read_batch(
                reader.whole(), batch_types(), Reader::ZeroTarget::is_ambiguous);
        case ExecutionMode::batch_with_data:
            return reader.read_batch_with_data(reader.whole());
        case ExecutionMode::batch_of_batches:
            return reader.read_batches();
        case ExecutionMode::delegatecall:
            break;
    }
    bug("a delegatecall is not a list of calls");
}

}  // namespace

std::optional<ExecutionMode> parse_execution_mode(BytesView mode) {
    if (mode.size() != kWord) bug("an execution mode is a word");
    if (!is_zero(mode.subspan(kUnused, kSelector - kUnused)) || !is_zero(mode.subspan(kPayload))) {
        return std::nullopt;
    }
    const auto selector = mode.subspan(kSelector, kPayload - kSelector);
    if (is_zero(selector)) {
        if (mode[1] > 1) return std::nullopt;
        if (mode[0] == 0x00) return ExecutionMode::single;
        if (mode[0] == 0x01) return ExecutionMode::batch;
        if (mode[0] == 0xff) return ExecutionMode::delegatecall;
        return std::nullopt;
    }
    const bool is_erc7821 = mode[0] == 0x01 && mode[1] == 0 && selector[0] == 0x78 &&
                            selector[1] == 0x21 && selector[2] == 0;
    if (!is_erc7821) return std::nullopt;
    if (selector[3] == 1) return ExecutionMode::batch_with_data;
    if (selector[3] == 2) return ExecutionMode::batch_of_batches;
    return std::nullopt;
}

std::optional<Execution> parse_execution(
    ExecutionMode mode, const Frame& frame, BytesView data, std::size_t at) {
    if (mode == ExecutionMode::delegatecall) {
        if (data.size() < Address::kSize) return std::nullopt;
        return Execution{.calls = {}, .delegate = address_at(data)};
    }
    Reader reader{frame, data, at};
    if (!read(reader, mode)) return std::nullopt;
    return Execution{.calls = std::move(reader.out), .delegate = std::nullopt};
}

}  // namespace chela::policy
