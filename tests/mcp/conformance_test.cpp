// The official conformance suite, revision by revision, without a list of failures that are known.
#include "tests/mcp/node.hpp"

#include <string>

#include <gtest/gtest.h>

namespace chela::test {
namespace {

class mcp_conformance : public testing::TestWithParam<const char*> {};

TEST_P(mcp_conformance, meets_all_that_the_revision_requires) {
    const auto fixture = start_listener({CHELA_MCP_FIXTURE});
    const auto output = conformance(fixture.port, {"--requirements", GetParam()});
    EXPECT_EQ(output.status.code, 0) << output.out << output.err;
    // A suite that found nothing to run has met nothing.
    EXPECT_NE(output.out.find("tools-call-simple-text: 2 passed"), std::string::npos) << output.out;
}

INSTANTIATE_TEST_SUITE_P(
    revision, mcp_conformance, testing::Values("2025-11-25", "2026-07-28"), [](const auto& info) {
        std::string name = info.param;
        std::erase(name, '-');
        return name;
    });

}  // namespace
}  // namespace chela::test
