#include "sidecar/node/scrub.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/auth/base64url.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::node {
namespace {

constexpr std::string_view kRedacted = "[redacted]";
// Shorter ones are words that an answer may hold by itself.
constexpr std::size_t kLeastHeader = 8;
constexpr std::size_t kLeastUrlPart = 16;

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

std::string base64_of(std::string_view text) {
    std::string out = auth::to_base64url(bytes_of(text));
    std::ranges::replace(out, '-', '+');
    std::ranges::replace(out, '_', '/');
    return out;
}

/// "user:password" of "Basic …". Source: RFC 7617. @return "": something else
std::string user_info_of(std::string_view authorization) {
    constexpr std::string_view kBasic = "Basic ";
    if (!authorization.starts_with(kBasic)) return {};
    std::string text{authorization.substr(kBasic.size())};
    text.erase(std::min(text.find('='), text.size()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    const auto bytes = auth::parse_base64url(text);
    return bytes ? std::string{bytes->begin(), bytes->end()} : std::string{};
}

/// Source: RFC 3986, section 2.1.
std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') ||
                              std::string_view{"-._~"}.find(c) != std::string_view::npos;
        out += is_plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

void clean_text(std::string& text, const std::vector<std::string>& patterns) {
    for (const auto& pattern : patterns) {
        for (auto at = text.find(pattern); at != std::string::npos;
             at = text.find(pattern, at + kRedacted.size()))
            text.replace(at, pattern.size(), kRedacted);
    }
}

bool holds_any(const std::string& text, const std::vector<std::string>& patterns) {
    return std::ranges::any_of(
        patterns, [&](const auto& pattern) { return text.find(pattern) != std::string::npos; });
}

/// Values and names of members alike. The depth is bounded by whoever parsed it.
// NOLINTNEXTLINE(misc-no-recursion): as above
Json cleaned(const Json& value, const std::vector<std::string>& patterns) {
    if (value.is_string()) {
        std::string text = value.get<std::string>();
        clean_text(text, patterns);
        return text;
    }
    Json out = value;
    if (value.is_array()) {
        for (auto& item : out)
            item = cleaned(item, patterns);
    } else if (value.is_object()) {
        out = Json::object();
        for (const auto& [name, member] : value.items()) {
            std::string key = name;
            clean_text(key, patterns);
            out[key] = cleaned(member, patterns);
        }
    }
    return out;
}

// NOLINTNEXTLINE(misc-no-recursion): as above
bool echoes(const Json& value, const std::vector<std::string>& patterns) {
    if (value.is_string()) return holds_any(value.get_ref<const std::string&>(), patterns);
    if (value.is_array())
        return std::ranges::any_of(value, [&](const Json& item) { return echoes(item, patterns); });
    if (!value.is_object()) return false;
    for (auto member = value.begin(); member != value.end(); ++member)
        if (holds_any(member.key(), patterns) || echoes(*member, patterns)) return true;
    return false;
}

}  // namespace

Scrub::Scrub(const Endpoint& endpoint) {
    if (endpoint.authorization) add_header(*endpoint.authorization);
    std::string_view rest = endpoint.target;
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of("/?&="), rest.size());
        if (end >= kLeastUrlPart) add(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

void Scrub::add_header(std::string_view value) {
    if (value.size() >= kLeastHeader) add(value);
    const auto space = value.rfind(' ');
    if (space == std::string_view::npos) return;
    const auto bare = value.substr(space + 1);
    if (bare.size() >= kLeastHeader) add(bare);
    const std::string user_info = user_info_of(value);
    const auto password = user_info.substr(std::min(user_info.find(':') + 1, user_info.size()));
    if (user_info.size() >= kLeastHeader) add(user_info);
    if (password.size() >= kLeastHeader) add(password);
}

void Scrub::add(std::string_view secret) {
    const std::string hex = to_hex(bytes_of(secret)).substr(2);
    std::string upper = hex;
    for (char& c : upper)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    for (std::string pattern :
         {std::string{secret}, base64_of(secret), auth::to_base64url(bytes_of(secret)), hex, upper,
          percent_encoded(secret)}) {
        if (std::ranges::find(patterns_, pattern) == patterns_.end())
            patterns_.push_back(std::move(pattern));
    }
    // What holds another one goes first, or a rest of it would stay.
    std::ranges::sort(patterns_, std::greater{}, &std::string::size);
}

void Scrub::clean(std::string& body) const {
    clean_text(body, patterns_);
}

void Scrub::clean(RpcAnswer& answer) const {
    if (patterns_.empty()) return;
    if (answer.error) {
        clean_text(answer.error->message, patterns_);
        clean_text(answer.error->data, patterns_);
    }
    if (answer.result && echoes(*answer.result, patterns_))
        answer.result = std::make_shared<const Json>(cleaned(*answer.result, patterns_));
}

}  // namespace chela::sidecar::node
