#include "sidecar/config/sections.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

constexpr std::size_t kMaxSlug = 64;

/// What can stand in a path of Tenderly's.
bool is_slug(std::string_view text) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return text.size() <= kMaxSlug && std::ranges::all_of(text, is_allowed);
}

/// The key is sent there: in the clear only to this machine.
bool is_safe_url(std::string_view url) {
    constexpr std::array<std::string_view, 3> kLocal{"127.0.0.1", "localhost", "[::1]"};
    if (url.find_first_of(" @?#") != std::string_view::npos) return false;
    if (url.starts_with("https://")) return url.size() > std::string_view{"https://"}.size();
    constexpr std::string_view kPlain = "http://";
    if (!url.starts_with(kPlain)) return false;
    const auto rest = url.substr(kPlain.size());
    const auto host = rest.substr(0, rest.find('/'));
    return std::ranges::any_of(kLocal, [&](std::string_view local) {
        return host == local || host.starts_with(std::string{local} + ":");
    });
}

std::string read_slug(const Section& section, std::string_view key, std::string_view example) {
    auto text = section.required_text(key, example);
    if (!is_slug(text))
        section.problem(
            key, "expected letters, digits, dashes and underscores, as in Tenderly's URLs");
    return text;
}

TenderlySection read_tenderly(const Section& section, const std::filesystem::path& dir) {
    TenderlySection tenderly;
    tenderly.account = read_slug(section, "account", "my-team");
    tenderly.project = read_slug(section, "project", "payments");
    if (!section.has("access_key_file"))
        section.problem("access_key_file", "is required, for example tenderly.key");
    tenderly.access_key_file =
        section.path("access_key_file", dir).value_or(std::filesystem::path{});
    tenderly.url = section.text("url", tenderly.url);
    if (!is_safe_url(tenderly.url))
        section.problem(
            "url", "expected a URL that begins with https:// and holds no user, query or fragment");
    return tenderly;
}

}  // namespace

std::optional<TenderlySection> read_simulation(
    const Section& chain, const std::filesystem::path& dir) {
    const auto section = chain.section("simulation");
    const bool has_tenderly = section.has("tenderly");
    const auto provider = section.text("provider", "node");
    if (provider != "node" && provider != "tenderly") {
        section.problem(
            "provider", fmt::format("expected node or tenderly, found \"{}\"", provider));
        return std::nullopt;
    }
    if (has_tenderly && !section.has("provider")) {
        section.problem("provider", "is required beside tenderly: write tenderly or node");
        return std::nullopt;
    }
    if (provider == "tenderly" && !has_tenderly) {
        section.problem("tenderly", "is required: an account, a project and an access_key_file");
        return std::nullopt;
    }
    if (!has_tenderly) return std::nullopt;
    // Read even where it is not used, so that what is wrong shows before it is.
    auto tenderly = read_tenderly(section.section("tenderly"), dir);
    return provider == "tenderly" ? std::optional{std::move(tenderly)} : std::nullopt;
}

}  // namespace chela::sidecar::config
