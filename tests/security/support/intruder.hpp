#pragma once

#include <functional>
#include <sys/types.h>

namespace chela::test::security {

/// A user that owns nothing here; what root becomes to attack.
inline constexpr uid_t kNobody = 65534;

[[nodiscard]] bool is_root();

/// Runs `act` in a child process that has become this user when we are root. It must only make
/// system calls. @return what it returned, 0 … 200; 201: the child could not become the user
[[nodiscard]] int as_user(uid_t uid, const std::function<int()>& act);

}  // namespace chela::test::security
