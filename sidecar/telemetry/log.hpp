#pragma once

#include "chains/base/result.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace chela::sidecar::log {

enum class Level : std::uint8_t { debug, info, warn, error };

[[nodiscard]] std::string_view to_string(Level level);
/// "debug", "info", "warn" or "error". @return invalid_input
[[nodiscard]] Result<Level> parse_level(std::string_view text);

/// What a field may hold: text, a whole number or a claim.
class Value {
public:
    // NOLINTBEGIN(google-explicit-constructor): a field reads {"key", value}, whatever the value is
    Value(std::string text) : value_{std::move(text)} {}
    Value(std::string_view text) : value_{std::string{text}} {}
    Value(const char* text) : value_{std::string{text}} {}
    Value(bool claim) : value_{claim} {}
    /// A number over 2^63-1 is written as text.
    template <std::integral Number>
        requires(!std::same_as<Number, bool>)
    Value(Number number) {
        if (std::in_range<std::int64_t>(number)) {
            value_ = static_cast<std::int64_t>(number);
        } else {
            value_ = std::to_string(number);
        }
    }
    Value(const void*) = delete;
    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] const std::variant<std::string, std::int64_t, bool>& get() const {
        return value_;
    }

private:
    std::variant<std::string, std::int64_t, bool> value_;
};

/// @param key  snake_case; not "ts", "level" or "event"
struct Field {
    std::string_view key;
    Value value;
};

/// Writes one JSON line to stderr: {"ts":"…Z","level":"info","event":"http_request", …fields}.
/// Strings are cut to 1,000 characters and everything outside printable ASCII is escaped, so no
/// value can forge a line or move a terminal's cursor. Threads: any.
void event(Level level, std::string_view name, std::initializer_list<Field> fields = {});
void event(Level level, std::string_view name, const std::vector<Field>& fields);

/// Lines below `level` are dropped from now on. The start value is info. Threads: any.
void set_level(Level level);
[[nodiscard]] Level level();

/// From now on every line shows "[redacted]" in place of this value. Values shorter than 8
/// characters are not taken: they would blot out ordinary words. Threads: any.
void redact(std::string_view secret);

}  // namespace chela::sidecar::log
