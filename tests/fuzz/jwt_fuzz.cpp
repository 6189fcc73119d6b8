#include "chains/base/result.hpp"
#include "sidecar/auth/base64url.hpp"
#include "sidecar/auth/claims.hpp"
#include "sidecar/auth/jwt.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string_view>

using namespace chela;
using namespace chela::sidecar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

auth::JwtKey make_key() {
    std::string folder = (std::filesystem::temp_directory_path() / "jwt_fuzz.XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) bug("no temporary folder");
    const auto path = std::filesystem::path{folder} / "key.pem";
    if (!auth::JwtKey::create(path)) bug("no key");
    auto key = auth::JwtKey::load(path);
    std::filesystem::remove_all(folder);
    if (!key) bug("the key does not load");
    return std::move(*key);
}

}  // namespace

/// The same bytes as a token, as a claims set and as base64url: no input may crash, no unsigned
/// token may pass, and whatever is read must be written back to the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auth::JwtKey key = make_key();
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const TimePoint now{std::chrono::seconds{1'800'000'000}};
    if (key.verify(text, now)) bug("a token that nobody signed was accepted");

    if (const auto bytes = auth::parse_base64url(text)) {
        if (auth::to_base64url(*bytes) != text) bug("base64url has two texts for the same bytes");
    }
    if (const auto claims = auth::parse_claims(text)) {
        const auto json = auth::claims_to_json(*claims);
        if (!json) bug("claims that were read cannot be written");
        const auto again = auth::parse_claims(*json);
        if (!again || again->subject != claims->subject || again->scopes != claims->scopes ||
            again->expires_at != claims->expires_at || again->generation != claims->generation) {
            bug("claims change when they are written and read");
        }
        const auto token = key.sign(*claims);
        const bool is_current =
            claims->expires_at > now && claims->issued_at <= now + std::chrono::seconds{60};
        if (token && key.verify(*token, now).has_value() != is_current) {
            bug("a signed token is judged wrongly");
        }
    }
    return 0;
}
