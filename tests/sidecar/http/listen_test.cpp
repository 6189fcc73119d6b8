#include "sidecar/http/listen.hpp"

#include "sidecar/http/server.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

namespace fs = std::filesystem;

class Listening : public testing::Test {
protected:
    [[nodiscard]] std::unique_ptr<Server> server() {
        return std::make_unique<Server>(context_, std::make_shared<Router>(), ServerOptions{});
    }
    /// Lets coroutines of closed listeners end.
    void settle() {
        context_.restart();
        context_.poll();
    }
    [[nodiscard]] std::size_t files() const {
        const auto all = fs::directory_iterator{dir_.path()};
        return static_cast<std::size_t>(std::distance(begin(all), end(all)));
    }

    chela::test::TempDir dir_;
    fs::path path_ = dir_.path() / "s.sock";
    boost::asio::io_context context_;
};

TEST_F(Listening, takes_loopback_addresses) {
    for (const char* text :
         {"127.0.0.1:0", "127.0.0.1:8787", "127.9.9.9:1", "[::1]:0", "[::1]:65535"}) {
        EXPECT_TRUE(parse_address(text, Reach::loopback).has_value()) << text;
    }
}

TEST_F(Listening, denies_every_other_address) {
    for (const char* text :
         {"0.0.0.0:8787", "192.168.1.1:80", "10.0.0.1:0", "8.8.8.8:53", "[::]:8787", "[fe80::1]:1",
          "[::ffff:127.0.0.1]:1", "128.0.0.1:1"}) {
        const auto endpoint = parse_address(text, Reach::loopback);
        ASSERT_FALSE(endpoint.has_value()) << text;
        EXPECT_EQ(endpoint.error().code, ErrorCode::denied) << text;
        EXPECT_EQ(endpoint.error().reason, "E_LISTEN_NOT_LOOPBACK") << text;
    }
}

TEST_F(Listening, takes_other_addresses_where_they_are_meant) {
    for (const char* text : {"0.0.0.0:8787", "192.168.1.1:80", "[::]:8787", "127.0.0.1:0"})
        EXPECT_TRUE(parse_address(text, Reach::anywhere).has_value()) << text;
    EXPECT_FALSE(parse_address("example.org:80", Reach::anywhere).has_value());
}

TEST_F(Listening, refuses_what_is_no_address) {
    for (const char* text :
         {"", ":", ":8787", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
          "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "localhost:8787", "::1:8787", "[::1]",
          "[::1]8787", "[127.0.0.1]:1", "127.1:80", "[::1%lo]:1", "2130706433:1"}) {
        const auto endpoint = parse_address(text, Reach::loopback);
        ASSERT_FALSE(endpoint.has_value()) << text;
        EXPECT_EQ(endpoint.error().code, ErrorCode::invalid_input) << text;
    }
}

TEST_F(Listening, takes_any_numeric_address_where_that_is_asked_for) {
    for (const char* text : {"0.0.0.0:9809", "[::]:9809", "10.0.0.1:1", "127.0.0.1:0"})
        EXPECT_TRUE(parse_address(text, Reach::anywhere).has_value()) << text;
    for (const char* text : {"*:9809", "localhost:1", "0.0.0.0"})
        EXPECT_FALSE(parse_address(text, Reach::anywhere).has_value()) << text;
}

TEST_F(Listening, reports_a_port_that_is_taken) {
    const auto first = server();
    const auto port = first->listen_tcp("127.0.0.1:0");
    ASSERT_TRUE(port.has_value());
    EXPECT_NE(*port, 0U);
    const auto second = server()->listen_tcp("127.0.0.1:" + std::to_string(*port));
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
}

TEST_F(Listening, makes_a_socket_with_the_mode_and_no_other_name) {
    const auto made = server();
    ASSERT_TRUE(made->listen_unix(path_, 0660).has_value());
    struct stat info{};
    ASSERT_EQ(lstat(path_.c_str(), &info), 0);
    EXPECT_TRUE(S_ISSOCK(info.st_mode));
    EXPECT_EQ(info.st_mode & 0777U, 0660U);
    EXPECT_EQ(files(), 1U);
}

TEST_F(Listening, removes_its_socket_at_the_end) {
    auto made = server();
    ASSERT_TRUE(made->listen_unix(path_, 0600).has_value());
    made.reset();
    settle();
    EXPECT_EQ(files(), 0U);
}

TEST_F(Listening, replaces_a_socket_that_nobody_listens_on) {
    {
        boost::asio::local::stream_protocol::acceptor dead{
            context_, boost::asio::local::stream_protocol::endpoint{path_.string()}};
    }
    ASSERT_TRUE(fs::is_socket(path_));
    const auto made = server();
    EXPECT_TRUE(made->listen_unix(path_, 0600).has_value());
    EXPECT_EQ(files(), 1U);
}

TEST_F(Listening, leaves_a_living_servers_socket_alone) {
    const auto first = server();
    ASSERT_TRUE(first->listen_unix(path_, 0600).has_value());
    const auto second = server()->listen_unix(path_, 0600);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(fs::is_socket(path_));
}

TEST_F(Listening, replaces_nothing_that_is_not_a_socket) {
    std::ofstream{path_} << "precious";
    const auto refused = server()->listen_unix(path_, 0600);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_SOCKET_PATH");
    fs::remove(path_);
    fs::create_symlink(dir_.path() / "elsewhere", path_);
    EXPECT_EQ(server()->listen_unix(path_, 0600).error().reason, "E_SOCKET_PATH");
    fs::remove(path_);
    fs::create_directory(path_);
    EXPECT_EQ(server()->listen_unix(path_, 0600).error().reason, "E_SOCKET_PATH");
}

TEST_F(Listening, does_not_remove_a_socket_that_took_its_place) {
    auto made = server();
    ASSERT_TRUE(made->listen_unix(path_, 0600).has_value());
    fs::remove(path_);
    std::ofstream{path_} << "somebody else's";
    made.reset();
    settle();
    EXPECT_TRUE(fs::exists(path_));
}

TEST_F(Listening, needs_a_folder_that_others_cannot_write_to) {
    chmod(dir_.path().c_str(), 0777);
    const auto refused = server()->listen_unix(path_, 0600);
    chmod(dir_.path().c_str(), 0700);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "E_SOCKET_FOLDER");
    EXPECT_EQ(
        server()->listen_unix(dir_.path() / "missing" / "s", 0600).error().code,
        ErrorCode::unavailable);
}

TEST_F(Listening, refuses_odd_modes_and_long_paths) {
    EXPECT_EQ(server()->listen_unix(path_, 04755).error().code, ErrorCode::invalid_input);
    const auto refused = server()->listen_unix(dir_.path() / std::string(108, 'a'), 0600);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace chela::sidecar::http
