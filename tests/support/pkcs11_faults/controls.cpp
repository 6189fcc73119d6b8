#include "tests/support/pkcs11_faults/controls.hpp"

#include "tests/support/pkcs11_faults/script.hpp"

using chela::test::Script;
using chela::test::script;
using chela::test::script_changed;
using chela::test::script_mutex;

extern "C" {

chela_fault_plan_fn chela_fault_plan;
chela_fault_after_fn chela_fault_after;
chela_fault_delay_fn chela_fault_delay;
chela_fault_calls_fn chela_fault_calls;
chela_fault_flip_fn chela_fault_flip;
chela_fault_truncate_fn chela_fault_truncate;
chela_fault_high_s_fn chela_fault_high_s;
chela_fault_swap_fn chela_fault_swap;
chela_fault_token_fn chela_fault_token;
chela_fault_hold_fn chela_fault_hold;
chela_fault_release_fn chela_fault_release;
chela_fault_held_fn chela_fault_held;
chela_fault_overlaps_fn chela_fault_overlaps;
chela_fault_reset_fn chela_fault_reset;

void chela_fault_plan(const char* function, unsigned skip, unsigned times, unsigned long value) {
    const std::lock_guard lock{script_mutex};
    script.plans[function] = {skip, times, value};
}
void chela_fault_after(const char* function, unsigned long value) {
    const std::lock_guard lock{script_mutex};
    script.after[function] = value;
}
void chela_fault_delay(const char* function, unsigned times, unsigned milliseconds) {
    const std::lock_guard lock{script_mutex};
    script.delays[function] = {times, std::chrono::milliseconds{milliseconds}};
}
unsigned chela_fault_calls(const char* function) {
    const std::lock_guard lock{script_mutex};
    return script.calls[function];
}
void chela_fault_flip(unsigned times) {
    const std::lock_guard lock{script_mutex};
    script.flips = times;
}
void chela_fault_truncate(unsigned times, std::size_t size) {
    const std::lock_guard lock{script_mutex};
    script.truncations = times;
    script.truncated_size = size;
}
void chela_fault_high_s(unsigned times) {
    const std::lock_guard lock{script_mutex};
    script.high_s = times;
}
void chela_fault_swap(unsigned times) {
    const std::lock_guard lock{script_mutex};
    script.swaps = times;
}
void chela_fault_token(unsigned long max_sessions, unsigned long more_flags) {
    const std::lock_guard lock{script_mutex};
    script.max_sessions = max_sessions;
    script.more_flags = more_flags;
}
void chela_fault_hold(const char* function) {
    const std::lock_guard lock{script_mutex};
    script.held_function = function;
}
void chela_fault_release() {
    const std::lock_guard lock{script_mutex};
    script.held_function.clear();
    script_changed.notify_all();
}
unsigned chela_fault_held() {
    const std::lock_guard lock{script_mutex};
    return script.held;
}
unsigned chela_fault_overlaps() {
    const std::lock_guard lock{script_mutex};
    return script.overlaps;
}
void chela_fault_reset() {
    const std::lock_guard lock{script_mutex};
    const unsigned inside = script.inside;
    const unsigned held = script.held;
    script = Script{};
    script.inside = inside;
    script.held = held;
    script_changed.notify_all();
}
}
