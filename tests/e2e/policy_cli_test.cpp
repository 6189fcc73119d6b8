// `chela policy …` as operators and reviewers type it.
#include "tests/e2e/support/sidecar.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::string_view kPolicy = R"(schema: chela.policy/1
id: payments
version: 1
expires: 2040-01-01T00:00:00Z
sets: {payees: ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"]}
budgets:
  eth-day: {asset: native@31337, limit: "1 ETH", window: 24h}
  gas-day: {asset: native@31337, limit: "0.1 ETH", window: 24h, counts: max_fee}
envelope: {chains: [31337], tx_types: [2], max_total_fee: "0.05 ETH", charge: gas-day}
permit:
  - {id: pay, effect: transfer, where: {asset: native@31337, from: self, to: {in: payees}}, charge: eth-day}
simulation: {require: true}
)";

constexpr std::string_view kCases = R"(signer: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
now: 2026-06-01T12:00:00Z
chain: 31337
cases:
  - name: a payment
    transaction: {to: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", value: "0.5 ETH"}
    simulation: {}
    expect: {verdict: allow, effects: [transfer]}
  - name: a stranger
    transaction: {to: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC", value: "0.5 ETH"}
    simulation: {}
    expect: {verdict: deny, codes: [E_UNCLAIMED_EFFECT]}
)";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error{"not there: " + std::string{from}};
    return text.replace(at, from.size(), to);
}

/// The binary without any state directory.
class policy_cli : public testing::Test {
protected:
    [[nodiscard]] Output chela(std::vector<std::string> arguments, std::string input = {}) const {
        ProcessOptions options;
        options.argv = {CHELA_BINARY, "policy"};
        options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
        options.environment = {{"CHELA_DIR", (temp.path() / "nowhere").string()}};
        options.input = std::move(input);
        return must(run(std::move(options), std::chrono::seconds{60}));
    }
    [[nodiscard]] Json json(std::vector<std::string> arguments) const {
        arguments.emplace_back("--json");
        return must(parse_json(chela(std::move(arguments)).out));
    }
    std::string write(const fs::path& name, std::string_view text) const {
        const auto path = temp.path() / name;
        fs::create_directories(path.parent_path());
        std::ofstream{path} << text;
        return path.string();
    }
    /// A fixture folder.
    std::string folder(std::string_view policy = kPolicy, std::string_view cases = kCases) const {
        write("f/policy.yaml", policy);
        write("f/cases.yaml", cases);
        return (temp.path() / "f").string();
    }
    TempDir temp;
};

TEST_F(policy_cli, lint_is_silent_about_a_good_document) {
    const auto file = write("good.yaml", kPolicy);
    const auto output = chela({"lint", "--strict", file});
    EXPECT_EQ(output.status.code, 0) << output.out << output.err;
    EXPECT_EQ(output.out, file + ": payments version 1 loads\n");
}

TEST_F(policy_cli, lint_names_file_line_and_code_of_an_error) {
    const auto file = write("bad.yaml", replaced(std::string{kPolicy}, "eth-day:", "eth_day:"));
    const auto output = chela({"lint", file});
    EXPECT_EQ(output.status.code, 65);
    EXPECT_THAT(output.out, HasSubstr(file + ":7:"));
    EXPECT_THAT(output.out, HasSubstr("E_POLICY_DOCUMENT"));
    const auto answer = json({"lint", file});
    EXPECT_EQ(answer["ok"], false);
    EXPECT_EQ(answer["files"][0]["error"]["code"], "E_POLICY_DOCUMENT");
}

TEST_F(policy_cli, lint_fails_on_warnings_only_when_strict) {
    const auto file = write("warn.yaml", replaced(std::string{kPolicy}, ", charge: eth-day", ""));
    const auto lax = chela({"lint", file});
    EXPECT_EQ(lax.status.code, 0);
    EXPECT_THAT(lax.out, HasSubstr("warning: "));
    EXPECT_THAT(lax.out, HasSubstr("(L_NO_BUDGET)"));
    EXPECT_EQ(chela({"lint", "--strict", file}).status.code, 65);
    EXPECT_EQ(json({"lint", "--strict", file})["files"][0]["findings"][0]["severity"], "warning");
}

