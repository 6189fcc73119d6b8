#pragma once

#include "policy/decode/swap_sequence.hpp"

#include <cstdint>

namespace chela::policy {

enum class StepOutcome : std::uint8_t {
    done,
    malformed,  ///< canonical ABI, but not what the router takes (a broken path)
    uncertain   ///< SwapSequence does not model it here
};

/// A function of SwapRouter or SwapRouter02 as one step of a sequence.
/// @param deadline  of the call that carries it; empty: none
using V3Step =
    StepOutcome (*)(SwapSequence& sequence, const KnownCall& call, const Expiry& deadline);

// SwapRouter, whose swaps have a deadline each and whose address is meant by a zero recipient.
StepOutcome v3_exact_input_single(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome v3_exact_input(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome v3_exact_output_single(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome v3_exact_output(SwapSequence&, const KnownCall&, const Expiry&);

// SwapRouter02, with stand-ins for caller and router, and 0 for all that the router has.
StepOutcome router02_exact_input_single(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_exact_input(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_exact_output_single(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_exact_output(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_v2_exact_input(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_v2_exact_output(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_unwrap_to_caller(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_sweep_to_caller(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_wrap(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome router02_pull(SwapSequence&, const KnownCall&, const Expiry&);

// Both.
StepOutcome v3_unwrap(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome v3_sweep(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome v3_refund(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome v3_self_permit(SwapSequence&, const KnownCall&, const Expiry&);
StepOutcome v3_self_permit_allowed(SwapSequence&, const KnownCall&, const Expiry&);

}  // namespace chela::policy
