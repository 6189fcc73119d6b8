// Messages that are no text, and other things that call themselves messages.
#include "chains/base/hex.hpp"
#include "tests/redteam/mutate/parts.hpp"

#include <array>

namespace chela::redteam {
namespace {

using Mutants = std::vector<Mutant>;
using chains::PersonalMessage;

Bytes bytes_of(const std::string& text) {
    return {text.begin(), text.end()};
}

Mutants other_message(const Subject& subject) {
    const auto* message = std::get_if<PersonalMessage>(subject.content);
    if (message == nullptr) return {};
    const auto& text = message->message;
    auto cut = text;
    cut.resize(32, '!');
    auto prefixed = text;
    prefixed.insert(prefixed.begin(), 0x19);
    auto foreign = text;
    foreign.front() ^= 1;
    const auto digits = to_hex(Hash256{}).substr(2);
    return {
        {"32 bytes", Content{PersonalMessage{Bytes(32, 0xab)}}},
        {"a hash in hex", Content{PersonalMessage{bytes_of("0x" + digits)}}},
        {"a hash in digits", Content{PersonalMessage{bytes_of(digits)}}},
        {"cut to the size of a hash", Content{PersonalMessage{cut}}},
        {"as signed data", Content{PersonalMessage{prefixed}}},
        {"another beginning", Content{PersonalMessage{foreign}}},
        {"nothing", Content{PersonalMessage{}}},
        {"for a validator", Content{chains::ValidatorMessage{stranger(), text}}}};
}

/// What a key must never sign under the name of a message.
Mutants as_a_message(const Subject& subject) {
    Bytes preimage;
    if (const auto* transaction = transaction_of(*subject.content)) {
        preimage = chains::encode_unsigned(*transaction);
    } else if (const auto* authorization = std::get_if<chains::Authorization>(subject.content)) {
        preimage = chains::encode_unsigned(*authorization);
    } else {
        return {};
    }
    return {
        {"the preimage", Content{PersonalMessage{preimage}}},
        {"the preimage in hex", Content{PersonalMessage{bytes_of(to_hex(preimage))}}},
        {"32 bytes", Content{PersonalMessage{Bytes(32, 0xab)}}}};
}

constexpr std::array kOperators{
    Operator{"another message", other_message},
    Operator{"a preimage as a message", as_a_message},
};

}  // namespace

std::span<const Operator> message_operators() {
    return kOperators;
}

}  // namespace chela::redteam