TEST_F(policy_cli, lint_warns_of_a_document_that_ran_out) {
    const auto file = write("old.yaml", replaced(std::string{kPolicy}, "2040-01-01", "2020-01-01"));
    const auto output = chela({"lint", "--strict", file});
    EXPECT_EQ(output.status.code, 65);
    EXPECT_THAT(output.out, HasSubstr("expired on 2020-01-01"));
    EXPECT_THAT(output.out, HasSubstr("L_EXPIRED"));
}

TEST_F(policy_cli, lint_looks_at_every_file_and_fails_for_one) {
    const auto good = write("good.yaml", kPolicy);
    const auto output = chela({"lint", good, (temp.path() / "no.yaml").string(), good});
    EXPECT_EQ(output.status.code, 66);
    EXPECT_THAT(output.out, HasSubstr("No such file"));
    EXPECT_THAT(output.out, testing::EndsWith("payments version 1 loads\n"));
}

TEST_F(policy_cli, test_prints_each_case_and_what_was_never_tried) {
    const auto output = chela({"test", folder()});
    EXPECT_EQ(output.status.code, 0) << output.out << output.err;
    EXPECT_THAT(output.out, HasSubstr("ok      allow   a payment"));
    EXPECT_THAT(output.out, HasSubstr("ok      deny    a stranger  [E_UNCLAIMED_EFFECT]"));
    EXPECT_THAT(output.out, HasSubstr("% covered"));
    EXPECT_THAT(output.out, HasSubstr("was never false"));
    EXPECT_THAT(output.out, HasSubstr("2 cases, 0 failed"));
}

TEST_F(policy_cli, test_fails_with_expected_and_actual) {
    const auto wrong =
        replaced(std::string{kCases}, "{verdict: allow,", "{verdict: deny, codes: [E_BUDGET],");
    const auto output = chela({"test", folder(kPolicy, wrong)});
    EXPECT_EQ(output.status.code, 1);
    EXPECT_THAT(output.out, HasSubstr("FAILED  allow   a payment"));
    EXPECT_THAT(output.out, HasSubstr("verdict: expected deny, got allow"));
    EXPECT_THAT(output.out, HasSubstr("codes: expected E_BUDGET, got none"));
    EXPECT_THAT(output.out, HasSubstr("cases.yaml:5"));
    const auto answer = json({"test", folder(kPolicy, wrong)});
    EXPECT_EQ(answer["failures"], 1);
    EXPECT_EQ(answer["folders"][0]["cases"][0]["ok"], false);
}

TEST_F(policy_cli, test_fails_when_too_little_is_covered) {
    EXPECT_EQ(chela({"test", folder(), "--min-coverage", "10"}).status.code, 0);
    const auto output = chela({"test", folder(), "--min-coverage", "100"});
    EXPECT_EQ(output.status.code, 1);
    EXPECT_THAT(output.out, HasSubstr("less than 100 % covered"));
}

TEST_F(policy_cli, test_reads_cases_of_a_folder_and_files_beside_the_policy_only) {
    const auto dir = folder();
    write(
        "f/cases/more.yaml",
        replaced(replaced(std::string{kCases}, "a payment", "b"), "a stranger", "c"));
    EXPECT_EQ(json({"test", dir})["cases"], 4);
    write("secret.json", "{}");
    write(
        "f/cases/file.yaml",
        "signer: \"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\"\nnow: 2026-06-01T12:00:00Z\n"
        "cases: [{name: d, typed_data: {file: ../secret.json}, expect: {verdict: allow}}]\n");
    const auto output = chela({"test", dir});
    EXPECT_EQ(output.status.code, 65);
    EXPECT_THAT(output.err, HasSubstr("file.yaml:3: "));
    EXPECT_THAT(output.err, HasSubstr("without a folder"));
}

