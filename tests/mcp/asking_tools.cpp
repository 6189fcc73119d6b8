#include "tests/mcp/content.hpp"
#include "tests/mcp/fixture.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace chela::test {

using namespace sidecar::mcp;

namespace {

/// Questions to ask, until each of them has its answer.
struct Round {
    Json requests;  ///< name → request
    Json state;     ///< null: none
};

bool has_answers(const Call& call, const Json& requests) {
    return std::ranges::all_of(requests.items(), [&call](const auto& item) {
        return call.input_responses.contains(item.key());
    });
}

ToolAnswer go_round(Call call, std::vector<Round> rounds) {
    const std::size_t at = call.state.is_object() ? call.state.value("round", 0UZ) : 0;
    const auto& round = rounds.at(at);
    const bool is_last = at + 1 == rounds.size();
    if (!has_answers(call, round.requests)) co_return InputRequired{round.requests, round.state};
    if (!is_last) {
        const auto& next = rounds.at(at + 1);
        co_return InputRequired{next.requests, next.state};
    }
    // "state-ok" tells the suite that the state came back as it was.
    ToolResult out;
    out.content.push_back(text_block(
        (call.state.is_null() ? "answered: " : "state-ok: ") + to_text(call.input_responses)));
    co_return out;
}

Tool asking(std::string name, std::vector<Round> rounds) {
    return {
        .name = name,
        .title = {},
        .description = "asks what the conformance suite expects: " + name,
        .input_schema = {{"type", "object"}},
        .output_schema = {},
        .annotations = {},
        .handler = [rounds = std::move(rounds)](Call call, Json) {
            return go_round(std::move(call), rounds);
        }};
}

/// Asks for what the client can do, and for nothing else.
ToolAnswer ask_what_it_can(Call call, Json) {
    Json requests = Json::object();
    if (call.client_capabilities.contains("sampling")) requests["model"] = sampling("Say hi", 20);
    if (call.client_capabilities.contains("elicitation"))
        requests["user"] = elicitation("Who are you?", "name");
    co_return InputRequired{requests, {}};
}

Tool capable() {
    auto tool = asking("test_input_required_result_capabilities", {});
    tool.handler = ask_what_it_can;
    return tool;
}

}  // namespace

std::vector<Tool> asking_tools() {
    const Json name{{"user_name", elicitation("What is your name?", "name")}};
    const Json confirm{{"confirm", elicitation("Please confirm", "ok", "boolean")}};
    const Json state{{"round", 0}};
    return {
        asking("test_input_required_result_elicitation", {{name, {}}}),
        asking(
            "test_input_required_result_sampling",
            {{{{"capital_question", sampling("What is the capital of France?", 100)}}, {}}}),
        asking("test_input_required_result_list_roots", {{{{"client_roots", roots()}}, {}}}),
        asking("test_input_required_result_request_state", {{confirm, state}}),
        asking("test_input_required_result_tampered_state", {{confirm, state}}),
        asking(
            "test_input_required_result_multiple_inputs",
            {{{{"user_name", name.at("user_name")},
               {"greeting", sampling("Generate a greeting", 50)},
               {"client_roots", roots()}},
              state}}),
        asking(
            "test_input_required_result_multi_round",
            {{{{"step1", elicitation("Step 1: What is your name?", "name")}}, state},
             {{{"step2", elicitation("Step 2: What is your favorite color?", "color")}},
              {{"round", 1}}}}),
        asking("test_streaming_elicitation", {{name, {}}}),
        asking("test_missing_capability", {{{{"model", sampling("Say hi", 20)}}, {}}}),
        capable()};
}

}  // namespace chela::test
