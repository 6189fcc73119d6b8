// A17: files, links and sockets that somebody has put where chela will look.
#include "tests/security/support/intruder.hpp"
#include "tests/security/support/world.hpp"

#include <fstream>
#include <iterator>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

namespace fs = std::filesystem;
constexpr int kNoPermission = 77;

class a17 : public testing::Test {
protected:
    a17() { sidecar.add_identity(agent, kClientToken); }

    Output serve() { return sidecar.cli({"serve", "--listen", "127.0.0.1:0"}); }
    [[nodiscard]] fs::path file(const char* name) const { return sidecar.dir() / name; }
    void expect_refused(const std::string& what, std::optional<int> status = std::nullopt) {
        const auto output = serve();
        EXPECT_GT(output.status.code, 0) << what;
        if (status) EXPECT_EQ(output.status.code, *status) << what << output.err;
        EXPECT_NE(output.err.find(what), std::string::npos) << output.err;
    }

    Sidecar sidecar{world().anvil->url()};
    TestAgent agent = sidecar.create_agent(*world().anvil, {"--to", kPayee});
};

TEST_F(a17, planted_secrets_that_others_can_read_stop_the_start) {
    for (const char* name : {"agent.key", "client.token", "token.pin", "jwt-ed25519.pem"}) {
        if (!fs::exists(file(name))) {
            ADD_FAILURE() << name << " is no file of a state directory";
            continue;
        }
        for (const unsigned mode : {0640U, 0604U, 0644U, 0666U, 0620U}) {
            ASSERT_EQ(::chmod(file(name).c_str(), mode), 0);
            expect_refused(name, kNoPermission);
        }
        ASSERT_EQ(::chmod(file(name).c_str(), 0600), 0);
    }
}

TEST_F(a17, planted_things_that_are_no_files_stop_the_start) {
    TempDir elsewhere;
    std::ofstream{elsewhere.path() / "key"} << agent.api_key;
    ASSERT_EQ(::chmod((elsewhere.path() / "key").c_str(), 0600), 0);
    fs::remove(file("agent.key"));
    fs::create_symlink(elsewhere.path() / "key", file("agent.key"));
    expect_refused("agent.key");
    fs::remove(file("agent.key"));
    fs::create_symlink("/dev/stdin", file("agent.key"));
    expect_refused("agent.key");
    fs::remove(file("agent.key"));
    ASSERT_EQ(::mkfifo(file("agent.key").c_str(), 0600), 0);
    expect_refused("agent.key");
    fs::remove(file("agent.key"));
    fs::create_directory(file("agent.key"));
    expect_refused("agent.key");
}

TEST_F(a17, planted_secrets_of_another_owner_stop_the_start) {
    if (!is_root()) {
        // Without root no file can be given away: root's own is the one that may be read.
        fs::remove(file("agent.key"));
        fs::create_symlink("/etc/passwd", file("agent.key"));
        expect_refused("agent.key");
        return;
    }
    ASSERT_EQ(::chown(file("agent.key").c_str(), kNobody, kNobody), 0);
    expect_refused("agent.key", kNoPermission);
}

TEST_F(a17, planted_settings_that_others_can_write_stop_the_start) {
    ASSERT_EQ(::chmod(file("chela.yaml").c_str(), 0666), 0);
    expect_refused("chela.yaml", kNoPermission);
    ASSERT_EQ(::chmod(file("chela.yaml").c_str(), 0600), 0);
    ASSERT_EQ(::chmod(file("chela.db").c_str(), 0644), 0);
    expect_refused("chela.db", kNoPermission);
    ASSERT_EQ(::chmod(file("chela.db").c_str(), 0600), 0);
    ASSERT_EQ(::chmod(sidecar.dir().c_str(), 0777), 0);
    expect_refused("mode 0777", kNoPermission);
}

TEST_F(a17, planted_names_of_the_socket_stay_and_stop_the_start) {
    TempDir elsewhere;
    const auto target = elsewhere.path() / "precious";
    std::ofstream{target} << "precious";
    fs::create_symlink(target, sidecar.socket());
    expect_refused("chela.sock");
    EXPECT_TRUE(fs::is_symlink(sidecar.socket()));
    EXPECT_EQ(fs::file_size(target), 8U);
    fs::remove(sidecar.socket());
    std::ofstream{sidecar.socket()} << "a file";
    expect_refused("chela.sock");
    EXPECT_TRUE(fs::is_regular_file(sidecar.socket()));
    fs::remove(sidecar.socket());
    ASSERT_EQ(::mkfifo(sidecar.socket().c_str(), 0600), 0);
    expect_refused("chela.sock");
    EXPECT_TRUE(fs::is_fifo(sidecar.socket()));
    fs::remove(sidecar.socket());
    fs::create_directory(sidecar.socket());
    expect_refused("chela.sock");
    EXPECT_TRUE(fs::is_directory(sidecar.socket()));
}

TEST_F(a17, planted_sockets_that_are_alive_are_not_taken_over) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    sidecar.socket().string().copy(address.sun_path, sizeof address.sun_path - 1);
    const int other = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(::bind(other, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(::listen(other, 8), 0);
    expect_refused("chela.sock");
    EXPECT_TRUE(fs::is_socket(sidecar.socket()));
    ::close(other);
    // Now it is stale, and ours: it is replaced.
    sidecar.start();
    EXPECT_EQ(must(sidecar.unix_client().request("GET", "/v1/health")).status, 200U);
}

TEST_F(a17, planted_folders_that_anybody_can_write_take_no_socket) {
    TempDir open;
    ASSERT_EQ(::chmod(open.path().c_str(), 0777), 0);
    sidecar.edit_config(
        "unix_socket: chela.sock", "unix_socket: " + (open.path() / "agent.sock").string());
    expect_refused("writable by everybody");
    EXPECT_TRUE(fs::is_empty(open.path()));
}

}  // namespace
}  // namespace chela::test::security
