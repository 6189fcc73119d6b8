#pragma once

#include "chains/base/json.hpp"

#include <nlohmann/json.hpp>

namespace chela::test {

// A picture of one pixel and a sound of no samples: what the conformance suite wants to see come
// through unchanged.
inline constexpr const char* kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg"
    "==";
inline constexpr const char* kWav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

inline Json text_block(const std::string& text) {
    return {{"type", "text"}, {"text", text}};
}
inline Json image_block() {
    return {{"type", "image"}, {"data", kPng}, {"mimeType", "image/png"}};
}
inline Json resource_block(
    const std::string& uri, const std::string& type, const std::string& text) {
    return {{"type", "resource"}, {"resource", {{"uri", uri}, {"mimeType", type}, {"text", text}}}};
}

/// A question for the user, with one member to answer.
inline Json elicitation(
    const std::string& message, const std::string& member, const std::string& type = "string") {
    return {
        {"method", "elicitation/create"},
        {"params",
         {{"message", message},
          {"requestedSchema",
           {{"type", "object"},
            {"properties", {{member, {{"type", type}}}}},
            {"required", Json::array({member})}}}}}};
}
/// A question for the model.
inline Json sampling(const std::string& prompt, int most_tokens) {
    return {
        {"method", "sampling/createMessage"},
        {"params",
         {{"messages", Json::array({{{"role", "user"}, {"content", text_block(prompt)}}})},
          {"maxTokens", most_tokens}}}};
}
inline Json roots() {
    return {{"method", "roots/list"}, {"params", Json::object()}};
}

}  // namespace chela::test