TEST_F(policy_cli, test_tells_what_is_missing_or_malformed) {
    EXPECT_EQ(chela({"test", (temp.path() / "nothing").string()}).status.code, 66);
    write("f/policy.yaml", kPolicy);
    const auto empty = chela({"test", (temp.path() / "f").string()});
    EXPECT_EQ(empty.status.code, 66);
    EXPECT_THAT(empty.err, HasSubstr("there are no cases"));
    const auto bad =
        chela({"test", folder(kPolicy, replaced(std::string{kCases}, "value:", "valeu:"))});
    EXPECT_EQ(bad.status.code, 65);
    EXPECT_THAT(bad.err, HasSubstr("cases.yaml:6: "));
    EXPECT_THAT(bad.err, HasSubstr("E_POLICY_FIXTURE"));
    EXPECT_EQ(chela({"test"}).status.code, 64);
}

TEST_F(policy_cli, a_record_replays_from_a_file_far_from_where_it_was_made) {
    const auto dir = folder();
    const auto record = chela({"test", dir, "--record", "a stranger"});
    ASSERT_EQ(record.status.code, 0) << record.err;
    const auto file = write("record.json", record.out);
    const auto policy = dir + "/policy.yaml";
    const auto output = chela({"explain", file, "--policy", policy});
    EXPECT_EQ(output.status.code, 0) << output.err;
    EXPECT_THAT(output.out, HasSubstr("Verdict: deny"));
    EXPECT_THAT(output.out, HasSubstr("E_UNCLAIMED_EFFECT"));
    EXPECT_THAT(output.out, HasSubstr("Replay: byte for byte the same."));
    EXPECT_EQ(chela({"explain", "-", "--policy", policy}, record.out).status.code, 0);
    const auto answer = json({"explain", file, "--policy", policy});
    EXPECT_EQ(answer["replays"], true);
    EXPECT_EQ(answer["record"]["decision"]["verdict"], "deny");
}

TEST_F(policy_cli, lint_of_a_folder_says_what_to_name) {
    const auto dir = folder();
    const auto output = chela({"lint", dir});
    EXPECT_EQ(output.status.code, 65);
    EXPECT_THAT(output.out, HasSubstr(dir + ": is a folder; name the policy.yaml in it"));
}

TEST_F(policy_cli, a_record_that_was_changed_does_not_replay) {
    const auto dir = folder();
    const auto record = chela({"test", dir, "--record", "a stranger"}).out;
    const auto file =
        write("record.json", replaced(record, "\"verdict\":\"deny\"", "\"verdict\":\"allow\""));
    const auto output = chela({"explain", file, "--policy", dir + "/policy.yaml"});
    EXPECT_EQ(output.status.code, 65);
    EXPECT_THAT(output.err, HasSubstr("E_REPLAY"));
    EXPECT_THAT(output.err, HasSubstr("byte "));
    EXPECT_THAT(output.err, HasSubstr("\"verdict\":\"deny\""));
    EXPECT_EQ(json({"explain", file, "--policy", dir + "/policy.yaml"})["replays"], false);
}

TEST_F(policy_cli, explain_wants_the_very_policy_and_a_record) {
    const auto dir = folder();
    const auto file = write("record.json", chela({"test", dir, "--record", "a payment"}).out);
    const auto other =
        write("other.yaml", replaced(std::string{kPolicy}, "version: 1", "version: 2"));
    const auto unknown = chela({"explain", file, "--policy", other});
    EXPECT_EQ(unknown.status.code, 66);
    EXPECT_THAT(unknown.err, HasSubstr("E_POLICY_UNKNOWN"));
    const auto broken = write("broken.json", "{}");
    EXPECT_EQ(chela({"explain", broken, "--policy", other}).status.code, 65);
    EXPECT_EQ(chela({"explain"}).status.code, 64);
    EXPECT_EQ(chela({"explain", file, "--intent", "x"}).status.code, 64);
    EXPECT_EQ(chela({"explain", file, "--record"}).status.code, 64);
    const auto short_id = chela({"explain", "07e1"});
    EXPECT_EQ(short_id.status.code, 66);
    EXPECT_THAT(short_id.err, HasSubstr("no decision or file 07e1; ids are given in full"));
    EXPECT_EQ(chela({"test", dir, "--record", "nothing"}).status.code, 66);
}

