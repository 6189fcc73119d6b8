#include "sidecar/auth/jwt.hpp"

#include "tests/sidecar/auth/rfc8037.hpp"
#include "tests/support/temp_dir.hpp"

#include <array>
#include <sys/stat.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace chela::sidecar::auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint kNow{seconds{1'800'000'000}};

Claims claims() {
    return {
        .subject = "agent:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        .org = "org-1",
        .scopes = {"vault:read", "tx:sign"},
        .vault_ids = {"v1", "v2"},
        .issued_at = kNow,
        .expires_at = kNow + seconds{900},
        .id = "jti-1",
        .intents_api_enabled = true,
        .generation = 3};
}

std::string encode(std::string_view text) {
    return to_base64url(Bytes{text.begin(), text.end()});
}

std::string payload_of(const std::string& token) {
    const std::size_t first = token.find('.') + 1;
    const auto bytes = parse_base64url(token.substr(first, token.rfind('.') - first));
    EXPECT_TRUE(bytes.has_value());
    return {bytes->begin(), bytes->end()};
}

class Jwt : public testing::Test {
protected:
    Jwt() {
        const auto path = dir_.path() / "rfc8037.pem";
        std::ofstream{path} << test::rfc8037_pem();
        chmod(path.c_str(), 0600);
        auto loaded = JwtKey::load(path);
        EXPECT_TRUE(loaded.has_value());
        key_ = std::make_unique<JwtKey>(std::move(*loaded));
    }

    [[nodiscard]] std::string signed_token() const {
        auto token = key_->sign(claims());
        EXPECT_TRUE(token.has_value());
        return token.value_or("");
    }

    /// Any header and payload under a good signature of the key.
    [[nodiscard]] static std::string forge(std::string_view header, std::string_view payload) {
        const std::string input = encode(header) + "." + encode(payload);
        return input + "." + to_base64url(test::rfc8037_key().sign(input));
    }

    [[nodiscard]] std::string reason(std::string_view token, TimePoint now = kNow) const {
        const auto verified = key_->verify(token, now);
        if (verified) return "accepted";
        EXPECT_EQ(verified.error().code, ErrorCode::unauthenticated);
        return verified.error().reason;
    }

    [[nodiscard]] std::string kid() const { return key_->jwk()["kid"].get<std::string>(); }

    chela::test::TempDir dir_;
    std::unique_ptr<JwtKey> key_;
};

constexpr std::string_view kHeader = R"({"alg":"EdDSA","typ":"JWT"})";
constexpr std::string_view kPayload =
    R"({"sub":"agent:x","org":"o","scopes":[],"vault_ids":[],"iat":1800000000,"exp":1800000900,)"
    R"("jti":"j","intents_api_enabled":false,"gen":0})";

TEST_F(Jwt, publishes_the_key_with_its_rfc_7638_thumbprint) {
    const Json vector = test::rfc8037_vector();
    const Json expected{{"kty", "OKP"},     {"crv", "Ed25519"},
                        {"x", vector["x"]}, {"kid", vector["thumbprint"]},
                        {"alg", "EdDSA"},   {"use", "sig"}};
    EXPECT_EQ(key_->jwk(), expected);
}

TEST_F(Jwt, verifies_what_it_signs_claim_for_claim) {
    const auto read = key_->verify(signed_token(), kNow);
    ASSERT_TRUE(read.has_value());
    const Claims wrote = claims();
    EXPECT_EQ(read->subject, wrote.subject);
    EXPECT_EQ(read->org, wrote.org);
    EXPECT_EQ(read->scopes, wrote.scopes);
    EXPECT_EQ(read->vault_ids, wrote.vault_ids);
    EXPECT_EQ(read->issued_at, wrote.issued_at);
    EXPECT_EQ(read->expires_at, wrote.expires_at);
    EXPECT_EQ(read->id, wrote.id);
    EXPECT_EQ(read->intents_api_enabled, wrote.intents_api_enabled);
    EXPECT_EQ(read->generation, wrote.generation);
}

