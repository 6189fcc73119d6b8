#include "tests/sidecar/config/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chela::sidecar::config::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

TEST(config_policy, names_no_file_and_no_organization_unless_told) {
    const auto config = read(kToken);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_THAT(config->policy.files, IsEmpty());
    EXPECT_EQ(config->policy.organization, "");
    EXPECT_EQ(config->policy.watch_interval, 2s);
}

TEST(config_policy, resolves_its_files_against_the_folder_in_their_order) {
    const auto config = read(
        kToken +
        "policy: {files: [b.yaml, /etc/a.yaml, sub/../c.json], organization: org, watch_interval: "
        "500ms}\n");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_THAT(config->policy.files, ElementsAre("/state/b.yaml", "/etc/a.yaml", "/state/c.json"));
    EXPECT_EQ(config->policy.organization, "org");
    EXPECT_EQ(config->policy.watch_interval, 500ms);
}

TEST(config_policy, may_be_empty) {
    for (const std::string text : {"policy:\n", "policy: {}\n", "policy: {files: []}\n"}) {
        const auto config = read(kToken + text);
        ASSERT_TRUE(config) << text << config.error().detail;
        EXPECT_THAT(config->policy.files, IsEmpty());
    }
}

TEST(config_policy, takes_its_files_from_the_environment) {
    const auto config = read(kToken, {{"CHELA_POLICY__FILES", "x.yaml,/y.yaml"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_THAT(config->policy.files, ElementsAre("/state/x.yaml", "/y.yaml"));
}

TEST(config_policy, refuses_a_file_that_is_named_twice_however_it_is_written) {
    EXPECT_THAT(
        refusal(kToken + "policy:\n  files:\n    - a.yaml\n    - ./a.yaml\n"),
        StartsWith("c.yaml:7: policy.files: ./a.yaml is named twice"));
}

TEST(config_policy, refuses_what_says_nothing) {
    EXPECT_THAT(
        refusal(kToken + "policy:\n  files: [\"\"]\n"),
        StartsWith("c.yaml:5: policy.files: expected a path"));
    EXPECT_THAT(
        refusal(kToken + "policy:\n  organization: \"\"\n"),
        StartsWith("c.yaml:5: policy.organization: expected the id of a policy"));
    EXPECT_THAT(
        refusal(kToken + "policy:\n  files: a.yaml\n"),
        StartsWith("c.yaml:5: policy.files must be a list"));
}

TEST(config_policy, refuses_to_look_all_the_time_or_hardly_ever) {
    EXPECT_THAT(
        refusal(kToken + "policy:\n  watch_interval: 99ms\n"),
        StartsWith("c.yaml:5: policy.watch_interval: expected a duration from 100ms to 1h"));
    EXPECT_THAT(
        refusal(kToken + "policy:\n  watch_interval: 2h\n"),
        StartsWith("c.yaml:5: policy.watch_interval: expected a duration from 100ms to 1h"));
}

TEST(config_policy, refuses_a_setting_that_does_not_exist) {
    EXPECT_THAT(
        refusal(kToken + "policy:\n  file: a.yaml\n"),
        StartsWith("c.yaml:5: unknown key \"file\" in policy; did you mean \"files\"?"));
}

}  // namespace
}  // namespace chela::sidecar::config::test