// approve(0x1111…, 2^256-1)
constexpr auto kApprove =
    "0x095ea7b30000000000000000000000001111111111111111111111111111111111111111"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
constexpr auto kUsdc = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";

TEST_F(policy_cli, decode_shows_what_calldata_does) {
    const auto output =
        chela({"decode", "--data", kApprove, "--to", kUsdc, "--chain", "8453", "--from", kPayee});
    EXPECT_EQ(output.status.code, 0) << output.err;
    EXPECT_THAT(output.out, HasSubstr(kPayee));
    EXPECT_THAT(output.out, HasSubstr("an unbounded amount"));
    const auto answer = json({"decode", "--data", kApprove, "--to", kUsdc, "--chain", "8453"});
    EXPECT_THAT(answer["effects"].dump(), HasSubstr("\"grant\""));
}

TEST_F(policy_cli, decode_says_that_the_signer_is_not_known) {
    const auto output = chela({"decode", "--data", kApprove, "--to", kUsdc, "--chain", "8453"});
    EXPECT_THAT(output.out, HasSubstr("unknown; name it with --from"));
    const auto answer = json({"decode", "--data", kApprove, "--to", kUsdc, "--chain", "8453"});
    EXPECT_TRUE(answer["signer"].is_null()) << answer;
    EXPECT_TRUE(answer["effects"]["roots"][0]["actor"].is_null()) << answer;
    const auto known =
        json({"decode", "--data", kApprove, "--to", kUsdc, "--chain", "8453", "--from", kPayee});
    EXPECT_EQ(known["signer"], kPayee);
    EXPECT_EQ(known["effects"]["roots"][0]["actor"], kPayee);
}

TEST_F(policy_cli, decode_shows_hash_nonce_type_and_fee_of_a_transaction) {
    // Of EIP-155's example, which names the hash to sign; the fee is 21000 gas at 20 gwei.
    const std::string unsigned_hex =
        "0xec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018"
        "080";
    const auto output = chela({"decode", "--tx", unsigned_hex}).out;
    EXPECT_THAT(
        output, HasSubstr("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"));
    EXPECT_THAT(output, HasSubstr("not signed yet"));
    EXPECT_THAT(output, HasSubstr("type    0, chain 1, nonce 9\n"));
    EXPECT_THAT(output, HasSubstr("fee     at most 0.00042 of the native currency: 21000 gas"));
    EXPECT_THAT(output, HasSubstr("at 20 gwei\n"));
    const auto transaction = json({"decode", "--tx", unsigned_hex})["transaction"];
    EXPECT_EQ(transaction["max_fee"], "420000000000000");
    EXPECT_EQ(transaction["nonce"], 9);
    EXPECT_TRUE(transaction["hash"].is_null());
}

TEST_F(policy_cli, decode_shows_until_when_typed_data_holds) {
    const auto typed = write(
        "permit.json",
        R"({"types":{"Permit":[{"name":"owner","type":"address"},{"name":"spender","type":"address"},)"
        R"({"name":"value","type":"uint256"},{"name":"nonce","type":"uint256"},)"
        R"({"name":"deadline","type":"uint256"}]},"primaryType":"Permit","domain":{"name":"USD Coin",)"
        R"("version":"2","chainId":8453,)"
        R"("verifyingContract":"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"},"message":{)"
        R"("owner":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8",)"
        R"("spender":"0x1111111111111111111111111111111111111111","value":"5000000","nonce":"0",)"
        R"("deadline":"1767225600"}})");
    const auto policy = write(
        "units.yaml",
        "schema: chela.policy/1\nid: u\nversion: 1\nassets: {usdc@8453: {address: "
        "\"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\", decimals: 6}}\n");
    const auto output =
        chela({"decode", "--typed-data", typed, "--from", kPayee, "--policy", policy}).out;
    EXPECT_THAT(output, HasSubstr("take 5 usdc@8453 from"));
    EXPECT_THAT(output, HasSubstr("the signature holds until 2026-01-01T00:00:00.000Z\n"));
}

