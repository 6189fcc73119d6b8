// A second implementation must agree on who signed, and on every field.
#include "chains/base/u256.hpp"
#include "tests/e2e/support/sidecar.hpp"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

Json cast_decode(const std::string& raw) {
    const char* cast = std::getenv("CHELA_CAST");
    if (cast == nullptr) throw std::runtime_error{"CHELA_CAST is not set; ./run test sets it"};
    ProcessOptions options;
    options.argv = {cast, "decode-transaction", raw, "--json"};
    const auto output = must(run(std::move(options), std::chrono::seconds{30}));
    if (output.status.code != 0) throw std::runtime_error{"cast: " + output.err};
    const Json printed =
        must(parse_json(output.out));  // cast 1.7 prints the object as a JSON string
    return printed.is_string() ? must(parse_json(printed.get<std::string>())) : printed;
}

std::string lower(std::string text) {
    std::ranges::transform(
        text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

TEST(cast_agreement, address_hash_and_fields_agree_for_twenty_random_transactions) {
    const auto anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};
    const auto agent =
        sidecar.create_agent(*anvil, {"--to", kPayee + std::string{","} + kStranger});
    sidecar.start();
    std::mt19937_64 random{20261122};
    for (int i = 0; i < 20; ++i) {
        Json body = payment(
            random() % 2 == 0 ? kPayee : kStranger,
            "0." + std::to_string(1 + random() % 99'999'999));
        if (random() % 2 == 0) {
            body["gas_price"] = std::to_string(2'000'000'000 + random() % 1'000'000'000);
        } else {
            body["max_priority_fee_per_gas"] = std::to_string(1 + random() % 1'000'000'000);
            body["max_fee_per_gas"] = std::to_string(2'000'000'000 + random() % 1'000'000'000);
        }
        if (random() % 3 == 0) body["data"] = "0x" + std::string(2 * (1 + random() % 64), 'a');
        if (body.contains("data")) body["gas_limit"] = 60'000 + random() % 1'000;
        const auto answer = sidecar.submit(agent, body, {}, "/sign");
        ASSERT_EQ(answer.status, 200U) << answer.body;
        const Json made = json_of(answer);
        const Json seen = cast_decode(text(made["signed_tx"]));
        SCOPED_TRACE(made.dump() + "\n" + seen.dump());
        EXPECT_EQ(lower(text(seen["signer"])), lower(agent.address));
        EXPECT_EQ(seen["hash"], made["tx_hash"]);
        EXPECT_EQ(lower(text(seen["to"])), lower(text(made["to"])));
        EXPECT_EQ(
            must(parse_quantity(seen["nonce"].get<std::string>())),
            U256{made["nonce"].get<std::uint64_t>()});
        EXPECT_EQ(to_decimal(must(parse_quantity(text(seen["value"])))), text(made["value_wei"]));
        EXPECT_EQ(text(seen["input"]), body.value("data", "0x"));
    }
}

}  // namespace
}  // namespace chela::test
