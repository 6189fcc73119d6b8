#include "chains/base/result.hpp"
#include "policy/decide/trace.hpp"

namespace chela::policy {

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::deny:
            return "deny";
        case Verdict::review:
            return "review";
        case Verdict::allow:
            return "allow";
    }
    bug("a verdict that does not exist");
}

std::string_view to_string(Truth truth) {
    switch (truth) {
        case Truth::no:
            return "no";
        case Truth::unknown:
            return "unknown";
        case Truth::yes:
            return "yes";
    }
    bug("a truth that does not exist");
}

}  // namespace chela::policy
