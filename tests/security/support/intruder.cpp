#include "tests/security/support/intruder.hpp"

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chela::test::security {

bool is_root() {
    return ::geteuid() == 0;
}

int as_user(uid_t uid, const std::function<int()>& act) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (is_root() && (::setgroups(0, nullptr) != 0 || ::setresgid(uid, uid, uid) != 0 ||
                          ::setresuid(uid, uid, uid) != 0)) {
            ::_exit(201);
        }
        ::_exit(act());
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 201;
    return WEXITSTATUS(status);
}

}  // namespace chela::test::security
