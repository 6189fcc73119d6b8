#include "tests/chains/tx/broken.hpp"

#include <gtest/gtest.h>

namespace chela::chains {
namespace {

using test::encode;
using test::Fields;
using test::item;
using test::kEip1559;
using test::kLegacy;
using test::kNot256Bits;
using test::kNot64Bits;
using test::refusal;
using test::with;

std::string refusal_of_legacy(const Fields& fields) {
    return refusal(decode_unsigned(encode(fields)));
}
std::string refusal_of_1559(const Fields& fields) {
    return refusal(decode_unsigned(encode(fields, "0x02")));
}

TEST(decode_unsigned, takes_the_transactions_that_this_file_breaks) {
    EXPECT_EQ(refusal_of_legacy(kLegacy), "accepted");
    EXPECT_EQ(refusal_of_1559(kEip1559), "accepted");
}

TEST(decode_unsigned, refuses_integers_that_are_not_canonical_in_every_field) {
    for (const std::size_t at : {0U, 1U, 2U, 4U, 6U, 7U, 8U}) {
        for (const char* bad : {"0x00", "0x8101", "0x820001", "0xc0", "0xc101"}) {
            EXPECT_EQ(refusal_of_legacy(with(kLegacy, at, bad)), "invalid_input")
                << at << " " << bad;
        }
        EXPECT_EQ(refusal_of_legacy(with(kLegacy, at, kNot256Bits)), "invalid_input") << at;
    }
    for (const std::size_t at : {0U, 1U, 2U, 3U, 4U, 6U}) {
        for (const char* bad : {"0x00", "0x8101", "0x820001", "0xc0", "0xc101"}) {
            EXPECT_EQ(refusal_of_1559(with(kEip1559, at, bad)), "invalid_input")
                << at << " " << bad;
        }
        EXPECT_EQ(refusal_of_1559(with(kEip1559, at, kNot256Bits)), "invalid_input") << at;
    }
}

TEST(decode_unsigned, refuses_nonce_gas_and_chain_id_over_64_bits) {
    for (const std::size_t at : {0U, 2U, 6U}) {
        EXPECT_EQ(refusal_of_legacy(with(kLegacy, at, kNot64Bits)), "invalid_input") << at;
    }
    for (const std::size_t at : {0U, 1U, 4U}) {
        EXPECT_EQ(refusal_of_1559(with(kEip1559, at, kNot64Bits)), "invalid_input") << at;
    }
}

TEST(decode_unsigned, takes_prices_and_values_of_256_bits) {
    for (const std::size_t at : {1U, 4U}) {
        EXPECT_EQ(refusal_of_legacy(with(kLegacy, at, item(U256::max()))), "accepted");
    }
    for (const std::size_t at : {3U, 6U}) {
        EXPECT_EQ(refusal_of_1559(with(kEip1559, at, item(U256::max()))), "accepted");
    }
}

TEST(decode_unsigned, refuses_a_priority_fee_over_the_fee_that_holds_it) {
    const auto fees = [](const U256& tip, const U256& cap) {
        return refusal_of_1559(with(with(kEip1559, 2, item(tip)), 3, item(cap)));
    };
    EXPECT_EQ(fees(U256{7}, U256{7}), "accepted");
    EXPECT_EQ(fees(U256::max(), U256::max()), "accepted");
    EXPECT_EQ(fees(U256{8}, U256{7}), "invalid_input");
    EXPECT_EQ(fees(U256::max(), U256{7}), "invalid_input");
}

TEST(decode_unsigned, refuses_the_last_nonce) {
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 0, item(U256{~0ULL}))), "invalid_input");
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 0, item(U256{~0ULL - 1}))), "accepted");
    EXPECT_EQ(refusal_of_1559(with(kEip1559, 1, item(U256{~0ULL}))), "invalid_input");
    EXPECT_EQ(refusal_of_1559(with(kEip1559, 1, item(U256{~0ULL - 1}))), "accepted");
}

TEST(decode_unsigned, refuses_chain_id_zero) {
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 6, "0x80")), "invalid_input");
    EXPECT_EQ(refusal_of_1559(with(kEip1559, 0, "0x80")), "invalid_input");
}

TEST(decode_unsigned, takes_to_as_nothing_or_20_bytes_only) {
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 3, "0x80")), "accepted");
    EXPECT_EQ(refusal_of_1559(with(kEip1559, 5, "0x80")), "accepted");
    for (const std::size_t size : {1U, 19U, 21U, 32U, 64U}) {
        const std::string bad = to_hex(rlp::Encoder{}.string(Bytes(size, 0x99)).items());
        EXPECT_EQ(refusal_of_legacy(with(kLegacy, 3, bad)), "invalid_input") << size;
        EXPECT_EQ(refusal_of_1559(with(kEip1559, 5, bad)), "invalid_input") << size;
    }
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 3, "0xc0")), "invalid_input");
    EXPECT_EQ(refusal_of_1559(with(kEip1559, 5, "0xc0")), "invalid_input");
}

TEST(decode_unsigned, refuses_data_that_is_a_list) {
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 5, "0xc0")), "invalid_input");
    EXPECT_EQ(refusal_of_1559(with(kEip1559, 7, "0xc20102")), "invalid_input");
}

TEST(decode_unsigned, keeps_leading_zeros_of_data) {
    const auto decoded = decode_unsigned(encode(with(kLegacy, 5, "0x830000ff")));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(data(*decoded), (Bytes{0x00, 0x00, 0xff}));
}