TEST_F(policy_cli, decode_names_the_option_that_is_wrong) {
    const auto error_of = [&](std::vector<std::string> options) {
        options.insert(
            options.begin(), {"decode", "--data", kApprove, "--to", kUsdc, "--chain", "8453"});
        return chela(std::move(options)).err;
    };
    EXPECT_THAT(error_of({"--value", "much"}), HasSubstr("--value: "));
    EXPECT_THAT(error_of({"--from", "0x12"}), HasSubstr("--from: "));
    EXPECT_THAT(
        chela({"decode", "--data", "0xzz", "--to", kUsdc, "--chain", "1"}).err,
        HasSubstr("--data: "));
    EXPECT_THAT(chela({"decode", "--tx", "0xzz"}).err, HasSubstr("--tx: "));
}

TEST_F(policy_cli, decode_reads_transactions_typed_data_operations_and_messages) {
    // Of EIP-155's example: 1 ETH to 0x3535…, signed with the key 0x4646….
    const auto transaction = chela(
        {"decode", "--tx",
         "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000802"
         "5"
         "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb70"
         "3"
         "304b3800ccf555c9f3dc64214b297fb1966a3b6d83"});
    EXPECT_EQ(transaction.status.code, 0) << transaction.err;
    EXPECT_THAT(transaction.out, HasSubstr("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"));
    EXPECT_THAT(transaction.out, HasSubstr("0x3535353535353535353535353535353535353535"));
    const auto typed = write(
        "typed.json",
        R"({"types":{"A":[{"name":"b","type":"bool"}]},"primaryType":"A","domain":{"chainId":1,)"
        R"("verifyingContract":"0x1111111111111111111111111111111111111111"},"message":{"b":true}})");
    EXPECT_THAT(chela({"decode", "--typed-data", typed}).out, HasSubstr("unknown typed data"));
    const auto operation = write(
        "operation.json",
        R"({"sender":"0x1111111111111111111111111111111111111111","nonce":"0x0","callData":"0x",)"
        R"("callGasLimit":"0x1","verificationGasLimit":"0x1","preVerificationGas":"0x1",)"
        R"("maxFeePerGas":"0x1","maxPriorityFeePerGas":"0x1"})");
    const auto decoded = chela(
        {"decode", "--user-operation", operation, "--entry-point",
         "0x0000000071727De22E5E9d8BAf0edAc6f37da032", "--chain", "8453", "--json"});
    EXPECT_EQ(decoded.status.code, 0) << decoded.err;
    EXPECT_THAT(decoded.out, HasSubstr("\"userop\""));
    EXPECT_THAT(chela({"decode", "--message", "hello"}).out, HasSubstr("hello"));
}

TEST_F(policy_cli, decode_knows_the_contracts_of_a_document) {
    const auto policy = write(
        "vault.yaml",
        "schema: chela.policy/1\nid: v\nversion: 1\ncontracts: {vault: {chain: 8453, address: "
        "\"0x976EA74026E726554dB657fA54763abd0C3a0aa9\", abi: [\"harvest(uint256)\"]}}\n");
    // harvest(uint256) of 7
    const std::vector<std::string> request{
        "decode",
        "--data",
        "0xddc632620000000000000000000000000000000000000000000000000000000000000007",
        "--to",
        "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
        "--chain",
        "8453"};
    EXPECT_THAT(chela(request).out, HasSubstr("an unknown call"));
    auto with_policy = request;
    with_policy.insert(with_policy.end(), {"--policy", policy});
    EXPECT_THAT(chela(with_policy).out, HasSubstr("harvest(uint256)"));
}

