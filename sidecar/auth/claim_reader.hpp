#pragma once

#include "chains/base/json.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace chela::sidecar::auth {

/// The end of 9999: no token's time is later. Source: RFC 7519, 2, "NumericDate".
inline constexpr std::int64_t kLastNumericDate = 253'402'300'799;

/// Takes claims out of an object; remembers whether one was missing or of another type.
class ClaimReader {
public:
    /// @param object  outlives the reader
    explicit ClaimReader(const Json& object) : object_{object} {}

    [[nodiscard]] bool is_good() const { return good_; }

    std::string text(const char* name);
    bool claim(const char* name);
    std::int64_t number(const char* name);
    std::vector<std::string> texts(const char* name);
    /// One text, or a list of them. Source: RFC 7519, 4.1.3.
    std::vector<std::string> text_or_texts(const char* name);
    /// @return an empty object where it is missing
    Json object(const char* name);
    [[nodiscard]] bool has(const char* name) const { return find(name) != nullptr; }

private:
    [[nodiscard]] const Json* find(const char* name) const;

    template <class T>
    T missing() {
        good_ = false;
        return T{};
    }

    const Json& object_;
    bool good_ = true;
};

}  // namespace chela::sidecar::auth