TEST_F(Jwt, writes_the_documented_claim_names) {
    const auto payload = parse_json(payload_of(signed_token()));
    ASSERT_TRUE(payload.has_value());
    EXPECT_EQ((*payload)["sub"], claims().subject);
    EXPECT_EQ((*payload)["iat"], 1'800'000'000);
    EXPECT_EQ((*payload)["exp"], 1'800'000'900);
    EXPECT_EQ((*payload)["gen"], 3);
    EXPECT_EQ((*payload)["intents_api_enabled"], true);
    EXPECT_EQ(payload->size(), 9U);
}

TEST_F(Jwt, ends_to_the_second) {
    const std::string token = signed_token();
    EXPECT_EQ(reason(token, kNow + seconds{900} - milliseconds{1}), "accepted");
    EXPECT_EQ(reason(token, kNow + seconds{900}), "E_TOKEN_EXPIRED");
    EXPECT_EQ(reason(token, kNow + seconds{901}), "E_TOKEN_EXPIRED");
}

TEST_F(Jwt, begins_at_most_a_minute_ahead) {
    const std::string token = signed_token();
    EXPECT_EQ(reason(token, kNow - seconds{60}), "accepted");
    EXPECT_EQ(reason(token, kNow - seconds{61}), "E_TOKEN_NOT_YET_VALID");
}

TEST_F(Jwt, refuses_every_other_algorithm) {
    for (const char* header :
         {R"({"alg":"none","typ":"JWT"})", R"({"alg":"None","typ":"JWT"})",
          R"({"alg":"HS256","typ":"JWT"})", R"({"alg":"RS256","typ":"JWT"})",
          R"({"alg":"Ed25519","typ":"JWT"})", R"({"alg":"eddsa","typ":"JWT"})",
          R"({"alg":null,"typ":"JWT"})", R"({"alg":["EdDSA"],"typ":"JWT"})", R"({"typ":"JWT"})"}) {
        EXPECT_EQ(reason(forge(header, kPayload)), "E_TOKEN_ALGORITHM") << header;
    }
    EXPECT_EQ(
        reason(encode(R"({"alg":"none","typ":"JWT"})") + "." + encode(kPayload) + "."),
        "E_TOKEN_ALGORITHM");
}

TEST_F(Jwt, refuses_hs256_with_the_public_key_as_secret) {
    const Bytes secret = test::rfc8037_key().public_key();
    const std::string input = encode(R"({"alg":"HS256","typ":"JWT"})") + "." + encode(kPayload);
    std::array<std::uint8_t, 32> mac{};
    unsigned size = 0;
    HMAC(
        EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
        reinterpret_cast<const unsigned char*>(input.data()), input.size(), mac.data(), &size);
    EXPECT_EQ(reason(input + "." + to_base64url(mac)), "E_TOKEN_ALGORITHM");
}

TEST_F(Jwt, refuses_header_parameters_it_does_not_understand) {
    for (const char* header :
         {R"({"alg":"EdDSA"})", R"({"alg":"EdDSA","typ":"jwt"})",
          R"({"alg":"EdDSA","typ":"JWT","crit":["exp"]})",
          R"({"alg":"EdDSA","typ":"JWT","jku":"https://evil.example"})",
          R"({"alg":"EdDSA","typ":"JWT","jwk":{}})", R"({"alg":"EdDSA","typ":"JWT","b64":false})",
          R"({"alg":"EdDSA","alg":"EdDSA","typ":"JWT"})", R"([])", R"("EdDSA")", R"({)", ""}) {
        EXPECT_EQ(reason(forge(header, kPayload)), "E_TOKEN_MALFORMED") << header;
    }
}

TEST_F(Jwt, knows_no_other_kid) {
    const std::string ours = R"({"alg":"EdDSA","typ":"JWT","kid":")" + kid() + R"("})";
    EXPECT_EQ(reason(forge(ours, kPayload)), "accepted");
    EXPECT_EQ(reason(forge(kHeader, kPayload)), "accepted");
    for (const char* header :
         {R"({"alg":"EdDSA","typ":"JWT","kid":"other"})", R"({"alg":"EdDSA","typ":"JWT","kid":1})",
          R"({"alg":"EdDSA","typ":"JWT","kid":null})"}) {
        EXPECT_EQ(reason(forge(header, kPayload)), "E_TOKEN_SIGNATURE") << header;
    }
}

TEST_F(Jwt, refuses_a_changed_payload) {
    const std::string token = signed_token();
    std::string payload = payload_of(token);
    payload.replace(payload.find(":true"), 5, ":null");
    const std::size_t first = token.find('.') + 1;
    const std::size_t last = token.rfind('.');
    EXPECT_EQ(
        reason(token.substr(0, first) + encode(payload) + token.substr(last)), "E_TOKEN_SIGNATURE");
}

TEST_F(Jwt, refuses_every_change_of_one_character) {
    const std::string token = signed_token();
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_NE(reason(changed), "accepted") << i;
        EXPECT_NE(reason(token.substr(0, i)), "accepted") << i;
    }
}

TEST_F(Jwt, refuses_the_token_of_another_key) {
    const auto path = dir_.path() / "other.pem";
    ASSERT_TRUE(JwtKey::create(path).has_value());
    const auto other = JwtKey::load(path);
    ASSERT_TRUE(other.has_value());
    const auto token = other->sign(claims());
    ASSERT_TRUE(token.has_value());
    EXPECT_EQ(reason(*token), "E_TOKEN_SIGNATURE");
    EXPECT_TRUE(other->verify(*token, kNow).has_value());
}

TEST_F(Jwt, refuses_texts_that_are_no_compact_jws) {
    const std::string token = signed_token();
    for (const std::string& text :
         {std::string{}, std::string{"."}, std::string{".."}, std::string{"a.b"},
          std::string{"a.b.c.d"}, token + ".", "." + token, token + "=", token + "\n", " " + token,
          "Bearer " + token}) {
        EXPECT_EQ(reason(text), "E_TOKEN_MALFORMED") << text;
    }
}

TEST_F(Jwt, refuses_tokens_over_8_kib_on_both_ends) {
    EXPECT_EQ(reason(signed_token() + std::string(8'192, 'A')), "E_TOKEN_MALFORMED");
    EXPECT_EQ(reason(std::string(10'000'000, '.')), "E_TOKEN_MALFORMED");
    Claims wide = claims();
    wide.org = std::string(8'000, 'o');
    const auto token = key_->sign(wide);
    ASSERT_FALSE(token.has_value());
    EXPECT_EQ(token.error().code, ErrorCode::too_large);
}

TEST_F(Jwt, signs_no_claims_that_it_would_not_accept) {
    Claims endless = claims();
    endless.expires_at = endless.issued_at;
    EXPECT_FALSE(key_->sign(endless).has_value());
    Claims broken = claims();
    broken.org = "\xff";
    EXPECT_FALSE(key_->sign(broken).has_value());
}

TEST_F(Jwt, needs_every_claim_with_its_type) {
    const auto good = parse_json(kPayload);
    ASSERT_TRUE(good.has_value());
    ASSERT_EQ(reason(forge(kHeader, good->dump())), "accepted");
    for (const auto& [name, value] : good->items()) {
        Json without = *good;
        without.erase(name);
        EXPECT_EQ(reason(forge(kHeader, without.dump())), "E_TOKEN_MALFORMED") << name;
        for (const Json& wrong :
             {Json(nullptr), Json::object(), Json(1.5), Json(Json::array({1}))}) {
            Json changed = *good;
            changed[name] = wrong;
            EXPECT_EQ(reason(forge(kHeader, changed.dump())), "E_TOKEN_MALFORMED")
                << name << " " << wrong;
        }
    }
}

TEST_F(Jwt, refuses_times_that_make_no_sense) {
    const auto with = [](const char* name, Json value) {
        auto payload = parse_json(kPayload);
        (*payload)[name] = std::move(value);
        return forge(kHeader, payload->dump());
    };
    for (const Json& value :
         {Json(-1), Json("1800000900"), Json(1'800'000'000), Json(~0ULL), Json(253'402'300'800),
          Json(1'800'000'900.0)}) {
        EXPECT_EQ(reason(with("exp", value)), "E_TOKEN_MALFORMED") << value;
    }
    EXPECT_EQ(reason(with("iat", -1)), "E_TOKEN_MALFORMED");
    EXPECT_EQ(reason(with("iat", 1'800'000'900)), "E_TOKEN_MALFORMED");
}

TEST_F(Jwt, creates_a_private_file_and_never_replaces_one) {
    const auto path = dir_.path() / "new.pem";
    ASSERT_TRUE(JwtKey::create(path).has_value());
    struct stat info{};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    EXPECT_EQ(info.st_nlink, 1U);
    const auto first = JwtKey::load(path);
    ASSERT_TRUE(first.has_value());

    const auto again = JwtKey::create(path);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
    const auto second = JwtKey::load(path);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(second->jwk(), first->jwk());
    const auto files = std::filesystem::directory_iterator{dir_.path()};
    EXPECT_EQ(std::distance(begin(files), end(files)), 2);  // rfc8037.pem and new.pem
}

TEST_F(Jwt, cannot_be_created_where_there_is_no_folder) {
    const auto made = JwtKey::create(dir_.path() / "missing" / "key.pem");
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, ErrorCode::unavailable);
}

TEST_F(Jwt, loads_no_key_that_others_can_read) {
    const auto path = dir_.path() / "open.pem";
    ASSERT_TRUE(JwtKey::create(path).has_value());
    chmod(path.c_str(), 0640);
    const auto loaded = JwtKey::load(path);
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().reason, "E_FILE_MODE");
    EXPECT_FALSE(JwtKey::load(dir_.path() / "missing.pem").has_value());
}

}  // namespace
}  // namespace chela::sidecar::auth