TEST_F(policy_cli, decode_refuses_what_is_not_one_request) {
    EXPECT_EQ(chela({"decode"}).status.code, 64);
    EXPECT_EQ(chela({"decode", "--tx", "0x", "--message", "a"}).status.code, 64);
    EXPECT_EQ(chela({"decode", "--tx", "0x00"}).status.code, 65);
    EXPECT_EQ(chela({"decode", "--data", kApprove, "--to", kUsdc}).status.code, 64);
    EXPECT_EQ(chela({"decode", "--data", kApprove, "--chain", "8453"}).status.code, 64);
    EXPECT_EQ(chela({"decode", "--data", "0x0", "--to", kUsdc, "--chain", "8453"}).status.code, 65);
    EXPECT_EQ(chela({"decode", "--typed-data", "nothing.json"}).status.code, 66);
}

/// A state directory, a node, and a document.
class policy_store_cli : public policy_cli {
protected:
    std::unique_ptr<Anvil> anvil = must(Anvil::start());
    Sidecar sidecar{anvil->url()};

    [[nodiscard]] Output stored(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "policy");
        return sidecar.cli(std::move(arguments));
    }
    [[nodiscard]] Json stored_json(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "policy");
        return sidecar.cli_json(std::move(arguments));
    }
};

TEST_F(policy_store_cli, activate_asks_before_and_says_what_changes) {
    const auto first = write("one.yaml", kPolicy);
    const auto unasked = stored({"activate", first});
    EXPECT_EQ(unasked.status.code, 77);
    EXPECT_THAT(unasked.err, HasSubstr("--yes"));
    EXPECT_EQ(stored({"show", "payments"}).status.code, 66);
    EXPECT_EQ(stored({"show"}).out, "No policy is active.\n");

    const auto made = stored({"activate", first, "--yes"});
    EXPECT_EQ(made.status.code, 0) << made.err;
    EXPECT_THAT(made.out, HasSubstr("payments version 1 is new"));
    EXPECT_EQ(stored({"show", "payments"}).out, kPolicy);

    const auto second = write(
        "two.yaml",
        replaced(replaced(std::string{kPolicy}, "version: 1", "version: 2"), "1 ETH", "2 ETH"));
    const auto changed = stored({"activate", second, "--yes"});
    EXPECT_EQ(changed.status.code, 0) << changed.err;
    EXPECT_THAT(changed.out, HasSubstr("version 1 → 2"));
    EXPECT_THAT(changed.out, HasSubstr("eth-day"));
    const auto list = stored_json({"show"})["policies"];
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["version"], 2);
    EXPECT_EQ(list[0]["activated_by"], "operator");
    EXPECT_EQ(list[0]["organization"], false);
    EXPECT_EQ(stored({"show", "payments", "--version", "1"}).out, kPolicy);
    EXPECT_EQ(stored({"show", "payments", "--version", "3"}).status.code, 66);
    EXPECT_THAT(stored({"show", "payments", "--canonical"}).out, testing::StartsWith("{"));
}

TEST_F(policy_store_cli, only_a_yes_on_a_terminal_activates) {
    const auto file = write("one.yaml", kPolicy);
    const auto on_a_terminal = [&](const std::string& answer) {
        ProcessOptions options;
        // script(1) gives the command a terminal, and passes on what it reads itself. Its shell
        // splits what is not quoted.
        options.argv = {
            "script", "-qec",
            fmt::format(
                "'{}' policy activate '{}' --dir '{}'", CHELA_BINARY, file, sidecar.dir().string()),
            "/dev/null"};
        options.input = answer;
        return must(run(std::move(options), std::chrono::seconds{60}));
    };
    EXPECT_EQ(on_a_terminal("n\n").status.code, 77);
    EXPECT_EQ(on_a_terminal("\n").status.code, 77);
    EXPECT_EQ(stored({"show", "payments"}).status.code, 66);
    const auto yes = on_a_terminal("y\n");
    EXPECT_EQ(yes.status.code, 0) << yes.out;
    EXPECT_THAT(yes.out, HasSubstr("Activate? [y/N]"));
    EXPECT_EQ(stored({"show", "payments"}).out, kPolicy);
}

