#pragma once

#include "chains/base/units.hpp"

namespace chela::sidecar {

/// The one place that reads the wall clock.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override;
};

}  // namespace chela::sidecar
