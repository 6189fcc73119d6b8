#include "sidecar/http/wire.hpp"

#include <gtest/gtest.h>

namespace chela::sidecar::http {
namespace {

std::string wire(
    const Response& response,
    Persistence persistence = Persistence::keep_alive,
    BodyUse use = BodyUse::send) {
    return to_wire(response, "id-1", persistence, use).value_or("refused");
}

TEST(http_wire, writes_a_whole_response) {
    Response response;
    response.status = 201;
    response.body = "{}";
    response.headers = {{"Location", "/v1/x"}};
    EXPECT_EQ(
        wire(response),
        "HTTP/1.1 201 Created\r\n"
        "Location: /v1/x\r\n"
        "Content-Type: application/json\r\n"
        "Content-Length: 2\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Cache-Control: no-store\r\n"
        "X-Request-Id: id-1\r\n"
        "\r\n{}");
}

TEST(http_wire, states_the_length_of_an_empty_body) {
    EXPECT_NE(wire(Response{}).find("Content-Length: 0\r\n"), std::string::npos);
    EXPECT_EQ(wire(Response{}).find("Content-Type:"), std::string::npos);
}

TEST(http_wire, gives_204_no_length_and_no_body) {
    Response response = no_content();
    response.body = "smuggled";
    const std::string text = wire(response);
    EXPECT_EQ(text.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST(http_wire, omits_the_body_for_head) {
    Response response;
    response.body = "text";
    const std::string text = wire(response, Persistence::close, BodyUse::omit);
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
    EXPECT_NE(text.find("Connection: close\r\n"), std::string::npos);
}

TEST(http_wire, drops_headers_that_are_not_the_handlers_to_set) {
    Response response;
    response.headers = {
        {"Access-Control-Allow-Origin", "*"},
        {"access-control-allow-private-network", "true"},
        {"Server", "chela"},
        {"Transfer-Encoding", "chunked"},
        {"content-length", "99"},
        {"Cache-Control", "public"},
        {"Connection", "upgrade"},
        {"X-Request-Id", "other"},
        {"X-Kept", "yes"}};
    const std::string text = wire(response);
    for (const char* dropped :
         {"Access", "access", "Server", "chunked", "99", "public", "upgrade", "other"}) {
        EXPECT_EQ(text.find(dropped), std::string::npos) << dropped;
    }
    EXPECT_NE(text.find("X-Kept: yes\r\n"), std::string::npos);
}

TEST(http_wire, refuses_a_header_that_would_split_the_response) {
    const std::pair<std::string, std::string> bad[] = {
        {"X-A", "b\r\nSet-Cookie: c"},
        {"X-A", "b\n"},
        {"X-A", std::string{"b\0c", 3}},
        {"X-A\r\nB", "c"},
        {"", "c"},
        {"X A", "c"},
        {"X-A:", "c"},
        {"X-A", "\xc3\xa4"}};
    for (const auto& header : bad) {
        Response response;
        response.headers = {header};
        EXPECT_EQ(wire(response), "refused") << header.first << header.second;
    }
    Response typed;
    typed.body = "x";
    typed.content_type = "text/plain\r\nX: y";
    EXPECT_EQ(wire(typed), "refused");
}

TEST(http_wire, refuses_a_status_that_is_not_final) {
    for (const unsigned status : {0U, 100U, 101U, 199U, 600U, 1'000U}) {
        Response response;
        response.status = status;
        EXPECT_EQ(wire(response), "refused") << status;
    }
}

}  // namespace
}  // namespace chela::sidecar::http
