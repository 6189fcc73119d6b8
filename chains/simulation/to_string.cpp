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
        case Provider::tenderly:
            return "tenderly";
    }
    bug("unknown simulation provider");
}

std::string_view to_string(Pinning pinning) {
    switch (pinning) {
        case Pinning::none:
            return "none";
        case Pinning::by_number:
            return "number";
        case Pinning::by_hash:
            return "hash";
    }
    bug("unknown simulation pinning");
}

}  // namespace chela::chains::simulation
