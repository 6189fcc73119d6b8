#include "sidecar/flow/keyring.hpp"

#include "sidecar/flow/keystore_source.hpp"
#include "tests/sidecar/flow/world.hpp"

namespace chela::sidecar::flow {
namespace {

class keyring : public World {
protected:
    [[nodiscard]] std::size_t keys_in_token() { return token.list()->size(); }
    Keyring& ring() { return process->keyring; }
};

TEST_F(keyring, a_new_key_is_pinned_and_opens) {
    const auto made = ring().create("treasury", "operator", test::kNow);
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    EXPECT_EQ(made->address, chains::address_of(made->public_key));
    const auto stored = process->store->key("treasury");
    ASSERT_TRUE(stored.has_value());
    EXPECT_EQ(stored->id, made->id);
    EXPECT_EQ(stored->token_id, made->token_id);
    EXPECT_EQ(stored->public_key, made->public_key);
    const auto key = ring().open(made->id);
    ASSERT_TRUE(key.has_value());
    EXPECT_EQ((*key)->address(), made->address);
    EXPECT_EQ(ring().open(made->id).value(), *key);
}

TEST_F(keyring, a_label_that_is_taken_is_refused_and_leaves_nothing_in_the_token) {
    ASSERT_TRUE(ring().create("treasury", "operator", test::kNow).has_value());
    const auto before = keys_in_token();
    const auto again = ring().create("treasury", "operator", test::kNow);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().reason, "E_KEY_EXISTS");
    EXPECT_EQ(keys_in_token(), before);
}

/// A store that cannot be read.
class BrokenStore final : public store::KeyStore {
public:
    Status insert_key(const store::SigningKeyRecord&, const policy::AuditEntry&) override {
        return broken();
    }
    Result<std::vector<store::SigningKeyRecord>> keys() override { return broken(); }
    Result<store::SigningKeyRecord> key(const std::string&) override { return broken(); }
    Status retire_key(const std::string&, const policy::AuditEntry&) override { return broken(); }

private:
    static std::unexpected<Error> broken() {
        return fail(ErrorCode::unavailable, "fails for the test");
    }
};

TEST_F(keyring, a_store_that_is_away_leaves_nothing_in_the_token) {
    BrokenStore broken;
    Keyring ring{broken, {std::make_shared<TokenSource>(token)}};
    const auto before = keys_in_token();
    const auto made = ring.create("treasury", "operator", test::kNow);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, ErrorCode::unavailable);
    EXPECT_EQ(keys_in_token(), before);
}

TEST_F(keyring, a_retired_key_does_not_open) {
    const auto made = ring().create("treasury", "operator", test::kNow);
    ASSERT_TRUE(made.has_value());
    ASSERT_TRUE(process->store
                    ->retire_key(made->id, {test::kNow, "operator", "key.retired", made->id, "{}"})
                    .has_value());
    const auto opened = ring().open(made->id);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, ErrorCode::denied);
    EXPECT_EQ(opened.error().reason, "E_KEY_RETIRED");
}

TEST_F(keyring, a_back_end_that_is_not_configured_makes_and_opens_nothing) {
    const auto made = ring().create("soft", "operator", test::kNow, store::KeyBackend::keystore);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, ErrorCode::unsupported);
    store::SigningKeyRecord record;
    record.id = record.label = "elsewhere";
    record.backend = store::KeyBackend::keystore;
    record.created_at = test::kNow;
    ASSERT_TRUE(
        process->store->insert_key(record, {test::kNow, "operator", "key.created", "x", "{}"})
            .has_value());
    EXPECT_EQ(ring().open("elsewhere").error().reason, "E_KEY_BACKEND");
}

TEST_F(keyring, keeps_keys_of_a_token_and_a_keystore_apart) {
    const auto directory = folder.path() / "keystore";
    std::filesystem::create_directory(directory);
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
    auto keystore = signer::software::SoftwareKeystore::at(directory);
    ASSERT_TRUE(keystore.has_value()) << keystore.error().detail;
    Keyring both{
        *process->store,
        {std::make_shared<TokenSource>(token),
         std::make_shared<KeystoreSource>(std::move(*keystore), signer::Secret{"password"})}};
    const auto hard = both.create("hard", "operator", test::kNow);
    const auto soft = both.create("soft", "operator", test::kNow, store::KeyBackend::keystore);
    ASSERT_TRUE(hard.has_value());
    ASSERT_TRUE(soft.has_value()) << soft.error().detail;
    EXPECT_EQ(hard->backend, store::KeyBackend::token) << "the first is where new keys go";
    EXPECT_EQ(soft->backend, store::KeyBackend::keystore);
    const auto opened = both.open(soft->id);
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    EXPECT_EQ((*opened)->address(), soft->address);
    EXPECT_EQ((*opened)->origin().back_end, signer::BackEnd::software_keystore);
    EXPECT_EQ((*both.open(hard->id))->address(), hard->address);
    for (const auto& source : both.sources())
        EXPECT_TRUE(source->probe().has_value());
}

TEST_F(keyring, a_token_that_refuses_stores_nothing) {
    token.generate_error = Error{ErrorCode::unavailable, "gone"};
    EXPECT_EQ(
        ring().create("treasury", "operator", test::kNow).error().code, ErrorCode::unavailable);
    EXPECT_EQ(process->store->key("treasury").error().code, ErrorCode::not_found);
}

TEST_F(keyring, a_key_that_did_not_open_is_tried_again) {
    const auto made = ring().create("treasury", "operator", test::kNow);
    ASSERT_TRUE(made.has_value());
    token.open_error = Error{ErrorCode::unavailable, "gone"};
    EXPECT_EQ(ring().open(made->id).error().code, ErrorCode::unavailable);
    token.open_error.reset();
    EXPECT_TRUE(ring().open(made->id).has_value());
    EXPECT_EQ(ring().open("no-such-id").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace chela::sidecar::flow
