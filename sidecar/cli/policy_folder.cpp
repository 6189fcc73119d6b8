#include "sidecar/cli/policy_folder.hpp"

#include "sidecar/edge/text_file.hpp"

#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace chela::sidecar::cli {
namespace {

namespace fs = std::filesystem;
using policy::analysis::FixtureText;
using Texts = std::vector<FixtureText>;

/// What cannot be looked at is there: reading it says why.
bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

Status add(Texts& texts, const fs::path& path) {
    auto text = read_text_file(path);
    if (!text) return std::unexpected{text.error()};
    texts.push_back({path.string(), *std::move(text)});
    return {};
}

Result<Texts> read_policies(const fs::path& folder) {
    Texts texts;
    if (auto ok = add(texts, folder / "policy.yaml"); !ok) return std::unexpected{ok.error()};
    const auto above = folder / "organization.yaml";
    if (is_there(above))
        if (auto ok = add(texts, above); !ok) return std::unexpected{ok.error()};
    return texts;
}

Result<Texts> read_case_files(const fs::path& folder) {
    Texts texts;
    const auto one = folder / "cases.yaml";
    if (is_there(one))
        if (auto ok = add(texts, one); !ok) return std::unexpected{ok.error()};
    if (is_there(folder / "cases")) {
        const auto files = list_files(folder / "cases", ".yaml");
        if (!files) return std::unexpected{files.error()};
        for (const auto& file : *files)
            if (auto ok = add(texts, file); !ok) return std::unexpected{ok.error()};
    }
    if (!texts.empty()) return texts;
    return fail(
        ErrorCode::not_found,
        folder.string() + ": there are no cases; write them into cases.yaml or cases/*.yaml",
        "E_FILE");
}

}  // namespace

Result<policy::analysis::Fixture> read_fixture_folder(const fs::path& folder) {
    const auto policies = read_policies(folder);
    if (!policies) return std::unexpected{policies.error()};
    const auto cases = read_case_files(folder);
    if (!cases) return std::unexpected{cases.error()};
    const auto read_file = [&folder](std::string_view name) -> Result<std::string> {
        // A fixture comes from whoever wrote it; it reads what lies in its folder.
        const fs::path path{name};
        if (path.has_parent_path() || name == "." || name == "..") {
            return fail(
                ErrorCode::invalid_input,
                "a file is named without a folder and lies beside policy.yaml", "E_FILE");
        }
        return read_text_file(folder / path);
    };
    return policy::analysis::read_fixture(*policies, *cases, read_file);
}

}  // namespace chela::sidecar::cli
