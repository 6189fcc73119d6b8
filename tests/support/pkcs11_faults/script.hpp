#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <p11-kit/pkcs11.h>

namespace chela::test {

/// What the fault-injecting module shall do, and what it has seen. Guard all with `mutex`.
struct Script {
    struct Plan {
        unsigned skip = 0;
        unsigned times = 0;
        CK_RV value = CKR_OK;
    };
    struct Delay {
        unsigned times = 0;
        std::chrono::milliseconds length{};
    };

    std::map<std::string, Plan> plans;
    std::map<std::string, CK_RV> after;
    std::map<std::string, Delay> delays;
    std::map<std::string, unsigned> calls;
    unsigned flips = 0;
    unsigned truncations = 0;
    std::size_t truncated_size = 0;
    unsigned high_s = 0;
    unsigned swaps = 0;
    std::vector<CK_OBJECT_HANDLE> keys;  ///< handles that C_SignInit has seen
    unsigned long max_sessions = 0;
    unsigned long more_flags = 0;
    std::string held_function;  ///< empty: nothing is held
    unsigned held = 0;
    unsigned inside = 0;
    unsigned overlaps = 0;

    /// The answer that was planned for this call, if any; counts it.
    [[nodiscard]] std::optional<CK_RV> planned(const std::string& function);
    [[nodiscard]] std::chrono::milliseconds delay_of(const std::string& function);
};

/// Lines of the file named by CHELA_FAULTS_SCRIPT, read when the module is loaded:
///     fail FUNCTION SKIP TIMES 0xVALUE      delay FUNCTION TIMES MILLISECONDS
///     flip TIMES      truncate TIMES SIZE      high-s TIMES      swap TIMES
/// A file that cannot be read, or a line that is none of these, ends the program.
void read_script_file(Script& into);

extern std::mutex script_mutex;
extern std::condition_variable script_changed;
extern Script script;

}  // namespace chela::test
