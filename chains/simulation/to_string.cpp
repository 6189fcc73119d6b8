#include "chains/simulation/simulation.hpp"

namespace chela::chains::simulation {

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::success:
            return "success";
        case Outcome::reverted:
            return "reverted";
        case Outcome::error:
            return "error";
    }
    bug("unknown simulation outcome");
}

std::string_view to_string(Provider provider) {
    switch (provider) {
        case Provider::eth_simulate_v1:
            return "eth_simulateV1";
        case Provider::debug_trace_call:
            return "debug_traceCall";
        case Provider::eth_call:
            return "eth_call";
    }
    bug("unknown simulation provider");
}

}  // namespace chela::chains::simulation
