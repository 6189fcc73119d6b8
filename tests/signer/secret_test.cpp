#include "signer/secret.hpp"

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

namespace chela::signer {
namespace {

TEST(secret, gives_back_the_bytes_it_was_made_from) {
    const std::string text{"a\0b\n", 4};
    const Secret secret{text};
    EXPECT_EQ(secret.reveal(), text);
    EXPECT_FALSE(secret.empty());
}

TEST(secret, is_empty_by_default_and_from_empty_text) {
    EXPECT_TRUE(Secret{}.empty());
    EXPECT_TRUE(Secret{std::string_view{}}.empty());
    EXPECT_EQ(Secret{}.reveal(), "");
}

TEST(secret, leaves_nothing_behind_when_moved) {
    Secret first{"hunter2"};
    Secret second{std::move(first)};
    EXPECT_TRUE(
        first.empty());  // NOLINT(bugprone-use-after-move): the moved-from state is the subject
    EXPECT_EQ(second.reveal(), "hunter2");

    Secret third{"other"};
    third = std::move(second);
    EXPECT_TRUE(
        second.empty());  // NOLINT(bugprone-use-after-move): the moved-from state is the subject
    EXPECT_EQ(third.reveal(), "hunter2");
}

TEST(secret, survives_being_moved_onto_itself) {
    Secret secret{"hunter2"};
    Secret& same = secret;
    secret = std::move(same);
    EXPECT_EQ(secret.reveal(), "hunter2");
}

TEST(secret, unmaps_its_pages_when_it_ends) {
    void* page = nullptr;
    unsigned char resident = 0;
    const auto page_size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    {
        const Secret secret{"hunter2"};
        page = const_cast<char*>(secret.reveal().data());
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(page) % page_size, 0U);
        ASSERT_EQ(mincore(page, page_size, &resident), 0);
    }
    EXPECT_EQ(mincore(page, page_size, &resident), -1);
}

TEST(secret, is_kept_out_of_core_files) {
    const Secret secret{"hunter2"};
    const auto address = reinterpret_cast<std::uintptr_t>(secret.reveal().data());
    std::ifstream maps{"/proc/self/smaps"};
    std::string line;
    bool inside = false;
    bool has_dont_dump = false;
    while (std::getline(maps, line)) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2) {
            inside = from <= address && address < to;
        }
        if (inside && line.starts_with("VmFlags:")) has_dont_dump = line.contains(" dd");
    }
    EXPECT_TRUE(has_dont_dump);
}

}  // namespace
}  // namespace chela::signer
