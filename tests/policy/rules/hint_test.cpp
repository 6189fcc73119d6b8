#include "policy/rules/hint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::policy {
namespace {

TEST(hint, names_its_fields_in_braces) {
    EXPECT_EQ(fields_of_hint("no fields"), std::vector<Field>{});
    EXPECT_EQ(fields_of_hint(""), std::vector<Field>{});
    EXPECT_EQ(
        fields_of_hint("{to} and {amount}{to}"),
        (std::vector<Field>{Field::to, Field::amount, Field::to}));
    for (const auto* bad :
         {"{", "}", "{to", "to}", "{}", "{TO}", "{args}", "{to}}", "{{to}}", "a}{to}"})
        EXPECT_EQ(fields_of_hint(bad), std::nullopt) << bad;
}

TEST(hint, is_filled_with_texts) {
    const auto text_of = [](Field field) { return "<" + std::string{to_string(field)} + ">"; };
    EXPECT_EQ(fill_hint("pay {to} {amount}.", text_of), "pay <to> <amount>.");
    EXPECT_EQ(fill_hint("plain", text_of), "plain");
    EXPECT_TRUE(names_only("over by {charge}{charge}", "charge"));
    EXPECT_TRUE(names_only("plain", "charge"));
    EXPECT_FALSE(names_only("{to} {charge}", "charge"));
    EXPECT_FALSE(names_only("{charge", "charge"));
    EXPECT_EQ(fill_hint("over by {charge}!", "charge", "{1.5}"), "over by {1.5}!");
}

TEST(hint_death, of_an_unknown_word_is_a_bug) {
    EXPECT_DEATH(
        (void)fill_hint("{nobody}", [](Field) { return std::string{}; }), "does not exist");
    EXPECT_DEATH((void)fill_hint("{other}", "charge", "1"), "cannot have");
}

TEST(clause, has_a_word_for_every_field) {
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Field::target); ++i) {
        const auto field = static_cast<Field>(i);
        EXPECT_EQ(parse_field(to_string(field)), field);
    }
    EXPECT_EQ(parse_field("nothing"), std::nullopt);
}

TEST(clause, knows_which_effect_has_which_field) {
    EXPECT_TRUE(has_field(EffectKind::transfer, Field::to));
    EXPECT_FALSE(has_field(EffectKind::grant, Field::to));
    EXPECT_TRUE(has_field(EffectKind::grant, Field::spender));
    EXPECT_TRUE(has_field(EffectKind::swap, Field::token_in));
    EXPECT_FALSE(has_field(EffectKind::message, Field::chain));
    EXPECT_FALSE(has_field(EffectKind::deploy, Field::target));
    EXPECT_TRUE(has_field(EffectKind::opaque, Field::target));
}

}  // namespace
}  // namespace chela::policy
