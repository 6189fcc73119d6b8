#pragma once

#include "chains/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace chela::sidecar {

/// The one place that draws randomness (OpenSSL's CSPRNG; a failure aborts: nothing safe can
/// follow).
[[nodiscard]] Bytes random_bytes(std::size_t count);
/// The same, straight into memory that the caller guards: for private keys.
void fill_randomly(std::span<char> secret);
[[nodiscard]] std::uint64_t random_number();
/// A random UUID, version 4. Source: RFC 9562.
[[nodiscard]] std::string random_uuid();
/// @return lower-case 8-4-4-4-12 hex?
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace chela::sidecar
