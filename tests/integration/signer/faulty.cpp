#include "tests/integration/signer/faulty.hpp"

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
      calls{control<chela_fault_calls_fn>("chela_fault_calls")},
      signature{control<chela_fault_signature_fn>("chela_fault_signature")},
      token{control<chela_fault_token_fn>("chela_fault_token")},
      hold{control<chela_fault_hold_fn>("chela_fault_hold")},
      release{control<chela_fault_release_fn>("chela_fault_release")},
      held{control<chela_fault_held_fn>("chela_fault_held")},
      overlaps{control<chela_fault_overlaps_fn>("chela_fault_overlaps")} {
    control<chela_fault_reset_fn>("chela_fault_reset")();
}

}  // namespace chela::test