TEST(decode_unsigned, refuses_any_other_number_of_fields) {
    for (std::size_t count = 0; count <= 14; ++count) {
        Fields legacy = kLegacy;
        Fields typed = kEip1559;
        legacy.resize(count, "0x80");
        typed.resize(count, "0x80");
        if (count == 9) continue;
        EXPECT_EQ(
            refusal_of_legacy(legacy), count == 6 ? "E_NO_REPLAY_PROTECTION" : "invalid_input")
            << count;
        EXPECT_EQ(refusal_of_1559(typed), "invalid_input") << count;
    }
}

TEST(decode_unsigned, refuses_a_legacy_that_does_not_end_with_two_zeros) {
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 7, "0x01")), "invalid_input");
    EXPECT_EQ(refusal_of_legacy(with(kLegacy, 8, "0x01")), "invalid_input");
}

TEST(decode_unsigned, refuses_a_malformed_access_list) {
    const std::string address = "94" + std::string(40, '1');
    const std::string key = "a0" + std::string(64, '2');
    const auto list = [](const std::string& payload) {
        return to_hex(rlp::Encoder{}.raw(parse_hex("0x" + payload).value()).as_list()).substr(2);
    };
    const auto with_list = [](const std::string& encoded) {
        return with(kEip1559, 8, "0x" + encoded);
    };
    EXPECT_EQ(refusal_of_1559(with_list(list(list(address + list(key))))), "accepted");
    EXPECT_EQ(refusal_of_1559(with_list(list(list(address + "c0")))), "accepted");
    const std::string short_key = "9f" + std::string(62, '2');
    const std::string long_key = "a1" + std::string(66, '2');
    const std::string short_address = "93" + std::string(38, '1');
    for (const std::string& bad :
         {std::string{"80"}, std::string{"01"}, list("80"), list("c0"), list(address),
          list(list(address)), list(list(address + key)), list(list(address + "c0" + "c0")),
          list(list("c0" + address)), list(list(short_address + "c0")),
          list(list(address + list(short_key))), list(list(address + list(long_key))),
          list(list(address + list("c0"))), list(list("80c0")),
          list(list(address + list(key)) + "80"), list(list(address + list(key + "01")))}) {
        EXPECT_EQ(refusal_of_1559(with_list(bad)), "invalid_input") << bad;
    }
}

TEST(decode, names_types_it_does_not_have_as_unsupported) {
    for (unsigned type = 0; type < 256; ++type) {
        const std::string prefix = to_hex(Bytes{static_cast<std::uint8_t>(type)});
        const bool is_another_type = type == 1 || type == 3 || type == 4 || type >= 0x80;
        const std::string expected = type == 2         ? "accepted"
                                     : is_another_type ? "invalid_input"
                                                       : "unsupported";
        EXPECT_EQ(refusal(decode_unsigned(encode(kEip1559, prefix))), expected) << type;
        if (type != 2) {
            EXPECT_EQ(refusal(decode_signed(encode(kEip1559, prefix))), expected) << type;
        }
    }
}

TEST(decode, says_what_is_wrong_with_the_first_byte) {
    const auto detail = [](std::uint8_t first) {
        return decode_unsigned(Bytes{first, 0xc0}).error().detail;
    };
    EXPECT_NE(detail(0x00).find("type 0 is never written"), std::string::npos);
    EXPECT_NE(detail(0x05).find("type 5 is not supported"), std::string::npos);
    EXPECT_NE(detail(0x7f).find("type 127 is not supported"), std::string::npos);
    EXPECT_NE(detail(0x80).find("neither a list nor a type"), std::string::npos);
    EXPECT_NE(detail(0xbf).find("neither a list nor a type"), std::string::npos);
}

TEST(decode_unsigned, names_the_byte_of_a_refused_field) {
    const auto detail = [](const Bytes& encoded) {
        return decode_unsigned(encoded).error().detail;
    };
    EXPECT_NE(
        detail(encode(with(kEip1559, 0, "0x80"), "0x02")).find("at byte 2:"), std::string::npos);
    EXPECT_NE(
        detail(encode(with(kEip1559, 5, "0x01"), "0x02")).find("at byte 9:"), std::string::npos);
    EXPECT_NE(detail(encode(with(kLegacy, 0, "0x00"))).find("at byte 1:"), std::string::npos);
    EXPECT_NE(detail(encode(with(kLegacy, 3, "0xc0"))).find("at byte 6:"), std::string::npos);
}

TEST(decode_unsigned, refuses_more_than_a_mebibyte) {
    const auto with_data = [](std::size_t size) {
        return with(kEip1559, 7, to_hex(rlp::Encoder{}.string(Bytes(size, 0x99)).items()));
    };
    EXPECT_EQ(refusal_of_1559(with_data(1'000'000)), "accepted");
    EXPECT_EQ(refusal_of_1559(with_data(1U << 20U)), "invalid_input");
}

TEST(decode, refuses_no_bytes_and_a_type_alone) {
    EXPECT_EQ(refusal(decode_unsigned({})), "invalid_input");
    EXPECT_EQ(refusal(decode_signed({})), "invalid_input");
    EXPECT_EQ(refusal(decode_unsigned(Bytes{0x02})), "invalid_input");
    EXPECT_EQ(refusal(decode_signed(Bytes{0x02})), "invalid_input");
    EXPECT_EQ(refusal(decode_unsigned(Bytes{0x02, 0x80})), "invalid_input");
    EXPECT_EQ(refusal(decode_unsigned(Bytes{0xc0})), "invalid_input");
}

}  // namespace
}  // namespace chela::chains