TEST_F(policy_store_cli, activate_refuses_a_lower_version_and_a_document_that_does_not_load) {
    static_cast<void>(stored_json(
        {"activate", write("two.yaml", replaced(std::string{kPolicy}, "version: 1", "version: 2")),
         "--yes"}));
    const auto lower = stored({"activate", write("one.yaml", kPolicy), "--yes"});
    EXPECT_EQ(lower.status.code, 73);
    EXPECT_THAT(lower.err, HasSubstr("E_POLICY_VERSION"));
    EXPECT_THAT(lower.err, HasSubstr("raise it above 2"));
    EXPECT_EQ(lower.out, "") << "before it shows what changes";
    EXPECT_EQ(stored({"activate", write("one.yaml", kPolicy)}).status.code, 73) << "or asks";
    const auto broken = write("bad.yaml", replaced(std::string{kPolicy}, "permit:", "permits:"));
    EXPECT_EQ(stored({"activate", broken, "--yes"}).status.code, 65);
    EXPECT_EQ(stored_json({"show"})["policies"][0]["version"], 2);
}

TEST_F(policy_store_cli, a_document_of_a_policy_file_is_warned_of_and_the_server_says_what_to_do) {
    const auto file = sidecar.dir() / "payments.yaml";
    const auto put = [&](const std::string& text) {
        std::ofstream{file} << text;
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    };
    put(std::string{kPolicy});
    sidecar.edit_config("chains:\n", "policy: {files: [payments.yaml]}\nchains:\n");
    EXPECT_THAT(
        sidecar.cli({"doctor"}).out,
        HasSubstr("ok    policy files: payments version 1 (at the next start)\n"));
    const auto raised = [](const std::string& version) {
        return replaced(
            replaced(std::string{kPolicy}, "version: 1", "version: " + version), "1 ETH", "2 ETH");
    };
    const auto other = write("two.yaml", raised("2"));
    const auto made = stored({"activate", other, "--yes"});
    EXPECT_EQ(made.status.code, 0) << made.err;
    EXPECT_THAT(
        made.err, HasSubstr("payments.yaml has this document, too, at version 1; chela reads it at "
                            "the next start: put this text into it, or raise its version above 2"));
    const auto third = stored_json({"activate", write("three.yaml", raised("3")), "--yes"});
    EXPECT_THAT(text(third["warning"]), HasSubstr("raise its version above 3"));

    const auto sentence = HasSubstr(
        "payments.yaml: the file says version 1, but version 3 was activated since (`chela policy "
        "show payments`); put that text into the file, or raise version above 3");
    const auto refused = sidecar.cli({"serve"});
    EXPECT_EQ(refused.status.code, 78);
    EXPECT_THAT(refused.err, sentence);
    const auto doctor = sidecar.cli({"doctor"});
    EXPECT_EQ(doctor.status.code, 69);
    EXPECT_THAT(doctor.out, HasSubstr("FAIL  policy files: "));
    EXPECT_THAT(doctor.out, sentence);

    put(stored({"show", "payments"}).out);
    EXPECT_THAT(sidecar.cli({"doctor"}).out, HasSubstr("ok    policy files: payments version 3\n"));
    EXPECT_TRUE(
        stored_json({"activate", write("three.yaml", raised("3")), "--yes"})["warning"].is_null())
        << "the file has this very text";
    sidecar.start();
}

TEST_F(policy_store_cli, a_record_is_taken_out_of_the_store_and_replayed_elsewhere) {
    const auto agent = sidecar.create_agent(*anvil, {"--unrestricted"});
    const auto policy = write("one.yaml", kPolicy);
    static_cast<void>(stored_json({"activate", policy, "--yes"}));
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--policy", "payments"}));
    sidecar.start();
    EXPECT_EQ(sidecar.submit(agent, payment(kStranger, "0.1")).status, 403U);
    const auto intent = text(sidecar.cli_json({"tx", "list"})["transactions"][0]["id"]);
    const auto id = text(stored_json({"explain", "--intent", intent})["decisions"].back()["id"]);
    const auto record = stored({"explain", id, "--record"});
    ASSERT_EQ(record.status.code, 0) << record.err;
    EXPECT_EQ(std::ranges::count(record.out, '\n'), 1) << "one line";
    for (const auto& output :
         {chela({"explain", "-", "--policy", policy}, record.out),
          chela({"explain", write("record.json", record.out), "--policy", policy})}) {
        EXPECT_EQ(output.status.code, 0) << output.err;
        EXPECT_THAT(output.out, HasSubstr("Replay: byte for byte the same."));
    }
    const auto answer = nlohmann::ordered_json::parse(stored({"explain", id, "--json"}).out);
    EXPECT_EQ(answer.at("record").dump() + "\n", record.out) << "in the record's own order";
    const auto wrong = stored({"explain", intent});
    EXPECT_EQ(wrong.status.code, 66);
    EXPECT_THAT(wrong.err, HasSubstr("for an intent use --intent ID"));
}

