#include "chains/node/fields.hpp"
#include "chains/node/printable.hpp"
#include "chains/simulation/logs.hpp"
#include "chains/simulation/methods.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

constexpr unsigned kMaxDepth = 1024;  // Source: Yellow Paper, section 9.1: the call stack's limit.
constexpr std::size_t kMaxFrames = 200'000;

// Types that move their value from one account to another. CALLCODE pays itself; DELEGATECALL and
// STATICCALL pay nobody, although geth repeats the parent's value in a DELEGATECALL frame.
constexpr std::array<std::string_view, 4> kPaying{"CALL", "CREATE", "CREATE2", "SELFDESTRUCT"};
constexpr std::array<std::string_view, 3> kNotPaying{"CALLCODE", "DELEGATECALL", "STATICCALL"};

/// @return the frame's own failure, or nothing: it succeeded
Result<std::optional<std::string>> failure(const Json& frame) {
    const Json* const error = node::optional_member(frame, "error");
    if (error == nullptr) return std::optional<std::string>{};
    const auto text = node::read_text(*error, "error");
    if (!text) return std::unexpected{text.error()};
    return text->empty() ? std::optional<std::string>{} : std::optional{*text};
}

/// @return the members of an array, none when it is absent
Result<const Json*> list(const Json& frame, std::string_view name, std::size_t limit) {
    static const Json none = Json::array();
    const Json* const found = node::optional_member(frame, name);
    if (found == nullptr) return &none;
    if (!found->is_array() || found->size() > limit) {
        return node::bad_answer(name, "is not an array of a possible size");
    }
    return found;
}

/// Collects what the frames that took effect did, in the order in which they did it.
class Walk {
public:
    explicit Walk(SimulationResult& out) : out_{out} {}

    Status frame(const Json& frame, unsigned depth) {
        if (depth > kMaxDepth || ++frames_ > kMaxFrames) {
            return node::bad_answer("calls", "has more frames than can run");
        }
        const auto failed = failure(frame);
        if (!failed) return std::unexpected{failed.error()};
        if (*failed) return {};  // undone, with everything below it
        if (auto moved = take_value(frame); !moved) return moved;
        const auto calls = list(frame, "calls", kMaxFrames);
        if (!calls) return std::unexpected{calls.error()};
        const auto logs = list(frame, "logs", kMaxLogs);
        if (!logs) return std::unexpected{logs.error()};
        return children(**calls, **logs, depth);
    }

private:
    Status take_value(const Json& frame) {
        const auto type_member = node::member(frame, "type");
        if (!type_member) return std::unexpected{type_member.error()};
        const auto type = node::read_text(**type_member, "type");
        if (!type) return std::unexpected{type.error()};
        if (std::ranges::find(kNotPaying, *type) != kNotPaying.end()) return {};
        if (std::ranges::find(kPaying, *type) == kPaying.end()) {
            return node::bad_answer("type", "is not a known kind of call");
        }
        const Json* const value = node::optional_member(frame, "value");
        if (value == nullptr) return {};
        const auto amount = node::read_quantity(*value, "value");
        if (!amount) return std::unexpected{amount.error()};
        if (amount->is_zero()) return {};
        const auto from = node::fixed_member<Address>(frame, "from");
        if (!from) return std::unexpected{from.error()};
        const auto to = node::fixed_member<Address>(frame, "to");
        if (!to) return std::unexpected{to.error()};
        out_.native_moves.push_back({*from, *to, Wei{*amount}});
        return {};
    }

    // `position` is the number of inner calls that were made before the log; without it logs come
    // first.
    Status children(const Json& calls, const Json& logs, unsigned depth) {
        std::size_t next_log = 0;
        for (std::size_t i = 0; i < calls.size(); ++i) {
            if (auto taken = take_logs(logs, next_log, i); !taken) return taken;
            if (auto walked = frame(calls[i], depth + 1); !walked) return walked;
        }
        return take_logs(logs, next_log, std::numeric_limits<std::size_t>::max());
    }

    Status take_logs(const Json& logs, std::size_t& next, std::size_t calls_made) {
        for (; next < logs.size(); ++next) {
            if (const Json* const position = node::optional_member(logs[next], "position")) {
                const auto before = node::read_uint64(*position, "position");
                if (!before) return std::unexpected{before.error()};
                if (*before > calls_made) return {};
            }
            auto log = read_log(logs[next]);
            if (!log) return std::unexpected{log.error()};
            out_.logs.push_back(std::move(*log));
            if (out_.logs.size() > kMaxLogs)
                return node::bad_answer("logs", "has too many entries");
        }
        return {};
    }

    SimulationResult& out_;
    std::size_t frames_ = 0;
};

Result<SimulationResult> reverted(
    const Json& frame, const std::string& error, SimulationResult out) {
    out.outcome = Outcome::reverted;
    out.error = node::printable(error);
    if (const Json* const output = node::optional_member(frame, "output")) {
        auto bytes = node::read_data(*output, "output");
        if (!bytes) return std::unexpected{bytes.error()};
        out.return_data = std::move(*bytes);
    }
    return out;
}

}  // namespace

Json trace_call_parameters(const node::CallRequest& call, const PinnedBlock& block) {
    Json tracer = {
        {"tracer", "callTracer"}, {"tracerConfig", {{"onlyTopCall", false}, {"withLog", true}}}};
    return Json::array({node::to_json(call), block_parameter(block), std::move(tracer)});
}

Json state_diff_parameters(const node::CallRequest& call, const PinnedBlock& block) {
    Json tracer = {{"tracer", "prestateTracer"}, {"tracerConfig", {{"diffMode", true}}}};
    return Json::array({node::to_json(call), block_parameter(block), std::move(tracer)});
}

Result<SimulationResult> read_trace_call(const Json& result) {
    SimulationResult out;
    out.provider = Provider::debug_trace_call;
    const auto gas = node::uint64_member(result, "gasUsed");
    if (!gas) return std::unexpected{gas.error()};
    out.gas_used = Gas{*gas};
    const auto failed = failure(result);
    if (!failed) return std::unexpected{failed.error()};
    if (const auto& problem = *failed) return reverted(result, *problem, std::move(out));

    out.outcome = Outcome::success;
    if (const Json* const output = node::optional_member(result, "output")) {
        auto bytes = node::read_data(*output, "output");
        if (!bytes) return std::unexpected{bytes.error()};
        out.return_data = std::move(*bytes);
    }
    if (auto walked = Walk{out}.frame(result, 0); !walked) return std::unexpected{walked.error()};
    return out;
}

}  // namespace chela::chains::simulation
