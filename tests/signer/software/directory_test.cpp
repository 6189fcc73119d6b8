#include "signer/software/directory.hpp"

#include "chains/base/hex.hpp"
#include "signer/private_key.hpp"
#include "tests/support/approve.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace chela::signer::software {
namespace {

namespace fs = std::filesystem;

Secret key_of(char fill) {
    return Secret{std::string(32, fill)};
}

SoftwareKeystore keystore_at(const test::TempDir& folder) {
    auto keystore = SoftwareKeystore::at(folder.path());
    if (!keystore) bug(keystore.error().detail);
    return *keystore;
}

std::string text_of(const fs::path& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(software_keystore, stores_lists_and_opens_a_key_in_a_file_of_its_owner) {
    const test::TempDir folder;
    const auto keystore = keystore_at(folder);
    EXPECT_TRUE(keystore.list()->empty());
    const auto stored = keystore.store(key_of('a'), Secret{"pass"}, {});
    ASSERT_TRUE(stored) << stored.error().detail;
    struct stat facts{};
    ASSERT_EQ(::stat(stored->file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
    EXPECT_EQ(stored->file.filename().string(), to_hex(stored->address) + ".json");
    EXPECT_EQ(std::distance(fs::directory_iterator{folder.path()}, {}), 1);  // no draft stays

    const auto listed = keystore.list();
    ASSERT_TRUE(listed) << listed.error().detail;
    ASSERT_EQ(listed->size(), 1U);
    EXPECT_EQ(listed->front().address, stored->address);
    const auto key = keystore.open(stored->address, Secret{"pass"});
    ASSERT_TRUE(key) << key.error().detail;
    EXPECT_EQ((*key)->address(), stored->address);
    const auto approved = test::approve_transfer(stored->address, 1);
    const auto signature = (*key)->sign(approved);
    ASSERT_TRUE(signature) << signature.error().detail;
    // RFC 6979: the same bytes give the same signature.
    EXPECT_EQ(*(*key)->sign(approved), *signature);
    EXPECT_EQ(to_string((*key)->origin()), "software keystore " + folder.path().string());
}

TEST(software_keystore, refuses_a_wrong_password_and_an_unknown_address) {
    const test::TempDir folder;
    const auto keystore = keystore_at(folder);
    const auto stored = keystore.store(key_of('a'), Secret{"pass"}, {});
    ASSERT_TRUE(stored);
    const auto wrong = keystore.open(stored->address, Secret{"past"});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::denied);
    EXPECT_EQ(wrong.error().reason, "E_KEYSTORE_PASSWORD");
    EXPECT_FALSE(wrong.error().detail.contains("past"));
    EXPECT_EQ(keystore.open(Address{}, Secret{"pass"}).error().reason, "E_KEY_NOT_FOUND");
}

TEST(software_keystore, never_writes_over_a_key) {
    const test::TempDir folder;
    const auto keystore = keystore_at(folder);
    const auto stored = keystore.store(key_of('a'), Secret{"pass"}, {});
    ASSERT_TRUE(stored);
    const std::string before = text_of(stored->file);
    const auto again = keystore.store(key_of('a'), Secret{"other"}, {});
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
    EXPECT_EQ(again.error().reason, "E_KEY_EXISTS");
    EXPECT_EQ(text_of(stored->file), before);
}

TEST(software_keystore, refuses_a_directory_or_file_that_others_can_use) {
    const test::TempDir folder;
    const auto keystore = keystore_at(folder);
    const auto stored = keystore.store(key_of('a'), Secret{"pass"}, {});
    ASSERT_TRUE(stored);
    ASSERT_EQ(::chmod(stored->file.c_str(), 0640), 0);
    EXPECT_EQ(keystore.open(stored->address, Secret{"pass"}).error().reason, "E_FILE_MODE");
    ASSERT_EQ(::chmod(stored->file.c_str(), 0600), 0);
    ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
    EXPECT_EQ(keystore.list().error().reason, "E_FILE_MODE");
    EXPECT_EQ(SoftwareKeystore::at(folder.path()).error().reason, "E_FILE_MODE");
    ASSERT_EQ(::chmod(folder.path().c_str(), 0700), 0);
    EXPECT_EQ(SoftwareKeystore::at(folder.path() / "none").error().code, ErrorCode::not_found);
}

TEST(software_keystore, tells_of_a_file_that_it_cannot_read_instead_of_passing_it_over) {
    const test::TempDir folder;
    const auto keystore = keystore_at(folder);
    const auto stored = keystore.store(key_of('a'), Secret{"pass"}, {});
    ASSERT_TRUE(stored);
    const fs::path twin = folder.path() / "twin.json";
    fs::copy_file(stored->file, twin);
    EXPECT_EQ(keystore.list().error().reason, "E_KEY_AMBIGUOUS");
    std::ofstream{twin} << "{}";
    const auto broken = keystore.list();
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().reason, "E_KEYSTORE_FORMAT");
    EXPECT_TRUE(broken.error().detail.contains("twin.json"));
}

}  // namespace
}  // namespace chela::signer::software
