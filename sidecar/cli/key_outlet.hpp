#pragma once

#include "sidecar/cli/commands.hpp"
#include "sidecar/edge/private_file.hpp"
#include "signer/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace chela::sidecar::cli {

/// Where an API key goes: a new file, or the screen, once. The file is made first, so that no key
/// is made (and no old one ended) that could not be handed over.
class KeyOutlet {
public:
    /// @param key_file  empty: the screen
    /// @return conflict, denied or unavailable: the file cannot be made
    [[nodiscard]] static Result<KeyOutlet> open(const std::string& key_file);

    /// @param result     what --json shows besides the key or its file
    /// @param next_step  what to do with the file, for a person
    /// @param what       what a person calls the key, at the beginning of a sentence
    /// @param member     what --json calls it; its file is MEMBER_file
    /// @return the exit status
    int hand_over(
        const Session& session,
        Json result,
        const signer::Secret& api_key,
        const char* next_step,
        std::string_view what = "API key",
        const std::string& member = "api_key");

private:
    KeyOutlet(std::optional<PrivateFile> file, std::string name);

    std::optional<PrivateFile> file_;
    std::string name_;
};

}  // namespace chela::sidecar::cli
