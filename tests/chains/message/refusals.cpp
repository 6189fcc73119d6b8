#include "tests/chains/message/refusals.hpp"

#include "chains/message/typed_data.hpp"
#include "tests/chains/message/mail.hpp"

#include <gtest/gtest.h>

namespace chela::test {

void expect_refused(const Json& json, const std::string& reason, const std::string& path) {
    const auto data = chains::read_typed_data(json);
    ASSERT_FALSE(data.has_value()) << json;
    const auto& [code, detail, stated] = data.error();
    EXPECT_EQ(stated, "E_TYPED_DATA_" + reason) << detail;
    EXPECT_TRUE(detail.starts_with("typed data: " + path + " ")) << detail;
    EXPECT_EQ(code, reason == "LIMIT" ? ErrorCode::too_large : ErrorCode::invalid_input);
}

void expect_refused(const Refusal& refusal) {
    Json json = mail();
    json[Json::json_pointer(refusal.at)] = refusal.value;
    expect_refused(json, refusal.reason, refusal.path);
}

Json field(const std::string& name, const std::string& type) {
    return {{"name", name}, {"type", type}};
}

Json one(const std::string& type, const Json& value) {
    return {
        {"types", {{"One", Json::array({field("x", type)})}}},
        {"primaryType", "One"},
        {"domain", {{"name", "n"}}},
        {"message", {{"x", value}}}};
}

}  // namespace chela::test