TEST_F(policy_store_cli, a_document_for_the_organisation_stands_above_every_agent) {
    static_cast<void>(
        stored_json({"activate", write("one.yaml", kPolicy), "--organization", "--yes"}));
    EXPECT_EQ(stored_json({"show"})["policies"][0]["organization"], true);
    EXPECT_THAT(stored({"show"}).out, HasSubstr("above every agent"));
}

TEST_F(policy_store_cli, a_decision_of_the_running_server_is_listed_explained_and_replayed) {
    const auto agent = sidecar.create_agent(*anvil, {"--unrestricted"});
    sidecar.start();
    // Beside the running server.
    static_cast<void>(
        stored_json({"activate", write("one.yaml", kPolicy), "--organization", "--yes"}));
    const auto paid = sidecar.submit(agent, payment(kPayee, "0.1"));
    EXPECT_EQ(paid.status, 201U) << paid.body;
    const auto refused = sidecar.submit(agent, payment(kStranger, "0.1"));
    EXPECT_EQ(refused.status, 403U) << refused.body;
    const auto transactions = sidecar.cli_json({"tx", "list"})["transactions"];
    ASSERT_EQ(transactions.size(), 2U);
    for (const auto& transaction : transactions) {
        const auto intent = text(transaction["id"]);
        const auto decisions = stored_json({"explain", "--intent", intent})["decisions"];
        ASSERT_GE(decisions.size(), 1U);
        const auto id = text(decisions.back()["id"]);
        const auto output = stored({"explain", id});
        EXPECT_EQ(output.status.code, 0) << output.err;
        EXPECT_THAT(output.out, HasSubstr("Decision " + id));
        EXPECT_THAT(output.out, HasSubstr("Policy payments version 1"));
        EXPECT_THAT(output.out, HasSubstr("Replay: byte for byte the same."));
        EXPECT_EQ(stored_json({"explain", id})["replays"], true);
    }
    EXPECT_EQ(stored({"explain", "00000000-0000-4000-8000-000000000000"}).status.code, 66);
    EXPECT_EQ(
        stored({"explain", "--intent", "00000000-0000-4000-8000-000000000000"}).status.code, 66);
}

TEST_F(policy_store_cli, a_decision_by_guardrails_alone_replays_after_they_changed) {
    const auto agent = sidecar.create_agent(*anvil, {"--to", kPayee});
    sidecar.start();
    EXPECT_EQ(sidecar.submit(agent, payment(kStranger, "0.1")).status, 403U);
    const auto intent = text(sidecar.cli_json({"tx", "list"})["transactions"][0]["id"]);
    const auto id = text(stored_json({"explain", "--intent", intent})["decisions"].back()["id"]);
    EXPECT_EQ(stored_json({"explain", id})["replays"], true);
    static_cast<void>(sidecar.cli_json({"agent", "update", agent.id, "--to", kStranger}));
    EXPECT_EQ(stored_json({"explain", id})["replays"], true);
}

TEST_F(policy_cli, help_has_examples) {
    for (const auto* command : {"lint", "test", "explain", "decode", "activate", "show"}) {
        const auto output = chela({command, "--help"});
        EXPECT_EQ(output.status.code, 0) << command;
        EXPECT_THAT(output.out, HasSubstr("Example")) << command;
    }
    EXPECT_EQ(chela({}).status.code, 64);
}

}  // namespace
}  // namespace chela::test
