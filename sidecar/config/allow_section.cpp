#include "sidecar/auth/peer_name.hpp"
#include "sidecar/config/sections.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace chela::sidecar::config {
namespace {

/// One identity's "allow", with what the others have.
struct Reading {
    const Section& allow;
    CallerOwners& owners;
    IdentityConfig& identity;

    void problem(const std::string& where, std::string_view key, std::string_view what) const {
        allow.problems().add(
            where, fmt::format("identities.{}.allow.{}: {}", identity.name, key, what));
    }

    /// @param caller  its kind and name, as a sentence begins: "uid 7"
    void claim(const std::string& where, std::string_view key, const std::string& caller) const {
        const auto [at, is_new] = owners.emplace(caller, identity.name);
        if (!is_new)
            problem(
                where, key,
                fmt::format("{} belongs to the identity \"{}\" already", caller, at->second));
    }

    /// @param kind  "user" or "group"
    [[nodiscard]] std::vector<std::uint32_t> numbers(
        std::string_view key, std::string_view kind, std::string_view caller) const {
        std::vector<std::uint32_t> out;
        for (const auto& [where, text] : allow.list(key)) {
            const auto number = parse_number(text);
            // 2^32-1 is "nobody at all" to the kernel.
            if (!number || *number >= std::numeric_limits<std::uint32_t>::max()) {
                problem(
                    where, key, fmt::format("expected a numeric {} id, found \"{}\"", kind, text));
                continue;
            }
            claim(where, key, fmt::format("{} {}", caller, *number));
            out.push_back(static_cast<std::uint32_t>(*number));
        }
        return out;
    }

    [[nodiscard]] std::vector<std::string> names(
        std::string_view key, std::string_view caller, Status (*check)(std::string_view)) const {
        std::vector<std::string> out;
        for (const auto& [where, text] : allow.list(key)) {
            if (const auto ok = check(text); !ok)
                problem(where, key, fmt::format("{}, found \"{}\"", ok.error().detail, text));
            claim(where, key, fmt::format("{} {}", caller, text));
            out.push_back(text);
        }
        return out;
    }

    [[nodiscard]] std::vector<ServiceAccountName> service_accounts() const {
        std::vector<ServiceAccountName> out;
        for (const auto& item : allow.items("service_accounts")) {
            ServiceAccountName account{
                item.required_text("namespace", "agents"), item.required_text("name", "trader")};
            for (const auto& [key, text] :
                 {std::pair{"namespace", account.name_space}, std::pair{"name", account.name}})
                if (!text.empty() && !auth::check_dns_name(text))
                    item.problem(
                        key,
                        fmt::format("is not the name of something in Kubernetes: \"{}\"", text));
            claim(
                item.where(), "service_accounts",
                fmt::format("the service account {}/{}", account.name_space, account.name));
            out.push_back(std::move(account));
        }
        return out;
    }
};

}  // namespace

void read_allow(
    const Section& allow,
    const std::filesystem::path& dir,
    CallerOwners& owners,
    IdentityConfig& identity) {
    const Reading reading{allow, owners, identity};
    identity.uids = reading.numbers("uids", "user", "uid");
    identity.gids = reading.numbers("gids", "group", "gid");
    identity.executable = allow.path("executable", dir);
    identity.client_token_file = allow.path("client_token_file", dir);
    identity.spiffe_ids = reading.names("spiffe_ids", "the SPIFFE ID", auth::check_spiffe_id);
    identity.dns_names = reading.names("dns_names", "the DNS name", auth::check_dns_name);
    identity.service_accounts = reading.service_accounts();
    const bool has_peers = !identity.uids.empty() || !identity.gids.empty();
    if (identity.executable && !has_peers)
        allow.problem("executable", "narrows uids and gids, and there are none");
    const bool has_others = identity.client_token_file || !identity.spiffe_ids.empty() ||
                            !identity.dns_names.empty() || !identity.service_accounts.empty();
    if (!has_peers && !has_others)
        allow.problem(
            "",
            "nobody may use this identity; give uids, gids, client_token_file, spiffe_ids, "
            "dns_names or service_accounts");
}

}  // namespace chela::sidecar::config
