#include "sidecar/cli/key_outlet.hpp"

#include <iostream>
#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::cli {

KeyOutlet::KeyOutlet(std::optional<PrivateFile> file, std::string name)
    : file_{std::move(file)},
      name_{std::move(name)} {}

Result<KeyOutlet> KeyOutlet::open(const std::string& key_file) {
    if (key_file.empty()) return KeyOutlet{std::nullopt, {}};
    auto file = PrivateFile::create(key_file);
    if (file) return KeyOutlet{std::move(*file), std::filesystem::absolute(key_file).string()};
    auto error = file.error();
    error.detail += "; nothing was changed. Name a new file";
    return std::unexpected{std::move(error)};
}

int KeyOutlet::hand_over(
    const Session& session,
    Json result,
    const signer::Secret& api_key,
    const char* next_step,
    std::string_view what,
    const std::string& member) {
    if (file_) {
        if (auto ok = file_->write(api_key.reveal()); !ok) return report(session, ok.error());
        result[member + "_file"] = name_;
    } else {
        result[member] = api_key.reveal();
    }
    if (session.json) {
        print_json(result);
    } else if (file_) {
        std::cout << what << " written to " << name_ << " (0600); " << next_step << "\n";
    } else {
        std::cout << what << ", shown this once:\n  " << api_key.reveal() << "\n";
    }
    return 0;
}

}  // namespace chela::sidecar::cli
