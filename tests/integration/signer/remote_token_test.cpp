// A token in another process, behind `p11-kit server`: what dies there must not die here.
#include "tests/integration/signer/soft_token.hpp"
#include "tests/integration/signer/test_runtime.hpp"
#include "tests/support/approve.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <sys/types.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace chela::test {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{20};

class remote_token : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(fs::exists(CHELA_P11_KIT_SERVER) && fs::exists(CHELA_P11_KIT_CLIENT))
            << "p11-kit-server and p11-kit-client.so are not installed "
               "(Debian: apt-get install p11-kit p11-kit-modules)";
        ASSERT_EQ(setenv("P11_KIT_SERVER_ADDRESS", ("unix:path=" + socket()).c_str(), 1), 0);
        ASSERT_NO_FATAL_FAILURE(start_server());
        token = open_token(soft.config(CHELA_P11_KIT_CLIENT), clock.runtime());
        made = make_key(*token, "alpha");
    }
    void start_server() {
        fs::remove(socket());
        auto started = Process::start(
            {.argv =
                 {CHELA_P11_KIT_SERVER, "--foreground", "--name", socket(), "--provider",
                  CHELA_SOFTHSM_MODULE, fmt::format("pkcs11:token={}", soft.label())},
             // The server runs its neighbour p11-kit-remote for each client.
             .environment =
                 {{"XDG_RUNTIME_DIR", folder.path().string()},
                  {"P11_KIT_PRIVATEDIR", fs::path{CHELA_P11_KIT_SERVER}.parent_path().string()}},
             .unset = {},
             .dir = {},
             .input = {}});
        ASSERT_TRUE(started) << started.error().detail;
        server = std::move(*started);
        ASSERT_TRUE(eventually([&] { return fs::exists(socket()); }, kPatience)) << server->err();
    }
    // The server has a child for each client, which would outlive it.
    void send_to_children(int signal) {
        const std::string pid = std::to_string(server->pid());
        std::ifstream file{"/proc/" + pid + "/task/" + pid + "/children"};
        unsigned count = 0;
        for (pid_t child = 0; file >> child; ++count)
            ASSERT_EQ(::kill(child, signal), 0);
        ASSERT_GT(count, 0U) << "the server has no child for this client";
    }
    void kill_server() {
        ASSERT_NO_FATAL_FAILURE(send_to_children(SIGKILL));
        server->send(SIGKILL);
        ASSERT_TRUE(server->wait(kPatience));
    }
    [[nodiscard]] std::string socket() const { return (folder.path() / "socket").string(); }

    SoftToken soft;
    TempDir folder;
    TestClock clock;
    std::unique_ptr<Process> server;
    std::unique_ptr<signer::pkcs11::Token> token;
    MadeKey made;
};

TEST_F(remote_token, signs_through_the_socket) {
    const auto approved = approve_transfer(made.info.address, 1);
    const auto signature = made.key->sign(approved);
    ASSERT_TRUE(signature) << signature.error().detail;
    EXPECT_TRUE(is_good_signature(approved, *signature, made.info.public_key));
}

TEST_F(remote_token, signs_again_when_its_server_was_killed_and_started_anew) {
    for (std::uint64_t round = 1; round < 4; ++round) {
        ASSERT_TRUE(made.key->sign(approve_transfer(made.info.address, 10 * round)));
        ASSERT_NO_FATAL_FAILURE(kill_server());
        for (std::uint64_t i = 1; i < 4; ++i) {
            const auto refused = made.key->sign(approve_transfer(made.info.address, round + i));
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().code, ErrorCode::unavailable) << refused.error().detail;
            EXPECT_EQ(refused.error().reason, "E_TOKEN_UNAVAILABLE") << refused.error().detail;
        }
        ASSERT_NO_FATAL_FAILURE(start_server());
        clock.pass(kLongEnough);
        const auto approved = approve_transfer(made.info.address, round);
        const auto signature = made.key->sign(approved);
        ASSERT_TRUE(signature) << signature.error().detail;
        EXPECT_TRUE(is_good_signature(approved, *signature, made.info.public_key));
    }
}

TEST_F(remote_token, that_is_stopped_makes_callers_leave_by_their_deadline) {
    ASSERT_NO_FATAL_FAILURE(send_to_children(SIGSTOP));
    const auto late = made.key->sign_before(
        approve_transfer(made.info.address, 1),
        std::chrono::steady_clock::now() + std::chrono::milliseconds{200});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, ErrorCode::timed_out);
    ASSERT_NO_FATAL_FAILURE(send_to_children(SIGCONT));
    EXPECT_TRUE(eventually(
        [&] { return made.key->sign(approve_transfer(made.info.address, 2)).has_value(); },
        kPatience));
}

}  // namespace
}  // namespace chela::test
