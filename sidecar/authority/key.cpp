#include "sidecar/authority/key.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/authority/sign_request.hpp"
#include "sidecar/edge/run_to_end.hpp"
#include "signer/approved_for.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace chela::sidecar::authority {

namespace asio = boost::asio;

namespace {

// A lane waits this long at most, and a signing thread with it.
constexpr std::chrono::seconds kLimit{10};

using Signature = Result<chains::RecoverableSignature>;

std::unexpected<Error> again_later(std::string detail, const char* reason) {
    return fail(ErrorCode::timed_out, std::move(detail), reason);
}

/// Refusals by which the same may be asked for again: it waits for something there.
bool waits(const Reply& reply) {
    constexpr std::array<std::string_view, 4> kWaits{
        "E_IN_FLIGHT", "E_LANE_WAITS_FOR_SIGNED", "E_LANE_FULL", "E_LANE_FROZEN"};
    const bool is_refusal = reply.status >= 400 && reply.status < 500;
    return !is_refusal || reply.status == 429 ||
           std::ranges::find(kWaits, code_of(reply)) != kWaits.end();
}

std::unexpected<Error> mismatch(const std::string& origin, std::string_view what) {
    return fail(
        ErrorCode::bad_response, fmt::format("{} answered {}; it is thrown away", origin, what),
        "E_SIGNATURE_MISMATCH");
}

/// Everything that was approved, and nothing else, under the pinned address.
Signature check_transaction(
    const Reply& reply,
    const std::string& origin,
    const chains::Transaction& wanted,
    const Address& signer) {
    const auto text = text_member(reply, "signed_tx");
    if (!text) return mismatch(origin, "no signed transaction");
    const auto bytes = parse_hex(*text);
    if (!bytes) return mismatch(origin, "a signed transaction that is not hex");
    const auto signed_tx = chains::decode_signed(*bytes);
    if (!signed_tx) return mismatch(origin, "a signed transaction that cannot be read");
    if (signed_tx->transaction != wanted) return mismatch(origin, "another transaction");
    if (signed_tx->sender != signer) return mismatch(origin, "a signature of another key");
    return signed_tx->signature;
}

/// The bytes that were approved, under the pinned address: anything else recovers another one.
Signature check_message(
    const Reply& reply, const std::string& origin, const SigningHash& hash, const Address& signer) {
    constexpr std::size_t kSize = 65;
    const auto text = text_member(reply, "signature");
    if (!text) return mismatch(origin, "no signature");
    const auto bytes = parse_hex(*text);
    if (!bytes || bytes->size() != kSize) return mismatch(origin, "a signature of another form");
    const auto raw = chains::normalize_signature(BytesView{*bytes}.first(kSize - 1));
    if (!raw) return mismatch(origin, "a signature that cannot be one");
    for (const auto parity : {std::uint8_t{0}, std::uint8_t{1}}) {
        const chains::RecoverableSignature signature{raw->r, raw->s, parity};
        const auto key = chains::recover(hash, signature);
        if (key && chains::address_of(*key) == signer) return signature;
    }
    return mismatch(origin, "a signature of something else, or of another key");
}

bool is_success(const Reply& reply) {
    return reply.status == 200 || reply.status == 201;
}

bool has_signature(const Reply& reply) {
    return text_member(reply, "signed_tx") || text_member(reply, "signature");
}

/// What became of a key is repeated as a success that has no signature.
bool has_failed(const Reply& reply) {
    if (has_signature(reply) || text_member(reply, "state") == "cancelled") return false;
    const auto status = text_member(reply, "status");
    return status == "failed" || status == "simulation_failed";
}

class Place {
public:
    explicit Place(Waiting& waiting) : waiting_{waiting}, is_held_{waiting.try_acquire()} {}
    ~Place() {
        if (is_held_) waiting_.release();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] bool is_held() const { return is_held_; }

private:
    Waiting& waiting_;
    bool is_held_;
};

}  // namespace

chains::PublicKey stand_in_for(const Address& address) {
    chains::PublicKey key{};
    std::ranges::copy(
        address.bytes, key.bytes.end() - static_cast<std::ptrdiff_t>(address.bytes.size()));
    return key;
}

Status AuthorityKey::probe() {
    const auto holding = holdings_->of(record_);
    if (!holding) return std::unexpected{holding.error()};
    return {};
}

/// What is asked for, and how it is told from all else.
struct AuthorityKey::Wanted {
    SignRequest request;
    const chains::Transaction* transaction = nullptr;  ///< null: it is none
    SigningHash hash;
    std::string name;  ///< the same for the same question to the authority, and for no other
};

Result<AuthorityKey::Wanted> AuthorityKey::wanted_of(const chains::ApprovedPreimage& approved) {
    const auto& content = approved.preimage().content();
    const auto chain = approved.named_chain();
    auto request = sign_request(content, chain);
    if (!request) return std::unexpected{request.error()};
    Wanted wanted{
        .request = *std::move(request),
        .transaction = std::get_if<chains::Transaction>(&content),
        .hash = approved.preimage().signing_hash(),
        .name = {}};
    wanted.name = to_hex(wanted.hash).substr(2);
    // The request names the chain of a message, which is not hashed.
    if (wanted.transaction == nullptr && chain) wanted.name += fmt::format("-{}", chain->value);
    return wanted;
}

