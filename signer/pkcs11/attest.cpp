#include "signer/pkcs11/attest.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

using Judgement = AttributeRow::Judgement;

struct Rule {
    std::string_view name;
    bool KeyAttributes::* member;
    bool good;
    Judgement otherwise;
    std::string_view when_good;
    std::string_view when_not;
};

constexpr std::array<Rule, 12> kRules{{
    {"CKA_SENSITIVE", &KeyAttributes::sensitive, true, Judgement::bad,
     "the token never shows it in the clear", "the token shows it in the clear"},
    {"CKA_EXTRACTABLE", &KeyAttributes::extractable, false, Judgement::bad,
     "it cannot be wrapped and taken out", "it can be wrapped and taken out"},
    {"CKA_ALWAYS_SENSITIVE", &KeyAttributes::always_sensitive, true, Judgement::weaker,
     "it was sensitive all its life", "it may have been shown before"},
    {"CKA_NEVER_EXTRACTABLE", &KeyAttributes::never_extractable, true, Judgement::weaker,
     "it could never be taken out", "it may have been taken out before"},
    {"CKA_LOCAL", &KeyAttributes::local, true, Judgement::weaker, "the token made it",
     "it was imported, and is known where it came from"},
    {"CKA_PRIVATE", &KeyAttributes::is_private, true, Judgement::bad,
     "it is used only after the login", "it is used without a login"},
    {"CKA_TOKEN", &KeyAttributes::token, true, Judgement::bad, "it lives in the token",
     "it is gone when the session ends"},
    {"CKA_SIGN", &KeyAttributes::sign, true, Judgement::bad, "it signs", "it does not sign"},
    {"CKA_DECRYPT", &KeyAttributes::decrypt, false, Judgement::wider, "it does not decrypt",
     "it decrypts as well"},
    {"CKA_SIGN_RECOVER", &KeyAttributes::sign_recover, false, Judgement::wider,
     "it does not sign with recovery", "it signs with message recovery as well"},
    {"CKA_UNWRAP", &KeyAttributes::unwrap, false, Judgement::wider, "it does not unwrap keys",
     "it unwraps keys as well"},
    {"CKA_DERIVE", &KeyAttributes::derive, false, Judgement::wider, "it does not derive keys",
     "it derives keys as well"},
}};

std::string_view word(Judgement judgement) {
    switch (judgement) {
        case Judgement::good:
            return "good";
        case Judgement::wider:
            return "wider";
        case Judgement::weaker:
            return "weaker";
        case Judgement::bad:
            return "BAD";
    }
    bug("unknown Judgement");
}

}  // namespace

std::vector<AttributeRow> attest(const KeyAttributes& attributes) {
    std::vector<AttributeRow> rows;
    rows.reserve(kRules.size());
    for (const Rule& rule : kRules) {
        const bool value = attributes.*rule.member;
        const bool is_good = value == rule.good;
        rows.push_back(
            {rule.name, value, is_good ? Judgement::good : rule.otherwise,
             is_good ? rule.when_good : rule.when_not});
    }
    return rows;
}

std::string to_text(const std::vector<AttributeRow>& rows) {
    std::string text;
    for (const AttributeRow& row : rows) {
        text += fmt::format(
            "{:<22} {:<6} {:<7} {}\n", row.name, row.value ? "true" : "false", word(row.judgement),
            row.meaning);
    }
    return text;
}

bool is_proof_of_origin(const std::vector<AttributeRow>& rows) {
    return !rows.empty() && std::ranges::all_of(rows, [](const AttributeRow& row) {
        return row.judgement == Judgement::good || row.judgement == Judgement::wider;
    });
}

}  // namespace chela::signer::pkcs11
