#include "signer/pkcs11/attest.hpp"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

namespace chela::signer::pkcs11 {
namespace {

using Judgement = AttributeRow::Judgement;

// A key that was generated in the token and never left it.
constexpr KeyAttributes kBest{
    .sensitive = true,
    .always_sensitive = true,
    .extractable = false,
    .never_extractable = true,
    .local = true,
    .sign = true,
    .is_private = true,
    .token = true};

Judgement judge(const KeyAttributes& attributes, std::string_view name) {
    const auto rows = attest(attributes);
    const auto row = std::ranges::find(rows, name, &AttributeRow::name);
    if (row == rows.end()) throw std::out_of_range{"no such row"};
    return row->judgement;
}

TEST(attest, has_a_good_row_for_each_attribute_of_the_best_key) {
    const auto rows = attest(kBest);
    EXPECT_EQ(rows.size(), 12U);
    EXPECT_TRUE(is_proof_of_origin(rows));
}

TEST(attest, proves_nothing_of_a_key_that_says_nothing) {
    EXPECT_FALSE(is_proof_of_origin(attest({})));
    EXPECT_FALSE(is_proof_of_origin({}));
}

TEST(attest, judges_each_attribute_by_itself) {
    struct Line {
        bool KeyAttributes::* member;
        std::string_view name;
        Judgement judgement;
    };
    for (const Line& line : {
             Line{&KeyAttributes::sensitive, "CKA_SENSITIVE", Judgement::bad},
             Line{&KeyAttributes::extractable, "CKA_EXTRACTABLE", Judgement::bad},
             Line{&KeyAttributes::always_sensitive, "CKA_ALWAYS_SENSITIVE", Judgement::weaker},
             Line{&KeyAttributes::never_extractable, "CKA_NEVER_EXTRACTABLE", Judgement::weaker},
             Line{&KeyAttributes::local, "CKA_LOCAL", Judgement::weaker},
             Line{&KeyAttributes::is_private, "CKA_PRIVATE", Judgement::bad},
             Line{&KeyAttributes::token, "CKA_TOKEN", Judgement::bad},
             Line{&KeyAttributes::sign, "CKA_SIGN", Judgement::bad},
             Line{&KeyAttributes::decrypt, "CKA_DECRYPT", Judgement::wider},
             Line{&KeyAttributes::sign_recover, "CKA_SIGN_RECOVER", Judgement::wider},
             Line{&KeyAttributes::unwrap, "CKA_UNWRAP", Judgement::wider},
             Line{&KeyAttributes::derive, "CKA_DERIVE", Judgement::wider},
         }) {
        EXPECT_EQ(judge(kBest, line.name), Judgement::good) << line.name;
        KeyAttributes worse = kBest;
        worse.*line.member = !(worse.*line.member);
        EXPECT_EQ(judge(worse, line.name), line.judgement) << line.name;
        EXPECT_EQ(is_proof_of_origin(attest(worse)), line.judgement == Judgement::wider)
            << line.name;
    }
}

}  // namespace
}  // namespace chela::signer::pkcs11
