#include "sidecar/config/document.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace config = chela::sidecar::config;

/// Any document is either refused with a sentence that names its source, or gives settings that
/// keep the file's promises. A NUL byte ends the document; what follows is "NAME=VALUE", one
/// variable of the environment.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input{reinterpret_cast<const char*>(data), size};
    const auto split = input.find('\0');
    std::map<std::string, std::string> environment;
    std::string variable = "no variable";
    if (split != std::string_view::npos) {
        const auto assignment = input.substr(split + 1);
        const auto equals = assignment.find('=');
        variable = assignment.substr(0, equals);
        environment[variable] =
            equals == std::string_view::npos ? "" : assignment.substr(equals + 1);
    }
    const auto loaded = config::read_document(input.substr(0, split), "f.yaml", "/d", environment);
    if (!loaded) {
        const auto& detail = loaded.error().detail;
        if (!detail.starts_with("f.yaml:") && !detail.starts_with(variable + ":")) std::abort();
        return 0;
    }
    const auto& token = loaded->token;
    const auto& keystore = loaded->keystore;
    if (!token && !keystore) std::abort();
    if (token && (token->uri.empty() || token->pin_file.empty())) std::abort();
    if (keystore && (keystore->dir.empty() || keystore->password_file.empty())) std::abort();
    for (const auto& chain : loaded->chains)
        if (chain.endpoints.empty() || chain.endpoints.front().url.empty() ||
            chain.chain_id.value == 0)
            std::abort();
    for (const auto& identity : loaded->identities)
        if (identity.uids.empty() && !identity.client_token_file) std::abort();
    return 0;
}
