#include "tests/security/support/table.hpp"

#include <cstdio>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::test::security {

const std::vector<Row>& rows() {
    static const std::vector<Row> all{
        {"a01", "DNS rebinding", "only Host names that are allowed, exactly one of them"},
        {"a02", "a browser page calls", "no Origin, no foreign Sec-Fetch-Site, JSON only, no CORS"},
        {"a03", "another local user", "the socket's uid; a token on TCP"},
        {"a04", "guessing and timing a token", "digests in constant time; lockout of failures"},
        {"a05", "SSRF to metadata, private hosts", "the config names nodes; webhooks are vetted"},
        {"a06", "a redirect takes credentials away", "no redirect is followed"},
        {"a07", "an answer echoes a credential", "values are taken out of what a node answers"},
        {"a08", "header injection and twins", "strict grammar; twins and duplicates are refused"},
        {"a09", "request smuggling", "any ambiguity is 400 and the end of the connection"},
        {"a10", "slowloris, floods",
         "limits of time, rate, size, connections; who waits gives way"},
        {"a11", "path tricks", "what is not canonical is refused, never rewritten"},
        {"a12", "method override, query twins", "overrides are dropped, twins refused"},
        {"a13", "X-Forwarded-* spoofing", "nothing of the kind is believed"},
        {"a14", "admin and debug endpoints", "there are none at the agents' listeners"},
        {"a15", "/proc leaks, core files",
         "not dumpable, no core, no secret in argv or environment"},
        {"a16", "ptrace by the same uid", "not dumpable"},
        {"a17", "planted links and files", "O_NOFOLLOW, owner and mode; only our sockets go"},
        {"a18", "log injection", "JSON escapes; routes in place of paths; bounded fields"},
        {"a19", "secrets in outputs, label bombs", "redaction by value; labels from a list"},
        {"a20", "token confusion", "a caller's token goes nowhere; authorities are pinned"},
        {"a21", "one caller's cache serves another", "everything is kept by agent"},
        {"a22", "refresh storms", "one exchange at a time; none is hammered after a refusal"},
        {"a23", "ambiguous JSON", "strict JSON, closed schemas, exact integers"},
        {"a24", "replay", "durable idempotency, also across kill -9"},
        {"a25", "the chain changes under a simulation",
         "what is signed is what was run, as of now"},
        {"a26", "drain by many small payments", "budgets are reserved before a signature exists"},
        {"a27", "MCP header tricks, tool poisoning", "there is no MCP door to attack"},
        {"a28", "tunnels: CONNECT, TRACE, Upgrade", "405 and 501, and nothing else is spoken"},
        {"a29", "bombs in a node's answers", "bounded sizes and depths; nothing is decompressed"},
        {"a30", "supply chain", "the link repeats byte for byte; hardened; known libraries only"},
    };
    return all;
}

namespace {

class TablePrinter final : public testing::EmptyTestEventListener {
    void OnTestEnd(const testing::TestInfo& test) override {
        if (!test.result()->Skipped()) ran_.insert(test.test_suite_name());
        if (!test.result()->Passed()) failed_.insert(test.test_suite_name());
    }
    void OnTestProgramEnd(const testing::UnitTest&) override {
        std::fputs(
            fmt::format("\n{:<5} {:<40} {:<64} {}\n", "row", "attack", "control", "result").c_str(),
            stdout);
        for (const Row& row : rows()) {
            const char* result = "not run";
            if (ran_.contains(row.suite)) result = "holds";
            if (failed_.contains(row.suite)) result = "BROKEN";
            std::fputs(
                fmt::format("{:<5} {:<40} {:<64} {}\n", row.suite, row.attack, row.control, result)
                    .c_str(),
                stdout);
        }
    }

    std::set<std::string> ran_;
    std::set<std::string> failed_;
};

}  // namespace

void print_table_at_the_end() {
    // gtest owns its listeners.
    testing::UnitTest::GetInstance()->listeners().Append(new TablePrinter);
}

}  // namespace chela::test::security
