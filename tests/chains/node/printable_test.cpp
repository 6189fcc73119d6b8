#include "chains/node/printable.hpp"

#include <gtest/gtest.h>

namespace chela::chains::node {
namespace {

TEST(printable, leaves_text_of_any_script_alone) {
    EXPECT_EQ(printable("Zu wenig Geld: 5 €, 残高不足 💸"), "Zu wenig Geld: 5 €, 残高不足 💸");
    EXPECT_EQ(printable(""), "");
}

TEST(printable, replaces_control_characters_and_line_ends) {
    EXPECT_EQ(printable("a\nb\rc\td\x1b[31me\x7f"), "a b c d [31me ");
    EXPECT_EQ(printable(std::string_view{"a\0b", 3}), "a b");
    EXPECT_EQ(printable("a\u0085b\u2028c"), "a b c");
}

TEST(printable, replaces_marks_that_hide_or_turn_text) {
    EXPECT_EQ(printable("pay\u202Eecila\u2066x\u200By\ufeffz"), "pay ecila x y z");
}

TEST(printable, replaces_bytes_that_are_not_utf8) {
    EXPECT_EQ(
        printable("\xff"
                  "a"),
        "?a");
    EXPECT_EQ(printable("a\xc3"), "a?");
    EXPECT_EQ(printable("\xc0\x80"), "??");            // overlong NUL
    EXPECT_EQ(printable("\xed\xa0\x80"), "???");       // surrogate
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????");  // over U+10FFFF
    EXPECT_EQ(printable("\x80"), "?");
}

TEST(printable, cuts_at_characters_not_bytes) {
    EXPECT_EQ(printable("€€€", 3), "€€€");
    EXPECT_EQ(printable("€€€€", 3), "€€€...");
    EXPECT_EQ(printable(std::string(301, 'x')), std::string(300, 'x') + "...");
}

TEST(lower_case, changes_ascii_letters_alone) {
    EXPECT_EQ(lower_case("Nonce TOO Low Ä9"), "nonce too low Ä9");
}

}  // namespace
}  // namespace chela::chains::node
