#pragma once

#include "chains/base/json.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace chela::test {

/// A change of the standard's example, the reason, and the path that the refusal must name.
struct Refusal {
    const char* at;  ///< a JSON pointer
    Json value;
    const char* reason;  ///< what follows "E_TYPED_DATA_"
    const char* path;
};

void expect_refused(const Json& json, const std::string& reason, const std::string& path);
void expect_refused(const Refusal& refusal);

/// A declared member.
[[nodiscard]] Json field(const std::string& name, const std::string& type);

/// Typed data whose message is {"x": value}.
[[nodiscard]] Json one(const std::string& type, const Json& value);

}  // namespace chela::test
