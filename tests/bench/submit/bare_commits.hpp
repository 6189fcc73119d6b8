#pragma once

#include "tests/bench/submit/meter.hpp"

namespace chela::bench {

/// What SQLite takes, without the disk, for as many durable commits as a submission has, of one
/// row each, by its C interface and nothing else: whoever keeps submissions in SQLite takes more.
/// @param commits  of one submission
/// @return the median of several hundred of them, in a database of its own
[[nodiscard]] Nanoseconds bare_commits(unsigned commits);

}  // namespace chela::bench
