#include "tests/support/pkcs11_faults/script.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace chela::test {

std::mutex script_mutex;
std::condition_variable script_changed;
Script script;

namespace {

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "the fault script: %s\n", why.c_str());
    std::abort();
}

bool read_line(std::istringstream& words, Script& into) {
    std::string verb;
    std::string function;
    words >> verb;
    if (verb == "fail") {
        Script::Plan plan;
        std::string value;
        words >> function >> plan.skip >> plan.times >> value;
        plan.value = std::strtoul(value.c_str(), nullptr, 16);
        into.plans[function] = plan;
        return plan.value != 0;
    }
    if (verb == "delay") {
        Script::Delay delay;
        long length = 0;
        words >> function >> delay.times >> length;
        delay.length = std::chrono::milliseconds{length};
        into.delays[function] = delay;
        return true;
    }
    if (verb == "truncate") {
        words >> into.truncations >> into.truncated_size;
        return true;
    }
    if (verb == "flip") words >> into.flips;
    if (verb == "high-s") words >> into.high_s;
    if (verb == "swap") words >> into.swaps;
    return verb == "flip" || verb == "high-s" || verb == "swap";
}

}  // namespace

std::optional<CK_RV> Script::planned(const std::string& function) {
    const auto found = plans.find(function);
    if (found == plans.end()) return std::nullopt;
    Plan& plan = found->second;
    if (plan.skip > 0) {
        --plan.skip;
        return std::nullopt;
    }
    if (plan.times == 0) return std::nullopt;
    --plan.times;
    return plan.value;
}

std::chrono::milliseconds Script::delay_of(const std::string& function) {
    const auto found = delays.find(function);
    if (found == delays.end() || found->second.times == 0) return {};
    --found->second.times;
    return found->second.length;
}

void read_script_file(Script& into) {
    const char* const path = std::getenv("CHELA_FAULTS_SCRIPT");
    if (path == nullptr) return;
    std::ifstream file{path};
    if (!file) give_up(std::string{path} + " cannot be read");
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty()) continue;
        std::istringstream words{line};
        std::string rest;
        const bool is_known = read_line(words, into) && !words.fail();
        if (!is_known || (words >> rest)) give_up("cannot read the line: " + line);
    }
}

}  // namespace chela::test
