#pragma once

#include <cstddef>

// The controls of the fault-injecting PKCS#11 module, which stands in front of a real one: the
// module named by CHELA_FAULTS_MODULE, else SoftHSM. A program that cannot call them, such as the
// built binary, scripts the faults by a file instead: see script.hpp.
extern "C" {

/// From now on: `skip` calls of `function` pass, the `times` after them answer `value` without
/// reaching the real module.
/// @param function  "C_Sign", …; "*" counts the calls of every function
using chela_fault_plan_fn =
    void(const char* function, unsigned skip, unsigned times, unsigned long value);
/// After the real call of `function` succeeded, answer `value` anyway: done, but reported as
/// failed. Once.
using chela_fault_after_fn = void(const char* function, unsigned long value);
/// The next `times` calls of `function` take `milliseconds` longer.
using chela_fault_delay_fn = void(const char* function, unsigned times, unsigned milliseconds);
/// @param function  as above
/// @return how often it was called since the last reset, whatever was answered
using chela_fault_calls_fn = unsigned(const char* function);
/// One bit of the next `times` signatures is flipped.
using chela_fault_flip_fn = void(unsigned times);
/// The next `times` signatures have `size` bytes.
using chela_fault_truncate_fn = void(unsigned times, std::size_t size);
/// The next `times` signatures have a high s, whatever the real module gave.
using chela_fault_high_s_fn = void(unsigned times);
/// The next `times` calls of C_SignInit use the key of an earlier C_SignInit with another handle.
using chela_fault_swap_fn = void(unsigned times);
/// What C_GetTokenInfo says; 0: as the real module says.
using chela_fault_token_fn = void(unsigned long max_sessions, unsigned long more_flags);
/// Until the release every call of `function` waits inside the module.
using chela_fault_hold_fn = void(const char* function);
using chela_fault_release_fn = void();
/// @return how many threads are held now
using chela_fault_held_fn = unsigned();
/// @return calls of C_Finalize that came while another call was inside the module
using chela_fault_overlaps_fn = unsigned();
using chela_fault_reset_fn = void();
}
