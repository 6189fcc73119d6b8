#pragma once

#include "chains/base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::auth {

inline constexpr std::size_t kMaxTokenBytes = std::size_t{8} * 1024;

/// A compact JWS cut at its two dots; still encoded. Source: RFC 7515, 3.1.
struct JwsParts {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
    std::string_view signing_input;
};

/// @param token  outlives the parts @return unauthenticated E_TOKEN_MALFORMED: not three parts, or
/// over 8 KiB
[[nodiscard]] Result<JwsParts> split_jws(std::string_view token);

/// @return unauthenticated E_TOKEN_MALFORMED: not base64url
[[nodiscard]] Result<std::string> decode_jws_part(std::string_view part);

}  // namespace chela::sidecar::auth
