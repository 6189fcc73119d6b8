#include "sidecar/node/endpoint_health.hpp"

namespace chela::sidecar::node {

std::string_view to_string(EndpointState state) {
    switch (state) {
        case EndpointState::untried:
            return "untried";
        case EndpointState::healthy:
            return "healthy";
        case EndpointState::failing:
            return "failing";
        case EndpointState::resting:
            return "resting";
        case EndpointState::behind:
            return "behind";
        case EndpointState::wrong_chain:
            return "wrong_chain";
    }
    bug("unknown endpoint state");
}

bool is_usable(EndpointState state) {
    switch (state) {
        case EndpointState::untried:
        case EndpointState::healthy:
        case EndpointState::failing:
            return true;
        case EndpointState::resting:
        case EndpointState::behind:
        case EndpointState::wrong_chain:
            return false;
    }
    bug("unknown endpoint state");
}

bool may_answer(const EndpointHealth& endpoint) {
    const bool has_never_answered = endpoint.state == EndpointState::failing && !endpoint.head;
    return is_usable(endpoint.state) && !has_never_answered;
}

}  // namespace chela::sidecar::node
