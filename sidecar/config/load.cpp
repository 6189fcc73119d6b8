#include "sidecar/config/document.hpp"
#include "sidecar/config/environment.hpp"
#include "sidecar/config/schema.hpp"
#include "sidecar/config/sections.hpp"

#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1024} * 1024;
constexpr auto kFileName = "chela.yaml";

Result<std::string> read_file(const std::filesystem::path& dir, const std::filesystem::path& file) {
    std::error_code error;
    const auto status = std::filesystem::status(file, error);
    if (status.type() == std::filesystem::file_type::not_found)
        return fail(
            ErrorCode::not_found,
            fmt::format(
                "{} is not there; run `chela init --dir {}` first", file.string(), dir.string()));
    // A device or a pipe could block or never end.
    if (error || status.type() != std::filesystem::file_type::regular)
        return fail(
            ErrorCode::invalid_input, fmt::format(
                                          "{} cannot be read: {}", file.string(),
                                          error ? error.message() : "not a regular file"));
    std::ifstream in{file, std::ios::binary};
    std::string text(kMaxFileBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad() || (in.fail() && !in.eof()))
        return fail(
            ErrorCode::invalid_input,
            fmt::format("{} cannot be read; check its permissions", file.string()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxFileBytes)
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "{} is larger than {} bytes, which no configuration needs", file.string(),
                kMaxFileBytes));
    return text;
}

}  // namespace

Result<Config> read_document(
    std::string_view text,
    const std::string& source,
    const std::filesystem::path& dir,
    const std::map<std::string, std::string>& environment) {
    auto tree = parse_document(text, source);
    if (!tree) return std::unexpected{tree.error()};
    if (auto status = check_shape(*tree); !status) return std::unexpected{status.error()};
    if (auto status = apply_environment(*tree, environment); !status)
        return std::unexpected{status.error()};

    Problems problems;
    const Section top{&*tree, "", "", source, problems};
    auto server = read_server(top.section("server"), dir);
    auto identities = read_identities(top, dir, server);
    Config config{
        .dir = dir,
        .server = std::move(server),
        .health = read_health(top.section("health")),
        .token = read_token(top, dir),
        .keystore = read_keystore(top, dir),
        .intents = read_intents(top.section("intents")),
        .policy = read_policy(top.section("policy"), dir),
        .webhooks = read_webhooks(top.section("webhooks")),
        .rpc = {},
        .log = read_log(top.section("log")),
        .chains = read_chains(top, dir),
        .identities = std::move(identities),
    };
    config.rpc = read_rpc(top.section("rpc"), config.chains);
    if (auto status = problems.status(); !status) return std::unexpected{status.error()};
    return config;
}

Result<Config> load(
    const std::filesystem::path& dir, const std::map<std::string, std::string>& environment) {
    const auto file = dir / kFileName;
    const auto text = read_file(dir, file);
    if (!text) return std::unexpected{text.error()};
    return read_document(*text, file.string(), dir, environment);
}

}  // namespace chela::sidecar::config
