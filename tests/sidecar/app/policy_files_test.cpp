#include "sidecar/app/policy_files.hpp"

#include "policy/rules/load.hpp"
#include "sidecar/app/opened.hpp"
#include "tests/sidecar/app/policy_fixture.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace chela::sidecar::app::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class policy_files : public PolicyFilesTest {
protected:
    void expect_refused(
        const config::PolicyConfig& config, const std::string& reason, const std::string& words) {
        const auto audited = audit().size();
        const auto refused = apply(config);
        ASSERT_FALSE(refused.has_value()) << "accepted; expected " << reason;
        EXPECT_EQ(refused.error().reason, reason) << refused.error().detail;
        EXPECT_THAT(refused.error().detail, HasSubstr(words));
        EXPECT_EQ(audit().size(), audited) << "what is refused changes nothing";
    }
};

TEST_F(policy_files, become_the_active_documents_and_say_who_did_it) {
    const auto a = write("a.yaml", document("a", 1, "1"));
    const auto b = write("b.yaml", document("b", 7, "2"));
    const auto update = apply(with({a, b}));
    ASSERT_TRUE(update.has_value()) << update.error().detail;
    ASSERT_EQ(update->activated.size(), 2U);
    EXPECT_EQ(update->activated[0].id, "a");
    EXPECT_EQ(update->activated[0].version, 1U);
    EXPECT_EQ(update->activated[0].file, a);
    EXPECT_THAT(update->activated[0].difference, testing::Not(IsEmpty()));
    EXPECT_FALSE(update->organization_changed);
    EXPECT_EQ(active("a"), "1 by file:a.yaml");
    EXPECT_EQ(active("b"), "7 by file:b.yaml");
    EXPECT_EQ(store->policy("a")->source, document("a", 1, "1"));
    ASSERT_EQ(audit().size(), 2U);
    EXPECT_EQ(audit()[0].actor, "file:a.yaml");
    EXPECT_EQ(audit()[0].action, "policy.activated");
    EXPECT_EQ(audit()[0].subject, "a");
    EXPECT_TRUE(Json::parse(audit()[0].detail).at("previous_version").is_null());
}

TEST_F(policy_files, that_are_active_already_change_nothing) {
    const auto config = with({write("a.yaml", document("a", 1, "1"))});
    ASSERT_TRUE(apply(config).has_value());
    const auto before = audit().size();
    write("a.yaml", "# a comment is no change\n" + document("a", 1, "1"));
    const auto again = apply(config);
    ASSERT_TRUE(again.has_value()) << again.error().detail;
    EXPECT_THAT(again->activated, IsEmpty());
    EXPECT_EQ(audit().size(), before);
}

TEST_F(policy_files, of_a_higher_version_replace_and_show_the_difference) {
    const auto config = with({write("a.yaml", document("a", 1, "1"))});
    ASSERT_TRUE(apply(config).has_value());
    write("a.yaml", document("a", 2, "3"));
    const auto update = apply(config);
    ASSERT_TRUE(update.has_value()) << update.error().detail;
    ASSERT_EQ(update->activated.size(), 1U);
    EXPECT_THAT(update->activated[0].difference, Contains(HasSubstr("eth-day")));
    EXPECT_EQ(active("a"), "2 by file:a.yaml");
    EXPECT_EQ(Json::parse(audit().back().detail).at("previous_version"), 1);
}

TEST_F(policy_files, with_other_content_must_raise_their_version) {
    const auto config = with({write("a.yaml", document("a", 2, "1"))});
    ASSERT_TRUE(apply(config).has_value());
    write("a.yaml", document("a", 2, "3"));
    expect_refused(
        config, "E_POLICY_VERSION",
        "a.yaml: the file says version 2, which was activated with other content (`chela policy "
        "show a`); put that text into the file, or raise version above 2");
    write("a.yaml", document("a", 1, "3"));
    expect_refused(
        config, "E_POLICY_VERSION",
        "a.yaml: the file says version 1, but version 2 was activated since (`chela policy show "
        "a`); put that text into the file, or raise version above 2");
    EXPECT_EQ(active("a"), "2 by file:a.yaml");
}

TEST_F(policy_files, are_described_without_a_change) {
    const auto config =
        with({write("a.yaml", document("a", 6, "1")), write("b.yaml", document("b", 1, "1"))});
    ASSERT_TRUE(apply(config).has_value());
    const auto before = audit().size();
    EXPECT_EQ(describe_policy_files(*store, config).value(), "a version 6, b version 1");
    write("b.yaml", document("b", 3, "2"));
    write("c.yaml", document("c", 1, "1"));
    EXPECT_EQ(
        describe_policy_files(*store, with({dir.path() / "b.yaml", dir.path() / "c.yaml"})).value(),
        "b version 3 (at the next start; now version 1), c version 1 (at the next start)");
    EXPECT_EQ(active("b"), "1 by file:b.yaml");
    EXPECT_EQ(audit().size(), before);
    write("a.yaml", document("a", 6, "2"));
    const auto refused = describe_policy_files(*store, config);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().detail, apply(config).error().detail) << "what the server would say";
    auto unknown = with({});
    unknown.organization = "org";
    EXPECT_FALSE(describe_policy_files(*store, unknown).has_value());
}

