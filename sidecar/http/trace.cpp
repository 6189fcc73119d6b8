#include "sidecar/http/trace.hpp"

#include "chains/base/hex.hpp"
#include "chains/base/result.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace chela::sidecar::http {

namespace {

// 00-<32>-<16>-<2>
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceSize = 32;
constexpr std::size_t kParentAt = kTraceAt + kTraceSize + 1;
constexpr std::size_t kIdSize = 16;
constexpr std::size_t kFlagsAt = kParentAt + kIdSize + 1;
constexpr std::size_t kSize = kFlagsAt + 2;

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_lower_hex(text) && std::ranges::any_of(text, [](char c) { return c != '0'; });
}

/// All zeros would be no id; a random one that is so does not happen twice in a row.
std::string hex_id(BytesView random) {
    std::string id = to_hex(random).substr(2);
    if (!is_id(id)) id.back() = '1';
    return id;
}

unsigned digit(char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

bool has_shape(std::string_view text) {
    if (text.size() < kSize) return false;
    const auto version = text.substr(0, 2);
    if (!is_lower_hex(version) || version == "ff") return false;
    // Version 00 ends here; what a later one appends begins with a dash.
    if (text.size() > kSize && (version == "00" || text[kSize] != '-')) return false;
    return text[kTraceAt - 1] == '-' && text[kParentAt - 1] == '-' && text[kFlagsAt - 1] == '-';
}

}  // namespace

Traceparent traceparent_of(const Trace& trace) {
    const auto text =
        fmt::format("00-{}-{}-0{:d}", trace.trace_id, trace.span_id, trace.is_sampled);
    Traceparent out;
    if (text.size() != out.text.size()) bug("a trace whose ids have other lengths");
    std::ranges::copy(text, out.text.begin());
    return out;
}

Trace begin_trace(BytesView random) {
    return {
        .trace_id = hex_id(random.first(16)),
        .parent_id = {},
        .span_id = hex_id(random.subspan(16)),
        .is_sampled = false};
}

std::optional<Trace> continue_trace(std::string_view traceparent, BytesView random) {
    if (!has_shape(traceparent)) return std::nullopt;
    const auto trace_id = traceparent.substr(kTraceAt, kTraceSize);
    const auto parent_id = traceparent.substr(kParentAt, kIdSize);
    const auto flags = traceparent.substr(kFlagsAt, 2);
    if (!is_id(trace_id) || !is_id(parent_id) || !is_lower_hex(flags)) return std::nullopt;
    return Trace{
        .trace_id = std::string{trace_id},
        .parent_id = std::string{parent_id},
        .span_id = hex_id(random),
        .is_sampled = (digit(flags[1]) & 1U) != 0};
}

}  // namespace chela::sidecar::http
