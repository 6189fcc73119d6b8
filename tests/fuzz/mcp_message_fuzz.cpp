#include "sidecar/mcp/headers.hpp"
#include "sidecar/mcp/lifecycle.hpp"

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mcp = chela::sidecar::mcp;
using chela::bug;
using chela::Json;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void check_error(const mcp::RpcError& error) {
    constexpr std::size_t kLongest = 600;
    if (error.message.empty()) bug("a refusal without a sentence");
    if (error.message.size() > kLongest) bug("a refusal quotes the caller at length");
    if (!error.data.is_object() || mcp::text_member(error.data, "code").empty())
        bug("a refusal without a reason");
}

void check_message(const mcp::Message& message) {
    using Kind = mcp::Message::Kind;
    if (message.kind == Kind::notification && !message.id.is_null()) bug("somebody waits for it");
    if (message.kind != Kind::notification && !message.id.is_string() &&
        !message.id.is_number_integer())
        bug("a message that nobody can answer");
    if (!message.params.is_object()) bug("parameters without names");
    if (message.method.size() > mcp::kMaxMethod) bug("too long a name");
}

/// The message's own words as headers: what a client sends beside it.
void check_with_headers(const mcp::Message& message, std::string_view raw) {
    chela::sidecar::http::Request request;
    const auto meta = mcp::object_member(message.params, "_meta");
    request.headers = {
        {"mcp-protocol-version", mcp::text_member(meta, mcp::kMetaVersion)},
        {"mcp-method", message.method},
        {"mcp-name", std::string{raw.substr(0, raw.find('\n'))}}};
    if (const auto era = mcp::era_of(request, message); !era) check_error(era.error());
    if (const auto ok = mcp::check_headers(request, message, "name"); !ok) check_error(ok.error());
    if (const auto name = mcp::mirrored(request, "mcp-name"); !name) check_error(name.error());
}

}  // namespace

/// The body of a POST to the MCP door.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto message = mcp::read_message(text);
    if (!message) {
        check_error(message.error().error);
        return 0;
    }
    check_message(*message);
    check_with_headers(*message, text);
    const auto answer = mcp::response_to(message->id, Json::object());
    if (message->kind == mcp::Message::Kind::request && answer.at("id") != message->id)
        bug("another request is answered");
    return 0;
}
