#include "sidecar/cli/main_command.hpp"
#include "sidecar/edge/process.hpp"

int main(int argc, char** argv) {
    chela::sidecar::harden_process();
    return chela::sidecar::cli::run(argc, argv);
}
