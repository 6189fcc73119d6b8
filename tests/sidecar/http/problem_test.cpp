#include "sidecar/http/problem.hpp"

#include "chains/base/json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::http {
namespace {

Json body_of(const Response& response) {
    auto body = parse_json(response.body);
    EXPECT_TRUE(body.has_value());
    return body ? std::move(*body) : Json{};
}

std::string header_of(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return "none";
}

TEST(problem, maps_every_error_code_to_its_status) {
    const std::pair<ErrorCode, unsigned> map[] = {
        {ErrorCode::invalid_input, 400},   {ErrorCode::out_of_range, 400},
        {ErrorCode::unauthenticated, 401}, {ErrorCode::denied, 403},
        {ErrorCode::not_found, 404},       {ErrorCode::conflict, 409},
        {ErrorCode::too_large, 413},       {ErrorCode::reverted, 422},
        {ErrorCode::rate_limited, 429},    {ErrorCode::internal, 500},
        {ErrorCode::unsupported, 501},     {ErrorCode::bad_response, 502},
        {ErrorCode::unavailable, 503},     {ErrorCode::timed_out, 504}};
    for (const auto& [code, status] : map)
        EXPECT_EQ(status_of(code), status) << to_string(code);
}

TEST(problem, has_the_members_of_rfc_7807_and_a_code) {
    const Response response = problem(Error{ErrorCode::denied, "Not to that address.", "E_TO"});
    EXPECT_EQ(response.status, 403U);
    EXPECT_EQ(response.content_type, "application/problem+json");
    const Json expected{
        {"type", "about:blank"},
        {"title", "Forbidden"},
        {"status", 403},
        {"code", "E_TO"},
        {"detail", "Not to that address."}};
    EXPECT_EQ(body_of(response), expected);
}

TEST(problem, takes_the_error_code_for_a_missing_reason) {
    EXPECT_EQ(body_of(problem(Error{ErrorCode::not_found, "No."}))["code"], "not_found");
}

TEST(problem, says_how_to_go_on) {
    EXPECT_EQ(
        header_of(problem(Error{ErrorCode::unauthenticated, "Who?"}), "WWW-Authenticate"),
        "Bearer");
    EXPECT_EQ(header_of(problem(Error{ErrorCode::unavailable, "Later."}), "Retry-After"), "1");
    EXPECT_EQ(header_of(problem(Error{ErrorCode::denied, "No."}), "Retry-After"), "none");
}

TEST(problem, keeps_internal_details_for_the_log) {
    testing::internal::CaptureStderr();
    const Response response = problem(Error{ErrorCode::internal, "row 7 is broken", "E_ROW"});
    const std::string logged = testing::internal::GetCapturedStderr();
    EXPECT_EQ(response.body.find("row 7"), std::string::npos);
    EXPECT_NE(logged.find("row 7 is broken"), std::string::npos);
    EXPECT_EQ(body_of(response)["code"], "E_ROW");
}

TEST(problem, survives_a_detail_that_is_not_utf8) {
    EXPECT_EQ(body_of(problem(400, "E_X", "a\xff"))["detail"], "a\xef\xbf\xbd");
}

}  // namespace
}  // namespace chela::sidecar::http
