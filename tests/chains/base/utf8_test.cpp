#include "chains/base/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela {
namespace {

TEST(utf8, accepts_characters_of_every_length) {
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8(std::string_view{"a\0b", 3}));
    EXPECT_TRUE(
        is_utf8("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
    EXPECT_EQ(first_code_point("\xf4\x8f\xbf\xbf").value, 0x10ffffU);
    EXPECT_EQ(first_code_point("\xf4\x8f\xbf\xbf").length, 4U);
}

TEST(utf8, refuses_what_rfc_3629_excludes) {
    for (const char* const text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
          "\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
          "\xf5\x80\x80\x80", "\xff", "\xc2", "\xe1\x80", "\xf1\x80\x80", "\xc2\x41",
          "a\xe1\x80\x41"}) {
        EXPECT_FALSE(is_utf8(text));
    }
}

}  // namespace
}  // namespace chela
