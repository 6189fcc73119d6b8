#include "policy/rules/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace policy = chela::policy;

/// Any text is refused with its source and a line, or loads; what loads reads back from its
/// canonical text as the same policy, never permits what cannot be read, and can be linted. Any
/// text is refused as canonical, or is exactly what the policy that it gives has.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (const auto direct = policy::load_canonical(text); direct && direct->canonical != text) {
        std::abort();
    }
    const auto loaded = policy::load_policy(text, "p.yaml");
    if (!loaded) {
        const auto& detail = loaded.error().detail;
        const bool has_line = detail.starts_with("p.yaml:") && detail.size() > 7 &&
                              detail[7] >= '1' && detail[7] <= '9';
        if (!has_line && !detail.starts_with("p.yaml: ")) std::abort();
        return 0;
    }
    const auto again = policy::load_canonical(loaded->canonical);
    if (!again || again->canonical != loaded->canonical || again->digest != loaded->digest) {
        std::abort();
    }
    for (const auto& rule : loaded->rules) {
        if (rule.kind != policy::Rule::Kind::permit) continue;
        for (const auto effect : rule.effects)
            if (effect == policy::EffectKind::opaque) std::abort();
    }
    for (const auto& finding : policy::lint(*loaded))
        if (finding.where.empty() || finding.text.empty()) std::abort();
    if (!policy::difference(*loaded, *again).empty()) std::abort();
    return 0;
}
