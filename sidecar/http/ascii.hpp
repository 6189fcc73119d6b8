#pragma once

#include <string>
#include <string_view>

namespace chela::sidecar::http {

/// ASCII letters only; every other byte stays as it is.
[[nodiscard]] std::string lower_case(std::string_view text);

/// Equal but for ASCII case. @param lower  in lower case already
[[nodiscard]] bool equals_ignoring_case(std::string_view text, std::string_view lower);

/// Without spaces and tabs at both ends. Source: RFC 9110, 5.6.3.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace chela::sidecar::http
