#include "tests/support/pkcs11_faults/faulty.hpp"

#include "chains/base/result.hpp"

#include <dlfcn.h>
#include <string>

namespace chela::test {

namespace {

void* library() {
    static void* const handle = dlopen(CHELA_FAULTY_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) bug("the fault-injecting module cannot be loaded");
    return handle;
}

template <class Function>
Function* control(const char* name) {
    void* const symbol = dlsym(library(), name);
    if (symbol == nullptr) bug(std::string{"no control "} + name);
    return reinterpret_cast<Function*>(symbol);
}

}  // namespace

Faulty::Faulty()
    : plan{control<chela_fault_plan_fn>("chela_fault_plan")},
      after{control<chela_fault_after_fn>("chela_fault_after")},
      delay{control<chela_fault_delay_fn>("chela_fault_delay")},
      calls{control<chela_fault_calls_fn>("chela_fault_calls")},
      flip{control<chela_fault_flip_fn>("chela_fault_flip")},
      truncate{control<chela_fault_truncate_fn>("chela_fault_truncate")},
      high_s{control<chela_fault_high_s_fn>("chela_fault_high_s")},
      swap{control<chela_fault_swap_fn>("chela_fault_swap")},
      token{control<chela_fault_token_fn>("chela_fault_token")},
      hold{control<chela_fault_hold_fn>("chela_fault_hold")},
      release{control<chela_fault_release_fn>("chela_fault_release")},
      held{control<chela_fault_held_fn>("chela_fault_held")},
      overlaps{control<chela_fault_overlaps_fn>("chela_fault_overlaps")},
      reset_{control<chela_fault_reset_fn>("chela_fault_reset")} {
    reset_();
}

Faulty::~Faulty() {
    reset_();
}

}  // namespace chela::test