TEST_F(policy_files, warn_of_another_text_of_a_document_that_somebody_activates) {
    const auto a = write("a.yaml", document("a", 2, "1"));
    const auto config =
        with({write("bad.yaml", "schema: x"), write("b.yaml", document("b", 1, "1")), a});
    const auto warning = [&](unsigned version, const std::string& cap) {
        return warning_of_policy_files(
            config, policy::load_policy(document("a", version, cap), "other.yaml").value());
    };
    EXPECT_EQ(
        warning(3, "2"),
        a.string() +
            " has this document, too, at version 2; chela reads it at the next start: put "
            "this text into it, or raise its version above 3");
    EXPECT_THAT(warning(1, "2"), HasSubstr("takes its place at the next start"));
    EXPECT_EQ(warning(2, "1"), "") << "the same text";
    EXPECT_EQ(
        warning_of_policy_files(
            with({}), policy::load_policy(document("a", 3, "1"), "other.yaml").value()),
        "");
}

TEST_F(policy_files, are_logged_as_one_line_when_new_and_with_their_changes_when_not) {
    const auto config = with({write("a.yaml", document("a", 1, "1"))});
    const auto logged = [&] {
        testing::internal::CaptureStderr();
        log_update(apply(config).value());
        return testing::internal::GetCapturedStderr();
    };
    const auto first = logged();
    EXPECT_EQ(std::ranges::count(first, '\n'), 1) << first;
    EXPECT_THAT(first, HasSubstr(R"("policy_activated","policy":"a","version":1)"));
    EXPECT_THAT(first, HasSubstr(R"("changes":)"));
    write("a.yaml", document("a", 2, "3"));
    EXPECT_THAT(logged(), HasSubstr(R"("policy_change")"));
}

TEST_F(policy_files, are_all_checked_before_one_of_them_changes_anything) {
    const auto a = write("a.yaml", document("a", 1, "1"));
    const auto b = write("b.yaml", document("b", 1, "1"));
    ASSERT_TRUE(apply(with({a, b})).has_value());
    write("a.yaml", document("a", 2, "9"));
    write("b.yaml", "schema: chela.policy/1\nid: b\nversion: 2\nsurprise: 1\n");
    expect_refused(with({a, b}), "E_POLICY_DOCUMENT", b.string() + ":4");
    EXPECT_EQ(active("a"), "1 by file:a.yaml");
    write("b.yaml", document("b", 1, "9"));
    expect_refused(with({a, b}), "E_POLICY_VERSION", "b.yaml");
    EXPECT_EQ(active("a"), "1 by file:a.yaml");
    EXPECT_EQ(active("b"), "1 by file:b.yaml");
}

TEST_F(policy_files, that_others_can_write_decide_nothing) {
    for (const mode_t mode : {0620U, 0602U, 0666U}) {
        const auto file = write("a.yaml", document("a", 1, "1"), mode);
        expect_refused(with({file}), "E_FILE_MODE", "chmod go-w " + file.string());
    }
    EXPECT_EQ(active("a"), "");
    const auto readable = write("a.yaml", document("a", 1, "1"), 0644);
    EXPECT_TRUE(apply(with({readable})).has_value()) << "a mounted ConfigMap may be read";
}

TEST_F(policy_files, that_are_no_files_are_refused) {
    expect_refused(with({dir.path() / "absent.yaml"}), "E_FILE", "absent.yaml");
    expect_refused(with({dir.path()}), "E_FILE", "not a regular file");
    const auto pipe = dir.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    expect_refused(with({pipe}), "E_FILE", "not a regular file");
    expect_refused(
        with({write("long.yaml", std::string((1U << 20U) + 1, '#'))}), "E_POLICY_DOCUMENT",
        "1 MiB");
}

TEST_F(policy_files, may_not_be_two_of_one_policy) {
    const auto a = write("a.yaml", document("same", 1, "1"));
    const auto b = write("b.yaml", document("same", 2, "1"));
    expect_refused(with({a, b}), "E_POLICY_TWICE", "a.yaml");
    EXPECT_EQ(active("same"), "");
}

TEST_F(policy_files, name_the_organisations_document_and_take_it_away) {
    auto config = with({write("org.yaml", document("org", 1, "1"))});
    config.organization = "org";
    const auto set = apply(config);
    ASSERT_TRUE(set.has_value()) << set.error().detail;
    EXPECT_TRUE(set->organization_changed);
    EXPECT_EQ(*store->organization_policy(), "org");
    EXPECT_EQ(audit().back().action, "policy.organization");
    EXPECT_FALSE(apply(config)->organization_changed) << "once";
    config.organization.clear();
    ASSERT_TRUE(apply(config).has_value());
    EXPECT_EQ(*store->organization_policy(), "org") << "not named: it stays";
    config.organization = "none";
    EXPECT_TRUE(apply(config)->organization_changed);
    EXPECT_EQ(*store->organization_policy(), std::nullopt);
}

TEST_F(policy_files, cannot_make_the_organisations_document_one_that_is_not_there) {
    auto config = with({write("a.yaml", document("a", 1, "1"))});
    config.organization = "org";
    expect_refused(config, "E_POLICY_UNKNOWN", "\"org\"");
    EXPECT_EQ(active("a"), "") << "and the rest did not happen either";
    EXPECT_EQ(*store->organization_policy(), std::nullopt);
}

TEST_F(policy_files, keep_a_server_from_starting_when_one_is_bad_even_if_the_store_has_it) {
    const auto config = with({write("a.yaml", document("a", 1, "1"))});
    ASSERT_TRUE(start_with_policy_files(*store, config, now).has_value());
    EXPECT_EQ(active("a"), "1 by file:a.yaml");
    write("a.yaml", "schema: chela.policy/1\nid: a\nversion: two\n");
    const auto refused = start_with_policy_files(*store, config, now);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, kConfigReason) << "exit status 78";
    EXPECT_THAT(refused.error().detail, StartsWith((dir.path() / "a.yaml").string() + ":3"));
    EXPECT_EQ(active("a"), "1 by file:a.yaml");
}

}  // namespace
}  // namespace chela::sidecar::app::test
