#include "sidecar/telemetry/line.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/telemetry/redaction.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::log {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// The first kMaxStringCharacters code points; broken UTF-8 is bounded by its bytes.
std::string cut(std::string text) {
    std::size_t characters = 0;
    std::size_t at = 0;
    for (; at < text.size() && at < 4 * kMaxStringCharacters; ++at) {
        const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U;
        if (starts_character && ++characters > kMaxStringCharacters) break;
    }
    text.resize(at);
    return text;
}

std::string safe(std::string_view text) {
    return cut(redacted(text));
}

struct ToJson {
    OrderedJson operator()(const std::string& text) const { return safe(text); }
    OrderedJson operator()(bool claim) const { return claim; }
    OrderedJson operator()(std::int64_t number) const {
        // A PIN is a number too: the digits of a secret do not pass as one.
        const std::string digits = std::to_string(number);
        std::string shown = redacted(digits);
        if (shown != digits) return shown;
        return number;
    }
};

}  // namespace

std::string render_line(
    TimePoint time, Level level, std::string_view name, std::span<const Field> fields) {
    OrderedJson line;
    line["ts"] = to_rfc3339(time);
    line["level"] = to_string(level);
    line["event"] = safe(name);
    for (const Field& field : fields) {
        std::string key = safe(field.key);
        if (key == "ts" || key == "level" || key == "event") bug("a log field with a fixed name");
        line[std::move(key)] = std::visit(ToJson{}, field.value.get());
    }
    return line.dump(-1, ' ', true, OrderedJson::error_handler_t::replace);
}

}  // namespace chela::sidecar::log
