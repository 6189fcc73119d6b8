#include "policy/decode/contracts.hpp"
#include "policy/rules/canonical/canonical.hpp"
#include "policy/rules/fields.hpp"
#include "tests/policy/rules/documents.hpp"

#include <fstream>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

// policy/document.md is the reference for people who write policies: it names every word that a
// document may have, and its tables say what the loader does.
namespace chela::policy::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

using Words = std::set<std::string>;

/// The reference without its examples, line by line.
std::vector<std::string> reference() {
    std::ifstream file{CHELA_POLICY_REFERENCE};
    EXPECT_TRUE(file) << CHELA_POLICY_REFERENCE;
    std::vector<std::string> lines;
    bool is_example = false;
    for (std::string line; std::getline(file, line);) {
        const bool is_fence = line.starts_with("```");
        if (is_fence) is_example = !is_example;
        if (!is_fence && !is_example) lines.push_back(line);
    }
    return lines;
}

/// The words between backticks: of `asset_in: none` they are asset_in and none.
Words words_in_code(const std::string& text) {
    Words words;
    std::string word;
    bool is_code = false;
    for (const char c : text + " ") {
        const bool is_part = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                             c == '-' || c == '.' || c == '/';
        if (is_code && is_part) {
            word += c;
        } else if (!word.empty()) {
            words.insert(std::exchange(word, {}));
        }
        if (c == '`') is_code = !is_code;
    }
    return words;
}

Words words_of_reference() {
    Words words;
    for (const auto& line : reference())
        words.merge(words_in_code(line));
    return words;
}

/// The two cells of each row of the table with this head.
std::vector<std::pair<std::string, std::string>> table(const std::string& head) {
    std::vector<std::pair<std::string, std::string>> rows;
    bool is_inside = false;
    for (const auto& line : reference()) {
        if (line == head) {
            is_inside = true;
        } else if (!line.starts_with("|")) {
            is_inside = false;
        } else if (is_inside && !line.starts_with("|-")) {
            const auto middle = line.find('|', 1);
            rows.emplace_back(line.substr(1, middle - 1), line.substr(middle + 1));
        }
    }
    EXPECT_THAT(rows, Not(IsEmpty())) << "no table " << head;
    return rows;
}

std::vector<Field> all_fields() {
    std::vector<Field> fields;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Field::target); ++i)
        fields.push_back(static_cast<Field>(i));
    return fields;
}

/// What the loader says that may stand at a place: "unknown key …; the keys here are a, b, c".
Words keys_at(const std::string& text) {
    const auto said = refusal(text);
    constexpr std::string_view kBefore = "the keys here are ";
    const auto at = said.find(kBefore);
    if (at == std::string::npos) {
        ADD_FAILURE() << said;
        return {};
    }
    return words_in_code("`" + said.substr(at + kBefore.size()) + "`");
}

TEST(policy_reference, tells_the_fields_of_every_effect) {
    std::map<std::string, Words> told;
    for (const auto& [effect, fields] : table("| effect | fields |"))
        told.emplace(*words_in_code(effect).begin(), words_in_code(fields));
    for (const auto effect : all_effect_kinds()) {
        // The text says once that every effect has it.
        EXPECT_TRUE(has_field(effect, Field::actor));
        Words fields;
        for (const auto field : all_fields())
            if (field != Field::actor && has_field(effect, field)) fields.emplace(to_string(field));
        EXPECT_EQ(told[std::string{to_string(effect)}], fields) << to_string(effect);
    }
    EXPECT_EQ(told.size(), all_effect_kinds().size());
}

/// As the document writes them.
Words comparisons_of(Field field) {
    Words words;
    const auto field_class = class_of(field);
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Comparison::any_item_not_in); ++i) {
        const auto comparison = static_cast<Comparison>(i);
        if (!can_compare(field_class, comparison)) continue;
        if (comparison == Comparison::any_item_not_in) {
            words.insert("not_in");
        } else if (comparison != Comparison::is_unbounded) {
            words.emplace(to_string(comparison));
        } else if (field != Field::min_out) {
            words.insert("unbounded");
        }
    }
    if (may_be_none(field)) words.insert("none");
    return words;
}

TEST(policy_reference, tells_the_comparisons_of_every_field) {
    std::map<std::string, Words> told;
    for (const auto& [fields, comparisons] : table("| fields | comparisons |"))
        for (const auto& field : words_in_code(fields))
            told[field].merge(words_in_code(comparisons));
    // The short forms stand there, too.
    for (const auto* const field : {"expiry", "deadline"})
        for (const auto* const sugar : {"expiry_within", "deadline_within", "1h", "5m"})
            told[field].erase(sugar);
    for (const auto field : all_fields())
        EXPECT_EQ(told[std::string{to_string(field)}], comparisons_of(field)) << to_string(field);
    EXPECT_EQ(told.size(), all_fields().size());
}

TEST(policy_reference, min_out_is_never_unbounded) {
    const auto rule = [](const char* field) {
        return head() + "forbid: [{id: r, effect: swap, where: {" + field + ": unbounded}}]\n";
    };
    EXPECT_TRUE(load_policy(rule("max_in"), "p.yaml"));
    EXPECT_FALSE(load_policy(rule("min_out"), "p.yaml"));
}

TEST(policy_reference, names_every_key) {
    const auto named = words_of_reference();
    for (const std::string place :
         {"x: 1\n", "assets: {a@1: {x: 1}}\n", "assets: {native@1: {x: 1}}\n",
          "contracts: {a: {x: 1}}\n", "budgets: {a: {x: 1}}\n", "envelope: {x: 1}\n",
          "permit: [{x: 1}]\n", "forbid: [{x: 1}]\n", "review: [{x: 1}]\n",
          "review: [{id: a, effect: call, quorum: {x: 1}}]\n", "simulation: {x: 1}\n"}) {
        const auto keys = keys_at("schema: chela.policy/1\nid: a\nversion: 1\n" + place);
        EXPECT_THAT(keys, Not(Contains("x")));
        EXPECT_THAT(named, IsSupersetOf(keys)) << place;
    }
}

TEST(policy_reference, names_every_word) {
    Words words{"self", "actor", "any", "chela.policy/1", "deadline_within", "expiry_within"};
    const auto add = [&words](std::string_view word) { words.emplace(word); };
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Operation::user_operation); ++i)
        add(to_string(static_cast<Operation>(i)));
    for (std::size_t i = 0; i <= static_cast<std::size_t>(ContractKind::entry_point); ++i)
        add(to_string(static_cast<ContractKind>(i)));
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Budget::Counts::signatures); ++i)
        add(to_string(static_cast<Budget::Counts>(i)));
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Budget::Scope::organization); ++i)
        add(to_string(static_cast<Budget::Scope>(i)));
    for (const auto* const window : {"utc-day", "unlimited", "signature"})
        add(window);
    for (const auto kind : {Rule::Kind::permit, Rule::Kind::forbid, Rule::Kind::review})
        add(to_string(kind));
    for (const auto effect : all_effect_kinds())
        for (const auto field : {Field::direction, Field::kind})
            for (const auto word : words_of(field, effect))
                add(word);
    EXPECT_THAT(words_of_reference(), IsSupersetOf(words));
}

}  // namespace
}  // namespace chela::policy::test
