#pragma once

namespace chela::sidecar::cli {

/// Parses the command line and runs the chosen command. @return the exit status (sysexits)
[[nodiscard]] int run(int argc, char** argv);

}  // namespace chela::sidecar::cli
