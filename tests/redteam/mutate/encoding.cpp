// Bytes that two readers may read in two ways.
#include "tests/redteam/mutate/addresses.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <array>

#include <fmt/format.h>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;

constexpr std::size_t kSelector = 4;
constexpr std::size_t kWord = 32;

/// @return empty when there is no calldata with arguments
Bytes arguments_data(const Subject& subject) {
    auto data = calldata_of(*subject.content).value_or(Bytes{});
    if (data.size() < kSelector) data.clear();
    return data;
}

Mutant with(const Subject& subject, std::string what, Bytes data) {
    return {std::move(what), with_calldata(*subject.content, std::move(data))};
}

/// One byte of the padding before each address, at its beginning and its end.
Mutants dirty_bits(const Subject& subject) {
    const auto data = arguments_data(subject);
    Mutants out;
    for (const auto at : padded_addresses(data, subject)) {
        for (const auto byte : {at, at + kWord - Address::kSize - 1}) {
            auto dirty = data;
            dirty[byte] = 0x80;
            out.push_back(with(subject, fmt::format("byte {}", byte), std::move(dirty)));
        }
    }
    return out;
}

/// A word of the arguments that may be an offset, and where it leads.
struct Offset {
    std::size_t at;
    std::size_t leads_to;
};
std::vector<Offset> offsets_in(const Bytes& data) {
    std::vector<Offset> out;
    for (std::size_t at = kSelector; at + kWord <= data.size(); at += kWord) {
        const auto word = U256::from_big_endian(BytesView{data}.subspan(at, kWord));
        const auto offset = word ? word->to_uint64() : std::nullopt;
        if (!offset || *offset == 0 || *offset % kWord != 0) continue;
        if (*offset <= data.size() - kSelector) out.push_back({at, *offset});
    }
    return out;
}

/// Every word of the arguments that may be an offset leads a word further, where a word was put.
Mutants shifted_offsets(const Subject& subject) {
    const auto data = arguments_data(subject);
    Mutants out;
    for (const auto& [at, offset] : offsets_in(data)) {
        auto shifted = replaced(data, at, U256{offset + kWord}.to_big_endian());
        const auto gap = shifted.begin() + static_cast<std::ptrdiff_t>(kSelector + offset);
        shifted.insert(gap, kWord, std::uint8_t{0});
        out.push_back(with(subject, fmt::format("word at {}", at), std::move(shifted)));
    }
    return out;
}

/// A bit above 32, which a masking reader does not see.
Mutants wide_offsets(const Subject& subject) {
    const auto data = arguments_data(subject);
    Mutants out;
    for (const auto& [at, offset] : offsets_in(data)) {
        auto wide = data;
        wide[at + kWord - 5] ^= 1;
        out.push_back(with(subject, fmt::format("word at {}", at), std::move(wide)));
    }
    return out;
}

Mutants trailing_bytes(const Subject& subject) {
    const auto data = calldata_of(*subject.content);
    if (!data) return {};
    Mutants out;
    for (const std::size_t count : {1U, 20U, 32U}) {
        auto longer = *data;
        longer.insert(longer.end(), count, std::uint8_t{0xde});
        out.push_back(with(subject, fmt::format("{} bytes", count), std::move(longer)));
    }
    return out;
}

Mutants truncated(const Subject& subject) {
    const auto data = arguments_data(subject);
    Mutants out;
    for (const std::size_t missing : {std::size_t{1}, kWord, data.size() - kSelector}) {
        if (data.empty() || missing == 0 || missing > data.size()) continue;
        const auto end = data.end() - static_cast<std::ptrdiff_t>(missing);
        out.push_back(with(subject, fmt::format("{} bytes less", missing), {data.begin(), end}));
    }
    if (!data.empty()) out.push_back(with(subject, "no calldata", {}));
    return out;
}

Mutants flipped_selector(const Subject& subject) {
    const auto data = arguments_data(subject);
    Mutants out;
    for (unsigned bit = 0; bit < (data.empty() ? 0U : 32U); bit += 3) {
        auto flipped = data;
        flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        out.push_back(with(subject, fmt::format("bit {}", bit), std::move(flipped)));
    }
    return out;
}

constexpr std::array kOperators{
    Operator{"dirty bits above an address", dirty_bits},
    Operator{"shift an offset, leave a gap", shifted_offsets},
    Operator{"a bit above 32 in an offset", wide_offsets},
    Operator{"append trailing bytes", trailing_bytes},
    Operator{"truncate", truncated},
    Operator{"flip a bit of the selector", flipped_selector},
};

}  // namespace

std::span<const Operator> encoding_operators() {
    return kOperators;
}

}  // namespace chela::redteam
