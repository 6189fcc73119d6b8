#include "chains/crypto/keccak.hpp"
#include "policy/decode/typed_data.hpp"
#include "tests/policy/decode/decoding.hpp"

#include <map>

#include <gmock/gmock.h>

namespace chela::policy::test {
namespace {

// The constants of deployed contracts: what is registered is what they hash.
// Source: circlefin/stablecoin-evm, EIP2612 and EIP3009; makerdao/dss, Dai; safe-smart-account,
// Safe; Uniswap/permit2, PermitHash, as shown by explorers.
const std::map<std::string, std::string> kHashes{
    {"Permit(address owner", "0x6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9"},
    {"Permit(address holder", "0xea2aa0a1be11a07ed86d755c93467f4f82362b452371d1ba94d1715123511acb"},
    {"TransferWithAuthorization",
     "0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267"},
    {"ReceiveWithAuthorization",
     "0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8"},
    {"CancelAuthorization", "0x158b0a9edf7a828aad02f63cd515c68ef2f50ba807396f6d12842833a1597429"},
    {"SafeTx", "0xbb8310d486368db6bd6f849402fdd73ad53d316b5a4b2644ad6efe0f941286d8"},
    {"PermitSingle", "0xf3841cd1ff0085026a6327b620b67997ce40f282c88a8e905a7a5626e310f3d0"},
    {"PermitBatch(", "0xaf1b0d30d2cab0380e68f0689007e3254993c596f2fdd0aaa7f4d04f79440863"},
    {"PermitTransferFrom", "0x939c21a48a8dbe3a9a2404a1d46691e4d39f6583d6ec6b35714604c986d80106"},
    {"PermitBatchTransferFrom",
     "0xfcf35f5ac6a2c28868dc44c302166470266239195f02b0ee408334829333b766"},
};

TEST(known_types, are_those_that_deployed_contracts_hash) {
    std::size_t count = 0;
    for (const auto table : {token_types(), permit2_types(), safe_types()}) {
        for (const auto& type : table) {
            const auto named = std::ranges::find_if(
                kHashes, [&type](const auto& entry) { return type.text.starts_with(entry.first); });
            ASSERT_NE(named, kHashes.end()) << type.text;
            const auto hash = chains::keccak256(Bytes(type.text.begin(), type.text.end()));
            EXPECT_EQ(to_hex(hash), named->second) << type.text;
            ++count;
        }
    }
    EXPECT_EQ(count, kHashes.size());
}

}  // namespace
}  // namespace chela::policy::test
