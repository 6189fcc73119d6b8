#pragma once

#include "tests/support/pkcs11_faults/controls.hpp"

namespace chela::test {

/// Loads the fault-injecting module once and gives its controls; reset by the constructor and at
/// the end, so that nothing stays held.
class Faulty {
public:
    Faulty();
    ~Faulty();
    Faulty(const Faulty&) = delete;
    Faulty& operator=(const Faulty&) = delete;

    chela_fault_plan_fn* plan;
    chela_fault_after_fn* after;
    chela_fault_delay_fn* delay;
    chela_fault_calls_fn* calls;
    chela_fault_flip_fn* flip;
    chela_fault_truncate_fn* truncate;
    chela_fault_high_s_fn* high_s;
    chela_fault_swap_fn* swap;
    chela_fault_token_fn* token;
    chela_fault_hold_fn* hold;
    chela_fault_release_fn* release;
    chela_fault_held_fn* held;
    chela_fault_overlaps_fn* overlaps;

private:
    chela_fault_reset_fn* reset_;
};

}  // namespace chela::test