Signature AuthorityKey::sign(const chains::ApprovedPreimage& approved) {
    if (auto ok = signer::check_approved_for(approved, record_.address); !ok)
        return std::unexpected{ok.error()};
    const auto holding = holdings_->of(record_);
    if (!holding) return std::unexpected{holding.error()};
    const auto wanted = wanted_of(approved);
    if (!wanted) return std::unexpected{wanted.error()};
    auto signature = ask(*holding, *wanted);
    // Nobody comes back for a message by himself, as a lane does for its nonce: this attempt is
    // over. Who asks anew asks the authority for the same, under the same key.
    if (!signature && wanted->transaction == nullptr &&
        signature.error().code == ErrorCode::timed_out)
        signature.error().code = ErrorCode::unavailable;
    return signature;
}

Signature AuthorityKey::ask(const Holding& holding, const Wanted& wanted) {
    if (is_paused())
        return again_later(
            record_.authority + " refuses this identity's tokens; it is left alone for a while",
            "E_AUTHORITY_BUSY");
    const Place place{*waiting_};
    if (!place.is_held())
        return again_later("too many wait for authorities already", "E_AUTHORITY_BUSY");
    return ask_twice(holding, wanted, std::chrono::steady_clock::now() + kLimit);
}

/// Once more after a 401: the token may have been revoked, or the key behind it rotated. And after
/// what had failed under this key before.
Signature AuthorityKey::ask_twice(const Holding& holding, const Wanted& wanted, Deadline deadline) {
    const auto path = fmt::format("/v1/agents/{}/{}", agent_of(record_), wanted.request.operation);
    for (const bool is_last : {false, true}) {
        const auto token = holding.tokens->token(deadline);
        if (!token) return std::unexpected{token.error()};
        asio::io_context context;
        const auto reply = run_to_end(
            context,
            holding.client->post(
                path, wanted.request.body,
                {bearer(*token), {"Idempotency-Key", idempotency_key(wanted.name)}}, deadline));
        if (!reply && reply.error().code == ErrorCode::bad_response)
            return again_later(reply.error().detail, "E_AUTHORITY_NO_ANSWER");
        if (!reply) return std::unexpected{reply.error()};
        if (reply->status == 401 && !is_last) {
            holding.tokens->refused(*token);
            continue;
        }
        reply->status == 401 ? pause() : go_on();
        if (!is_success(*reply)) return not_signed(*reply, wanted.name);
        if (!has_failed(*reply)) return check(*reply, wanted);
        // The same would be said again for this key.
        was_refused(wanted.name);
        if (is_last)
            return again_later(
                record_.authority + " failed to sign this more than once", "E_AUTHORITY_BUSY");
    }
    bug("a loop that always returns");
}

/// Of an answer that says that all is well, and nothing of a failure.
Signature AuthorityKey::check(const Reply& reply, const Wanted& wanted) {
    const auto& origin = record_.authority;
    if (!reply.body)
        return again_later(origin + " answered something unreadable", "E_AUTHORITY_NO_ANSWER");
    if (!has_signature(reply) && text_member(reply, "status") == "pending")
        return again_later(origin + " has not signed yet", "E_AUTHORITY_BUSY");
    if (!has_signature(reply) && text_member(reply, "state") == "cancelled") {
        was_refused(wanted.name);
        return fail(
            ErrorCode::denied, origin + " was asked for this before, and it was cancelled there",
            "E_AUTHORITY_DENIED");
    }
    if (wanted.transaction != nullptr)
        return check_transaction(reply, origin, *wanted.transaction, record_.address);
    auto signature = check_message(reply, origin, wanted.hash, record_.address);
    // A transaction has another hash the next time, and a message would be answered so for ever.
    if (!signature) was_refused(wanted.name);
    return signature;
}

Signature AuthorityKey::not_signed(const Reply& reply, const std::string& name) {
    const auto& origin = record_.authority;
    if (reply.status == 202)
        return again_later(origin + " asks people first", "E_AUTHORITY_REVIEW");
    if (reply.status == 401 || waits(reply)) {
        return again_later(
            fmt::format("{} does not sign now ({})", origin, code_of(reply)), "E_AUTHORITY_BUSY");
    }
    was_refused(name);
    return fail(
        ErrorCode::denied, fmt::format("{} refuses to sign ({})", origin, code_of(reply)),
        "E_AUTHORITY_DENIED");
}

void AuthorityKey::pause() {
    constexpr std::chrono::seconds kFirst{1};
    constexpr std::chrono::seconds kLongest{300};
    const std::lock_guard lock{mutex_};
    pause_ = std::clamp(pause_ * 2, kFirst, kLongest);
    paused_until_ = std::chrono::steady_clock::now() + pause_;
}

bool AuthorityKey::is_paused() {
    const std::lock_guard lock{mutex_};
    return std::chrono::steady_clock::now() < paused_until_;
}

void AuthorityKey::go_on() {
    const std::lock_guard lock{mutex_};
    pause_ = std::chrono::seconds{0};
}

/// An authority repeats a refusal for the key that it was given under: what is refused for good is
/// asked for under another key the next time. After a restart that costs one refusal more.
std::string AuthorityKey::idempotency_key(const std::string& name) {
    const std::lock_guard lock{mutex_};
    const auto found = refusals_.find(name);
    return fmt::format("chela-{}-{}", name, found == refusals_.end() ? 0 : found->second);
}

void AuthorityKey::was_refused(const std::string& name) {
    constexpr std::size_t kMostKept = 1'000;
    const std::lock_guard lock{mutex_};
    if (refusals_.size() >= kMostKept) refusals_.clear();
    ++refusals_[name];
}

}  // namespace chela::sidecar::authority
