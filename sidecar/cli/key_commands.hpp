#pragma once

#include "sidecar/app/opened.hpp"
#include "sidecar/cli/commands.hpp"
#include "sidecar/store/records.hpp"

#include <memory>
#include <optional>
#include <string>

namespace chela::sidecar::cli {

inline constexpr const char* kOperator = "operator";

/// What commands about keys work with.
struct KeyDesk {
    app::Opened opened;
    flow::Keyring keyring{*opened.store, opened.back_ends.sources, opened.state.keys_lock()};

    explicit KeyDesk(app::Opened parts) : opened{std::move(parts)} {}
};

[[nodiscard]] Result<std::unique_ptr<KeyDesk>> open_key_desk(const Session& session);

/// @param text  "token", "keystore" or empty @return invalid_input
[[nodiscard]] Result<std::optional<store::KeyBackend>> parse_backend(const std::string& text);

[[nodiscard]] Json key_view(const store::SigningKeyRecord& key);

/// Says where the new key is: `verb` is "Made", "Imported" or "Took in".
int show_new_key(
    const Session& session, const std::string& verb, const store::SigningKeyRecord& key);

void add_key_import(CLI::App& command, Session& session);
void add_key_attest(CLI::App& command, Session& session);

}  // namespace chela::sidecar::cli
