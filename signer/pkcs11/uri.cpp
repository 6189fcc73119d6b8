#include "signer/pkcs11/uri.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

bool has(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

constexpr std::string_view kScheme = "pkcs11:";
constexpr std::array<std::string_view, 4> kPath{"token", "manufacturer", "model", "serial"};
constexpr std::array<std::string_view, 1> kQuery{"module-path"};
constexpr std::array<std::string_view, 3> kPin{"pin-value", "pin-source", "pinfile"};

std::unexpected<Error> refuse(std::string detail, std::string reason) {
    return fail(ErrorCode::invalid_input, "the token URI: " + std::move(detail), std::move(reason));
}

// p11-kit takes vendor attributes silently, so the names are checked here. Unknown names are not
// quoted: they may be secrets.
Status check_names(
    std::string_view part,
    char separator,
    std::span<const std::string_view> allowed,
    std::string_view where) {
    std::set<std::string_view> seen;
    std::size_t position = 0;
    while (!part.empty()) {
        ++position;
        const auto end = part.find(separator);
        const std::string_view attribute = part.substr(0, end);
        part = end == std::string_view::npos ? std::string_view{} : part.substr(end + 1);
        const std::string_view name = attribute.substr(0, attribute.find('='));
        if (has(kPin, name)) {
            return refuse(
                fmt::format("{} is not allowed; put the PIN into the PIN file", name), "E_URI_PIN");
        }
        if (!has(allowed, name)) {
            return refuse(
                fmt::format("{} attribute {} is not known", where, position), "E_URI_ATTRIBUTE");
        }
        if (!seen.insert(name).second) {
            return refuse(fmt::format("{} is given twice", name), "E_URI_ATTRIBUTE");
        }
    }
    return {};
}

Status check_all_names(std::string_view text) {
    if (!text.starts_with(kScheme)) return refuse("it must start with pkcs11:", "E_URI_SYNTAX");
    text.remove_prefix(kScheme.size());
    const auto mark = text.find('?');
    if (auto path = check_names(text.substr(0, mark), ';', kPath, "path"); !path) return path;
    if (mark == std::string_view::npos) return {};
    return check_names(text.substr(mark + 1), '&', kQuery, "query");
}

}  // namespace

TokenUri::TokenUri(Handle uri, std::filesystem::path module_path)
    : uri_{std::move(uri)},
      module_path_{std::move(module_path)} {}

Result<TokenUri> TokenUri::parse(std::string_view text) {
    // p11-kit drops blanks: "/my module.so" would load /mymodule.so.
    if (std::ranges::any_of(text, [](unsigned char c) { return c <= ' ' || c >= 0x7f; }))
        return refuse(
            "a blank or another character outside printable ASCII must be percent-encoded, a "
            "blank as %20",
            "E_URI_SYNTAX");
    if (auto names = check_all_names(text); !names) return std::unexpected{names.error()};

    Handle uri{p11_kit_uri_new()};
    if (uri == nullptr) bug("no memory for a PKCS#11 URI");
    const int parsed = p11_kit_uri_parse(std::string{text}.c_str(), P11_KIT_URI_FOR_ANY, uri.get());
    if (parsed != P11_KIT_URI_OK) return refuse("it is malformed", "E_URI_SYNTAX");
    if (p11_kit_uri_any_unrecognized(uri.get()) != 0) {
        return refuse("it has an unknown attribute", "E_URI_ATTRIBUTE");
    }
    const char* const module_path = p11_kit_uri_get_module_path(uri.get());
    if (module_path == nullptr || *module_path == '\0') {
        return refuse("module-path is required", "E_URI_MODULE_PATH");
    }
    std::filesystem::path path{module_path};
    if (!path.is_absolute()) return refuse("module-path must be absolute", "E_URI_MODULE_PATH");
    return TokenUri{std::move(uri), std::move(path)};
}

bool TokenUri::matches(const CK_TOKEN_INFO& info) const {
    return p11_kit_uri_match_token_info(uri_.get(), &info) == 1;
}

}  // namespace chela::signer::pkcs11
