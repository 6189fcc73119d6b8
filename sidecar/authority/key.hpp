#pragma once

#include "sidecar/authority/holdings.hpp"
#include "sidecar/store/records.hpp"
#include "signer/key.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>

namespace chela::sidecar::authority {

/// How many threads may wait for authorities at once: the others sign with keys of ours.
inline constexpr std::ptrdiff_t kMostWaiting = 4;
using Waiting = std::counting_semaphore<kMostWaiting>;

/// The key of an agent at an authority elsewhere: it is asked to sign this very transaction or
/// message, with an Idempotency-Key, so that asking again gives the same signature. What comes back
/// is taken apart: it must be what was approved, signed by the pinned address.
class AuthorityKey final : public signer::Key {
public:
    AuthorityKey(
        store::SigningKeyRecord record,
        std::shared_ptr<const Holdings> holdings,
        std::shared_ptr<Waiting> waiting)
        : record_{std::move(record)},
          holdings_{std::move(holdings)},
          waiting_{std::move(waiting)} {}

    /// 44 zero bytes and the address: an authority tells no more. No point of the curve has x = 0.
    [[nodiscard]] const chains::PublicKey& public_key() const override {
        return record_.public_key;
    }
    [[nodiscard]] const Address& address() const override { return record_.address; }

    /// @return denied E_AUTHORITY_DENIED: it refuses this, the text has its code;
    /// timed_out: E_AUTHORITY_REVIEW (people there are asked first), E_AUTHORITY_BUSY,
    /// E_AUTHORITY_NO_ANSWER, so that the same is asked for again; of a message unavailable in
    /// their place, for only its caller asks again; unavailable: nothing was sent;
    /// unsupported as sign_request(); bad_response E_SIGNATURE_MISMATCH: not what was approved
    [[nodiscard]] Result<chains::RecoverableSignature> sign(
        const chains::ApprovedPreimage& approved) override;
    /// Asks nobody.
    [[nodiscard]] Status probe() override;
    [[nodiscard]] signer::KeyOrigin origin() const override {
        return {.back_end = signer::BackEnd::authority, .place = record_.authority};
    }

private:
    struct Wanted;
    /// @return as sign_request()
    [[nodiscard]] static Result<Wanted> wanted_of(const chains::ApprovedPreimage& approved);
    [[nodiscard]] Result<chains::RecoverableSignature> ask(
        const Holding& holding, const Wanted& wanted);
    [[nodiscard]] Result<chains::RecoverableSignature> ask_twice(
        const Holding& holding, const Wanted& wanted, Deadline deadline);
    [[nodiscard]] Result<chains::RecoverableSignature> check(
        const Reply& reply, const Wanted& wanted);
    [[nodiscard]] std::string idempotency_key(const std::string& name);
    /// Of an answer without a signature: will the same be asked for again?
    [[nodiscard]] Result<chains::RecoverableSignature> not_signed(
        const Reply& reply, const std::string& name);
    void was_refused(const std::string& name);
    /// A token that was exchanged just now is refused: asking again and again would not help.
    void pause();
    [[nodiscard]] bool is_paused();
    void go_on();

    const store::SigningKeyRecord record_;
    const std::shared_ptr<const Holdings> holdings_;
    const std::shared_ptr<Waiting> waiting_;
    std::mutex mutex_;
    std::map<std::string, unsigned> refusals_;  ///< by Wanted::name
    std::chrono::seconds pause_{0};             ///< the latest, since it signed last
    std::chrono::steady_clock::time_point paused_until_;
};

/// The public key that stands in the store for one of which only the address is known.
[[nodiscard]] chains::PublicKey stand_in_for(const Address& address);

}  // namespace chela::sidecar::authority
