#include "sidecar/edge/clock.hpp"

namespace chela::sidecar {

TimePoint SystemClock::now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace chela::sidecar
