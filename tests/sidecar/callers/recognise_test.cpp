#include "sidecar/auth/recognise.hpp"

#include "sidecar/edge/peer_process.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace chela::sidecar::auth {
namespace {

constexpr TimePoint kNow{std::chrono::seconds{1'800'000'000}};

Identity named(const std::string& name) {
    Identity identity;
    identity.name = name;
    return identity;
}

std::vector<Identity> identities() {
    std::vector all{named("first"), named("second")};
    all[0].uids = {1000};
    all[0].spiffe_ids = {"spiffe://example.org/first"};
    all[0].dns_names = {"first.example.org"};
    all[0].service_accounts = {{"agents", "first"}};
    all[1].uids = {2000};
    all[1].gids = {100};
    all[1].spiffe_ids = {"spiffe://example.org/second"};
    all[1].dns_names = {"second.example.org", "example.org"};
    all[1].service_accounts = {{"agents", "second"}, {"other", "first"}};
    return all;
}

std::string outcome(const Result<const Identity*>& found) {
    if (!found) return reason_of(found.error());
    return *found == nullptr ? "nobody" : (*found)->name;
}

http::TlsPeer certificate(std::vector<std::string> uris, std::vector<std::string> names = {}) {
    return {
        .uris = std::move(uris),
        .dns_names = std::move(names),
        .valid_until = kNow + std::chrono::seconds{1},
        .fault = {}};
}

std::string by(const http::TlsPeer& peer) {
    const auto all = identities();
    return outcome(by_certificate(all, peer, kNow));
}

TEST(recognise, knows_a_certificate_by_its_spiffe_id_or_a_dns_name) {
    EXPECT_EQ(by(certificate({"spiffe://example.org/first"})), "first");
    EXPECT_EQ(by(certificate({"spiffe://example.org/second"}, {"second.example.org"})), "second");
    EXPECT_EQ(by(certificate({}, {"unknown.example.org", "first.example.org"})), "first");
    EXPECT_EQ(by(certificate({"https://example.org/about"}, {"first.example.org"})), "first");
    EXPECT_EQ(by(certificate({}, {"second.example.org", "example.org"})), "second");
}

TEST(recognise, knows_nobody_by_a_name_that_is_only_alike) {
    for (const std::string uri :
         {"spiffe://example.org/firs", "spiffe://example.org/first2", "spiffe://example.org/First",
          "spiffe://example.com/first", "https://example.org/first"})
        EXPECT_EQ(by(certificate({uri})), "E_NO_CREDENTIALS") << uri;
    for (const std::string name :
         {"*.example.org", "a.first.example.org", "first.example.org.", "irst.example.org"})
        EXPECT_EQ(by(certificate({}, {name})), "E_NO_CREDENTIALS") << name;
    EXPECT_EQ(by(certificate({})), "E_NO_CREDENTIALS");
}

TEST(recognise, relies_on_no_certificate_that_names_several) {
    EXPECT_EQ(
        by(certificate({"spiffe://example.org/first", "spiffe://example.org/second"})),
        "E_CERTIFICATE_NAMES");
    EXPECT_EQ(
        by(certificate({"spiffe://example.org/first", "https://example.org/"})),
        "E_CERTIFICATE_NAMES");
    EXPECT_EQ(
        by(certificate({"spiffe://example.org/first"}, {"second.example.org"})),
        "E_CERTIFICATE_NAMES");
    EXPECT_EQ(
        by(certificate({}, {"first.example.org", "second.example.org"})), "E_CERTIFICATE_NAMES");
    // What claims to be a SPIFFE ID and is none spoils the rest.
    for (const std::string uri : {"SPIFFE://example.org/first", "spiffe://example.org/first/"})
        EXPECT_EQ(by(certificate({uri}, {"first.example.org"})), "E_CERTIFICATE_NAMES") << uri;
    auto unreadable = certificate({}, {"first.example.org"});
    unreadable.fault = "one of its alternative names is not plain text";
    EXPECT_EQ(by(unreadable), "E_CERTIFICATE_NAMES");
}

TEST(recognise, counts_a_certificate_until_it_ends_however_long_the_connection) {
    auto peer = certificate({"spiffe://example.org/first"});
    const auto all = identities();
    EXPECT_EQ(
        outcome(by_certificate(all, peer, peer.valid_until - std::chrono::milliseconds{1})),
        "first");
    EXPECT_EQ(outcome(by_certificate(all, peer, peer.valid_until)), "E_CERTIFICATE_EXPIRED");
}

TEST(recognise, knows_a_service_account_by_namespace_and_name) {
    const auto all = identities();
    EXPECT_EQ(by_service_account(all, {"agents", "first"})->name, "first");
    EXPECT_EQ(by_service_account(all, {"other", "first"})->name, "second");
    EXPECT_EQ(by_service_account(all, {"other", "second"}), nullptr);
    EXPECT_EQ(by_service_account(all, {"", ""}), nullptr);
}

TEST(recognise, asks_for_the_user_before_the_group) {
    const auto all = identities();
    const auto who = [&all](std::uint32_t uid, std::uint32_t gid) {
        return outcome(by_unix_peer(all, {.uid = uid, .gid = gid, .pid = 1}));
    };
    EXPECT_EQ(who(1000, 1), "first");
    EXPECT_EQ(who(1000, 100), "first");
    EXPECT_EQ(who(5, 100), "second");
    EXPECT_EQ(who(5, 5), "nobody");
}

/// Both ends of a unix connection of this very process, which is therefore its own peer.
class peer_program : public testing::Test {
protected:
    peer_program() {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
            bug("socketpair");
    }

public:
    ~peer_program() override {
        for (const int end : ends)
            ::close(end);
    }

protected:
    static std::string outcome_of(
        const std::shared_ptr<const PeerProcess>& process, const std::filesystem::path& program) {
        std::vector all{named("first")};
        all[0].uids = {1000};
        all[0].executable = program;
        return outcome(by_unix_peer(all, {.uid = 1000, .gid = 1, .pid = 1, .process = process}));
    }
    std::array<int, 2> ends{-1, -1};
};

TEST_F(peer_program, narrows_a_user_to_who_runs_it) {
    const auto process = PeerProcess::of(ends[0]);
    ASSERT_NE(process, nullptr) << "this kernel is older than Linux 6.5";
    EXPECT_EQ(outcome_of(process, std::filesystem::read_symlink("/proc/self/exe")), "first");
    EXPECT_EQ(outcome_of(process, "/bin/sh"), "E_PEER_PROGRAM");
    EXPECT_EQ(outcome_of(process, "/nonexistent"), "E_PEER_UNVERIFIED");
}

TEST_F(peer_program, passes_nobody_whose_process_cannot_be_told) {
    EXPECT_EQ(
        outcome_of(nullptr, std::filesystem::read_symlink("/proc/self/exe")), "E_PEER_UNVERIFIED");
    EXPECT_EQ(PeerProcess::of(-1), nullptr);
}

TEST_F(peer_program, passes_nobody_whose_process_has_ended) {
    // The child makes the pair, so it is the peer; it hands one end over and ends.
    const pid_t child = ::fork();
    if (child == 0) {
        std::array<int, 2> theirs{-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, theirs.data()) != 0) ::_exit(1);
        std::array<char, CMSG_SPACE(sizeof(int))> control{};
        char byte = 'x';
        iovec data{.iov_base = &byte, .iov_len = 1};
        msghdr message{};
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        std::copy_n(
            reinterpret_cast<const unsigned char*>(theirs.data()), sizeof(int), CMSG_DATA(header));
        ::sendmsg(ends[1], &message, 0);
        ::read(ends[1], &byte, 1);  // until the parent has looked
        ::_exit(0);
    }
    std::array<char, CMSG_SPACE(sizeof(int))> control{};
    char byte = 0;
    iovec data{.iov_base = &byte, .iov_len = 1};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ASSERT_EQ(::recvmsg(ends[0], &message, 0), 1);
    int theirs = -1;
    std::copy_n(
        CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int), reinterpret_cast<unsigned char*>(&theirs));
    const auto process = PeerProcess::of(theirs);
    ASSERT_NE(process, nullptr);
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    EXPECT_EQ(outcome_of(process, program), "first") << "a fork of this program, still running";
    ASSERT_EQ(::write(ends[0], "x", 1), 1);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(outcome_of(process, program), "E_PEER_UNVERIFIED");
    ::close(theirs);
}

}  // namespace
}  // namespace chela::sidecar::auth
