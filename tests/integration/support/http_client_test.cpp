#include "tests/support/http_client.hpp"

#include "tests/support/temp_dir.hpp"

#include <thread>

#include <boost/asio.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using testing::HasSubstr;
using testing::StartsWith;

/// Takes one connection, reads up to the end of the head, answers with given bytes and closes.
template <class Protocol>
class OneAnswer {
public:
    OneAnswer(const typename Protocol::endpoint& at, std::string answer)
        : acceptor_{context_, at},
          thread_{[this, answer = std::move(answer)] {
              auto socket = acceptor_.accept();
              asio::read_until(socket, asio::dynamic_buffer(head_), "\r\n\r\n");
              asio::write(socket, asio::buffer(answer));
              // Hold the connection until the client ends it, so that a missing answer is a
              // time-out.
              boost::system::error_code error;
              char byte = 0;
              if (answer.empty()) asio::read(socket, asio::buffer(&byte, 1), error);
          }} {}
    ~OneAnswer() {
        if (thread_.joinable()) thread_.join();
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;

    [[nodiscard]] typename Protocol::endpoint endpoint() const {
        return acceptor_.local_endpoint();
    }
    [[nodiscard]] const std::string& head() {
        thread_.join();
        return head_;
    }

private:
    asio::io_context context_;
    typename Protocol::acceptor acceptor_;
    std::string head_;
    std::thread thread_;
};

using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
const Tcp::endpoint kAnyPort{asio::ip::address_v4::loopback(), 0};

TEST(support_http_client, speaks_over_tcp) {
    OneAnswer<Tcp> server{
        kAnyPort, "HTTP/1.1 201 Created\r\nX-Name: v\r\nContent-Length: 8\r\n\r\n{\"a\": 1}"};
    const HttpClient client{HttpClient::Tcp{"127.0.0.1", server.endpoint().port()}};
    const auto answer =
        client.request("POST", "/v1/x?y=%20", {{"Authorization", "Bearer t"}}, "{}");
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 201U);
    EXPECT_EQ(answer->header("x-name"), "v");
    EXPECT_EQ(answer->header("absent"), "");
    const auto json = answer->json();
    ASSERT_TRUE(json) << json.error().detail;
    EXPECT_EQ((*json)["a"], 1);
    const auto head = server.head();
    EXPECT_THAT(head, StartsWith("POST /v1/x?y=%20 HTTP/1.1\r\n"));
    EXPECT_THAT(head, HasSubstr("Authorization: Bearer t\r\n"));
    EXPECT_THAT(head, HasSubstr("Host: 127.0.0.1:"));
    EXPECT_THAT(head, HasSubstr("Content-Type: application/json\r\n"));
    EXPECT_THAT(head, HasSubstr("Content-Length: 2\r\n"));
}

TEST(support_http_client, speaks_over_a_unix_socket) {
    const TempDir dir;
    const auto path = dir.path() / "s";
    OneAnswer<Local> server{Local::endpoint{path.string()}, "HTTP/1.1 204 No Content\r\n\r\n"};
    const auto answer = HttpClient{HttpClient::Unix{path}}.request("GET", "/", {{"Host", "other"}});
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->status, 204U);
    EXPECT_EQ(answer->body, "");
    EXPECT_THAT(server.head(), HasSubstr("Host: other\r\n"));
}

TEST(support_http_client, gives_up_after_the_limit) {
    OneAnswer<Tcp> server{kAnyPort, ""};
    const HttpClient client{HttpClient::Tcp{"127.0.0.1", server.endpoint().port()}};
    const auto answer = client.request("GET", "/", {}, {}, 50ms);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::timed_out);
}

TEST(support_http_client, tells_no_server_from_no_answer) {
    const TempDir dir;
    const auto absent = HttpClient{HttpClient::Unix{dir.path() / "absent"}}.request("GET", "/");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, ErrorCode::unavailable);
    OneAnswer<Tcp> server{kAnyPort, "not http\r\n\r\n"};
    const auto garbage =
        HttpClient{HttpClient::Tcp{"127.0.0.1", server.endpoint().port()}}.request("GET", "/");
    ASSERT_FALSE(garbage);
    EXPECT_EQ(garbage.error().code, ErrorCode::bad_response);
}

}  // namespace
}  // namespace chela::test
