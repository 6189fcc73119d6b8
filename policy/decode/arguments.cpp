#include "policy/decode/arguments.hpp"

#include <algorithm>
#include <array>

namespace chela::policy {
namespace {

constexpr std::size_t kWord = 32;
constexpr std::array<std::uint8_t, kWord> kZeroWord{};

bool is_zero(BytesView bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

U256 to_integer(BytesView word) {
    const auto value = U256::from_big_endian(word);
    if (!value) bug("a 32-byte word does not fit 256 bits");
    return *value;
}

}  // namespace

Arguments::Arguments(BytesView encoded, std::size_t head_words)
    : encoded_{encoded},
      head_size_{head_words * kWord},
      tail_at_{head_size_},
      is_sound_{encoded.size() >= head_size_} {}

BytesView Arguments::next_word() {
    if (!is_sound_) return kZeroWord;
    if (head_at_ + kWord > head_size_) bug("more arguments read than the head has");
    const auto word = encoded_.subspan(head_at_, kWord);
    head_at_ += kWord;
    return word;
}

Address Arguments::address() {
    const auto word = next_word();
    is_sound_ = is_sound_ && is_zero(word.first(kWord - Address::kSize));
    Address out;
    std::ranges::copy(word.last(Address::kSize), out.bytes.begin());
    return out;
}

U256 Arguments::integer() {
    return to_integer(next_word());
}

bool Arguments::boolean() {
    const auto value = integer();
    is_sound_ = is_sound_ && value <= U256{1};
    return !value.is_zero();
}

void Arguments::skip(std::size_t bits) {
    const auto word = next_word();
    is_sound_ = is_sound_ && is_zero(word.first(kWord - bits / 8));
}

std::size_t Arguments::enter_tail() {
    const auto offset = integer();
    is_sound_ = is_sound_ && offset == U256{tail_at_} && encoded_.size() - tail_at_ >= kWord;
    if (!is_sound_) return 0;
    const auto length = to_integer(encoded_.subspan(tail_at_, kWord)).to_uint64();
    tail_at_ += kWord;
    // A length beyond the data is refused here, so that later products cannot overflow.
    is_sound_ = length && *length <= encoded_.size() - tail_at_;
    return is_sound_ ? static_cast<std::size_t>(*length) : 0;
}

std::vector<U256> Arguments::integers() {
    const auto count = enter_tail();
    is_sound_ = is_sound_ && count <= (encoded_.size() - tail_at_) / kWord;
    std::vector<U256> out;
    if (!is_sound_) return out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i, tail_at_ += kWord) {
        out.push_back(to_integer(encoded_.subspan(tail_at_, kWord)));
    }
    return out;
}

BytesView Arguments::bytes() {
    const auto size = enter_tail();
    const auto padded = (size + kWord - 1) / kWord * kWord;
    is_sound_ = is_sound_ && padded <= encoded_.size() - tail_at_ &&
                is_zero(encoded_.subspan(tail_at_ + size, padded - size));
    if (!is_sound_) return {};
    const auto out = encoded_.subspan(tail_at_, size);
    tail_at_ += padded;
    return out;
}

bool Arguments::is_canonical() const {
    return is_sound_ && head_at_ == head_size_ && tail_at_ == encoded_.size();
}

}  // namespace chela::policy
