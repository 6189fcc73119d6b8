#include "policy/effect/effect.hpp"

#include "chains/base/result.hpp"

namespace chela::policy {

bool operator==(const Call& left, const Call& right) {
    return left.chain == right.chain && left.actor == right.actor && left.target == right.target &&
           left.signature == right.signature && left.arguments == right.arguments;
}

EffectKind kind_of(const Effect& effect) {
    static_assert(std::variant_size_v<Effect> == static_cast<std::size_t>(EffectKind::opaque) + 1);
    return static_cast<EffectKind>(effect.index());
}

std::string_view to_string(EffectKind kind) {
    switch (kind) {
        case EffectKind::transfer:
            return "transfer";
        case EffectKind::grant:
            return "grant";
        case EffectKind::revoke:
            return "revoke";
        case EffectKind::swap:
            return "swap";
        case EffectKind::wrap:
            return "wrap";
        case EffectKind::deploy:
            return "deploy";
        case EffectKind::delegate_7702:
            return "delegate_7702";
        case EffectKind::delegatecall:
            return "delegatecall";
        case EffectKind::authority:
            return "authority";
        case EffectKind::userop:
            return "userop";
        case EffectKind::call:
            return "call";
        case EffectKind::message:
            return "message";
        case EffectKind::opaque:
            return "opaque";
    }
    bug("an effect kind that does not exist");
}

std::string_view to_string(Authority::Kind kind) {
    switch (kind) {
        case Authority::Kind::owner:
            return "owner";
        case Authority::Kind::threshold:
            return "threshold";
        case Authority::Kind::module:
            return "module";
        case Authority::Kind::guard:
            return "guard";
        case Authority::Kind::fallback_handler:
            return "fallback_handler";
        case Authority::Kind::role:
            return "role";
        case Authority::Kind::upgrade:
            return "upgrade";
        case Authority::Kind::admin:
            return "admin";
    }
    bug("an authority kind that does not exist");
}

std::string_view to_string(Opaque::Reason reason) {
    switch (reason) {
        case Opaque::Reason::unknown_selector:
            return "unknown_selector";
        case Opaque::Reason::non_canonical:
            return "non_canonical";
        case Opaque::Reason::limit:
            return "limit";
        case Opaque::Reason::unknown_typed_data:
            return "unknown_typed_data";
        case Opaque::Reason::undecoded_order:
            return "undecoded_order";
        case Opaque::Reason::untrusted_contract:
            return "untrusted_contract";
        case Opaque::Reason::digest_like_message:
            return "digest_like_message";
        case Opaque::Reason::unsupported:
            return "unsupported";
    }
    bug("an opaque reason that does not exist");
}

}  // namespace chela::policy
