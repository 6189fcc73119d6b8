#include "signer/pkcs11/connection.hpp"

#include "signer/pkcs11/pin_latch.hpp"

#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

constexpr CK_ULONG kCurveBits = 256;
constexpr std::string_view kGone = "E_TOKEN_UNAVAILABLE";

// Without the module's path: the same token behind another path has the same PIN to lose.
std::string identity_of(const CK_TOKEN_INFO& info) {
    return fmt::format("{}\n{}", unpadded(info.label), unpadded(info.serialNumber));
}

std::unexpected<Failure> gone(std::string detail) {
    return std::unexpected{Failure{
        Error{ErrorCode::unavailable, std::move(detail), std::string{kGone}},
        Remedy::reinitialize}};
}

std::optional<unsigned> sessions_besides_the_anchor(const CK_TOKEN_INFO& info) {
    if (info.ulMaxSessionCount == CK_EFFECTIVELY_INFINITE) return std::nullopt;
    if (info.ulMaxSessionCount > std::numeric_limits<unsigned>::max()) return std::nullopt;
    return static_cast<unsigned>(info.ulMaxSessionCount - 1);
}

bool is_short_of_room(CK_RV answer) {
    return answer == CKR_HOST_MEMORY || answer == CKR_DEVICE_MEMORY || answer == CKR_SESSION_COUNT;
}

// A last try that fails locks the token; a person may take that risk, a program may not.
bool would_risk_the_lock(const CK_TOKEN_INFO& info) {
    return (info.flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)) != 0;
}

}  // namespace

Error refused_pin_error() {
    return {
        ErrorCode::unavailable,
        "the token refused the PIN, or has one try left; it is not tried again. Correct the PIN "
        "file, "
        "then restart",
        "E_TOKEN_PIN"};
}

Connection::Connection(TokenUri uri, Secret pin, std::unique_ptr<Module> module)
    : uri_{std::move(uri)},
      pin_{std::move(pin)},
      module_{std::move(module)} {}

Attempt<void> Connection::connect() {
    const CK_RV answer = module_->initialize();
    if (answer != CKR_OK) return failed("C_Initialize", answer);
    auto ready = set_up();
    if (!ready) disconnect();
    return ready;
}

Attempt<void> Connection::set_up() {
    const auto found = find_slot();
    if (!found) return std::unexpected{found.error()};
    slot_ = found->slot;
    session_limit_ = sessions_besides_the_anchor(found->info);
    if (identity_.empty()) identity_ = identity_of(found->info);
    if (auto able = check_mechanism(); !able) return able;
    const auto anchor = open_session(Access::read_only);
    if (!anchor) return std::unexpected{anchor.error()};
    anchor_ = *anchor;
    return login();
}

void Connection::disconnect() {
    // The answer changes nothing: what follows is a new C_Initialize, whose answer counts.
    (void)module_->finalize();
    anchor_ = 0;
}

Attempt<TokenSlot> Connection::find_slot() {
    const auto slots = list_token_slots(api());
    if (!slots) return std::unexpected{slots.error()};
    std::vector<TokenSlot> matches;
    for (const TokenSlot& token : slots->tokens) {
        const bool initialized = (token.info.flags & CKF_TOKEN_INITIALIZED) != 0;
        if (initialized && uri_.matches(token.info)) matches.push_back(token);
    }
    if (matches.size() > 1) {
        return give_up(
            ErrorCode::invalid_input,
            fmt::format("{} tokens match the token URI; add the serial", matches.size()),
            "E_URI_AMBIGUOUS");
    }
    if (matches.empty() && slots->silent.empty()) return gone("no token matches the token URI");
    if (matches.empty()) {
        const ReturnCode why = describe_return_code(slots->silent.front());
        return gone(fmt::format(
            "no token matches the token URI; {} did not answer ({}, 0x{:x})", slots->silent.size(),
            why.name, why.value));
    }
    return matches.front();
}

Attempt<void> Connection::check_mechanism() const {
    CK_MECHANISM_INFO info{};
    const CK_RV answer = api().C_GetMechanismInfo(slot_, CKM_ECDSA, &info);
    if (answer != CKR_OK) return failed("C_GetMechanismInfo for CKM_ECDSA", answer);
    const bool fits = info.ulMinKeySize <= kCurveBits && info.ulMaxKeySize >= kCurveBits;
    if (fits && (info.flags & CKF_SIGN) != 0) return {};
    return give_up(
        ErrorCode::unsupported, "the token cannot sign with CKM_ECDSA and 256-bit keys",
        "E_TOKEN_UNSUPPORTED");
}

Attempt<void> Connection::login() {
    // Also proves that this is the token opened first: the PIN goes to no other.
    const auto info = token_info();
    if (!info) return std::unexpected{info.error()};
    if (is_pin_latched(identity_) || would_risk_the_lock(*info)) {
        pin_refused_.store(true);
        return std::unexpected{Failure{refused_pin_error(), Remedy::latch_pin}};
    }
    const std::string_view pin = pin_.reveal();
    // PKCS#11 is not const-correct; the token only reads the PIN.
    auto* const bytes =
        const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(pin.data()));
    const CK_RV answer = api().C_Login(anchor_, CKU_USER, bytes, pin.size());
    if (answer == CKR_OK || answer == CKR_USER_ALREADY_LOGGED_IN) return {};
    auto failure = failed("C_Login", answer).error();
    // Whatever is not clearly something else may count as a try of the PIN.
    const bool is_give_up = failure.remedy == Remedy::give_up && !is_short_of_room(answer);
    if (failure.remedy == Remedy::latch_pin || is_give_up) {
        failure.remedy = Remedy::latch_pin;
        latch_refused_pin(identity_);
        pin_refused_.store(true);
    } else if (failure.remedy != Remedy::give_up) {
        // The login hangs on the anchor; when that session is lost, so is the whole connection.
        failure.remedy = Remedy::reinitialize;
    }
    return std::unexpected{std::move(failure)};
}

Attempt<CK_SESSION_HANDLE> Connection::open_session(Access access) const {
    const CK_FLAGS write = access == Access::read_write ? CKF_RW_SESSION : 0;
    CK_SESSION_HANDLE session = 0;
    const CK_RV answer =
        api().C_OpenSession(slot_, CKF_SERIAL_SESSION | write, nullptr, nullptr, &session);
    if (answer != CKR_OK) return failed("C_OpenSession", answer);
    return session;
}

void Connection::close_session(CK_SESSION_HANDLE session) const {
    // A session that cannot be closed is already gone with its device; the next call to it shows
    // that.
    (void)api().C_CloseSession(session);
}

Attempt<CK_TOKEN_INFO> Connection::token_info() {
    CK_TOKEN_INFO info{};
    const CK_RV answer = api().C_GetTokenInfo(slot_, &info);
    if (answer != CKR_OK) return failed("C_GetTokenInfo", answer);
    if (identity_of(info) != identity_) {
        return gone("another token is in the place of the one that was opened");
    }
    return info;
}

Attempt<void> Connection::check_ready(CK_SESSION_HANDLE session) {
    const auto info = token_info();
    if (!info) return std::unexpected{info.error()};
    CK_SESSION_INFO state{};
    const CK_RV answer = api().C_GetSessionInfo(session, &state);
    if (answer != CKR_OK) return failed("C_GetSessionInfo", answer);
    if (state.state == CKS_RO_USER_FUNCTIONS || state.state == CKS_RW_USER_FUNCTIONS) return {};
    return failed("C_GetSessionInfo (not logged in)", CKR_USER_NOT_LOGGED_IN);
}

}  // namespace chela::signer::pkcs11
