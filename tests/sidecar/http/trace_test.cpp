#include "sidecar/http/trace.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

const Bytes kRandom(24, 0xab);

std::optional<Trace> read(std::string_view text) {
    return continue_trace(text, BytesView{kRandom}.first(8));
}

constexpr std::string_view kGood = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(traceparent, goes_on_with_the_callers_trace_under_a_span_of_ours) {
    const auto trace = read(kGood);
    ASSERT_TRUE(trace.has_value());
    EXPECT_EQ(trace->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(trace->parent_id, "00f067aa0ba902b7");
    EXPECT_EQ(trace->span_id, "abababababababab");
    EXPECT_TRUE(trace->is_sampled);
}

TEST(traceparent, of_a_later_version_is_read_by_its_first_members) {
    const auto trace = read("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02-what-ever");
    ASSERT_TRUE(trace.has_value());
    EXPECT_FALSE(trace->is_sampled);
    EXPECT_FALSE(read("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02.what").has_value());
}

TEST(traceparent, that_is_none_is_not_used_in_part) {
    for (const std::string_view bad :
         {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
          "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
          "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
          "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01"})
        EXPECT_FALSE(read(bad).has_value()) << bad;
}

TEST(traceparent, that_begins_here_has_no_parent_and_no_id_of_zeros) {
    const auto trace = begin_trace(kRandom);
    EXPECT_EQ(trace.trace_id, std::string("abababababababababababababababab"));
    EXPECT_EQ(trace.span_id, "abababababababab");
    EXPECT_EQ(trace.parent_id, "");
    EXPECT_FALSE(trace.is_sampled);
    const auto zeros = begin_trace(Bytes(24, 0));
    EXPECT_EQ(zeros.trace_id, "00000000000000000000000000000001");
    EXPECT_EQ(zeros.span_id, "0000000000000001");
}

}  // namespace
}  // namespace chela::sidecar::http
