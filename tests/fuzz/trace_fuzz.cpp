#include "chains/base/result.hpp"
#include "sidecar/http/trace.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

using namespace chela;
using namespace chela::sidecar;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// A traceparent that is taken says in its fixed places what the trace holds; whatever else it is,
/// nothing but lower-case hex gets into the log.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const Bytes random(24, 0x5a);
    const auto trace = http::continue_trace(text, BytesView{random}.first(8));
    if (!trace) return 0;
    const auto is_hex = [](std::string_view id) {
        return id.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
               id.find_first_not_of('0') != std::string_view::npos;
    };
    if (trace->trace_id.size() != 32 || !is_hex(trace->trace_id)) bug("a bad trace id");
    if (trace->parent_id.size() != 16 || !is_hex(trace->parent_id)) bug("a bad parent id");
    if (trace->span_id != "5a5a5a5a5a5a5a5a") bug("the span is not ours");
    if (text.substr(3, 32) != trace->trace_id || text.substr(36, 16) != trace->parent_id)
        bug("the ids are not those of the text");
    const auto again = http::continue_trace(
        "00-" + trace->trace_id + "-" + trace->parent_id + (trace->is_sampled ? "-01" : "-00"),
        BytesView{random}.first(8));
    if (!again || again->trace_id != trace->trace_id || again->is_sampled != trace->is_sampled)
        bug("what was taken is not taken again");
    return 0;
}
