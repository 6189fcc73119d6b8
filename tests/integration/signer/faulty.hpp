#pragma once

#include <cstddef>

// The controls of the fault-injecting PKCS#11 module in faulty_module.cpp, which stands in front of
// SoftHSM.
extern "C" {

/// From now on: `skip` calls of `function` pass, the `times` after them answer `value` without
/// reaching SoftHSM.
/// @param function  "C_Sign", …; "*" counts the calls of every function
using chela_fault_plan_fn =
    void(const char* function, unsigned skip, unsigned times, unsigned long value);
/// After the real call of `function` succeeded, answer `value` anyway: done, but reported as
/// failed. Once.
using chela_fault_after_fn = void(const char* function, unsigned long value);
/// @param function  as above
/// @return how often it was called since the last reset, whatever was answered
using chela_fault_calls_fn = unsigned(const char* function);
/// The next `times` signatures are damaged (size 64) or cut to `size` bytes.
using chela_fault_signature_fn = void(unsigned times, std::size_t size);
/// What C_GetTokenInfo says; 0: as SoftHSM says.
using chela_fault_token_fn = void(unsigned long max_sessions, unsigned long more_flags);
/// Until the release C_Sign waits inside the module.
using chela_fault_hold_fn = void();
using chela_fault_release_fn = void();
/// @return how many threads wait in C_Sign now
using chela_fault_held_fn = unsigned();
/// @return calls of C_Finalize that came while another call was inside the module
using chela_fault_overlaps_fn = unsigned();
using chela_fault_reset_fn = void();
}

namespace chela::test {

/// Loads the module once and gives its controls; reset by the constructor.
class Faulty {
public:
    Faulty();

    chela_fault_plan_fn* plan;
    chela_fault_after_fn* after;
    chela_fault_calls_fn* calls;
    chela_fault_signature_fn* signature;
    chela_fault_token_fn* token;
    chela_fault_hold_fn* hold;
    chela_fault_release_fn* release;
    chela_fault_held_fn* held;
    chela_fault_overlaps_fn* overlaps;
};

}  // namespace chela::test
