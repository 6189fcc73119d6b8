#include "chains/base/json.hpp"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// The strict reader takes a subset of what the library takes, with the same meaning, and its values
// survive a round trip.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(data, data + size);
    const auto strict = chela::parse_json(text);
    if (!strict) {
        if (strict.error().reason.empty()) chela::bug("a JSON refusal without a reason");
        return 0;
    }
    const auto lenient = chela::Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (lenient.is_discarded() || lenient != *strict)
        chela::bug("the strict reader reads something else");
    const auto again = chela::parse_json(strict->dump());
    if (!again || *again != *strict) chela::bug("a JSON value does not survive a round trip");
    return 0;
}
