#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <memory>
#include <string_view>

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

namespace chela::signer::pkcs11 {

/// Which token of which module. Source: RFC 7512.
class TokenUri {
public:
    /// Allowed: token, manufacturer, model, serial, each once, and the query attribute module-path
    /// (required, absolute). Every other attribute is refused: one that is ignored is one the
    /// operator relies on in vain, and a PIN belongs in its file.
    /// @return invalid_input: reasons E_URI_SYNTAX, E_URI_ATTRIBUTE, E_URI_PIN, E_URI_MODULE_PATH.
    /// Never quotes the URI.
    [[nodiscard]] static Result<TokenUri> parse(std::string_view text);

    [[nodiscard]] const std::filesystem::path& module_path() const { return module_path_; }
    [[nodiscard]] bool matches(const CK_TOKEN_INFO& info) const;

private:
    struct Free {
        void operator()(P11KitUri* uri) const { p11_kit_uri_free(uri); }
    };
    using Handle = std::unique_ptr<P11KitUri, Free>;
    TokenUri(Handle uri, std::filesystem::path module_path);

    Handle uri_;
    std::filesystem::path module_path_;
};

}  // namespace chela::signer::pkcs11
