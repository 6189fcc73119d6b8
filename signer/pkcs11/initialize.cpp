#include "signer/pkcs11/module.hpp"
#include "signer/pkcs11/process.hpp"
#include "signer/pkcs11/slots.hpp"
#include "signer/pkcs11/token.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

using PaddedLabel = std::array<unsigned char, 32>;

Result<PaddedLabel> pad(const std::string& label) {
    PaddedLabel padded;
    padded.fill(' ');
    if (label.empty() || label.size() > padded.size() || label.back() == ' ') {
        return fail(
            ErrorCode::invalid_input,
            fmt::format("a token label has 1 to {} bytes and no blank at the end", padded.size()),
            "E_LABEL");
    }
    std::ranges::copy(label, padded.begin());
    return padded;
}

// PKCS#11 is not const-correct; the token only reads the PIN.
CK_UTF8CHAR_PTR bytes_of(const Secret& pin) {
    return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(pin.reveal().data()));
}

Attempt<TokenSlot> find_blank_slot(CK_FUNCTION_LIST& api, const std::string& label) {
    const auto slots = list_token_slots(api);
    if (!slots) return std::unexpected{slots.error()};
    // A token that does not answer could have the label.
    if (!slots->silent.empty()) return failed("C_GetTokenInfo", slots->silent.front());
    for (const TokenSlot& token : slots->tokens) {
        const bool initialized = (token.info.flags & CKF_TOKEN_INITIALIZED) != 0;
        if (initialized && unpadded(token.info.label) == label) {
            return give_up(
                ErrorCode::conflict, fmt::format("the token {} exists already", label),
                "E_TOKEN_EXISTS");
        }
    }
    const auto blank = std::ranges::find_if(slots->tokens, [](const TokenSlot& token) {
        return (token.info.flags & CKF_TOKEN_INITIALIZED) == 0;
    });
    if (blank == slots->tokens.end()) {
        return give_up(
            ErrorCode::not_found, "the module has no slot with an uninitialised token",
            "E_TOKEN_NO_SLOT");
    }
    return *blank;
}

// Asked before anything is written: a token with a label and without a PIN helps nobody.
Attempt<void> check_pin(const CK_TOKEN_INFO& info, const Secret& pin, std::string_view whose) {
    const std::size_t size = pin.reveal().size();
    if (size > 0 && size >= info.ulMinPinLen && size <= info.ulMaxPinLen) return {};
    return give_up(
        ErrorCode::invalid_input,
        fmt::format(
            "the {} PIN must have {} to {} bytes", whose, info.ulMinPinLen, info.ulMaxPinLen),
        "E_PIN_LENGTH");
}

Attempt<void> set_user_pin(
    CK_FUNCTION_LIST& api, CK_SLOT_ID slot, const Secret& so_pin, const Secret& user_pin) {
    CK_SESSION_HANDLE session = 0;
    CK_RV answer =
        api.C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session);
    if (answer != CKR_OK) return failed("C_OpenSession", answer);
    answer = api.C_Login(session, CKU_SO, bytes_of(so_pin), so_pin.reveal().size());
    if (answer != CKR_OK) return failed("C_Login as security officer", answer);
    answer = api.C_InitPIN(session, bytes_of(user_pin), user_pin.reveal().size());
    if (answer != CKR_OK) return failed("C_InitPIN", answer);
    return {};
}

Attempt<void> initialize_in(
    Module& module,
    const std::string& label,
    PaddedLabel padded,
    const Secret& so_pin,
    const Secret& user_pin) {
    const CK_RV started = module.initialize();
    if (started != CKR_OK) return failed("C_Initialize", started);
    CK_FUNCTION_LIST& api = module.api();
    const auto slot = find_blank_slot(api, label);
    if (!slot) return std::unexpected{slot.error()};
    if (auto fits = check_pin(slot->info, so_pin, "security officer's"); !fits) return fits;
    if (auto fits = check_pin(slot->info, user_pin, "user"); !fits) return fits;
    const CK_RV made =
        api.C_InitToken(slot->slot, bytes_of(so_pin), so_pin.reveal().size(), padded.data());
    if (made != CKR_OK) return failed("C_InitToken", made);
    return set_user_pin(api, slot->slot, so_pin, user_pin);
}

}  // namespace

Status initialize_token(
    const std::filesystem::path& module,
    const std::string& label,
    const Secret& so_pin,
    const Secret& user_pin) {
    if (auto same = refuse_after_fork(); !same) return same;
    const auto padded = pad(label);
    if (!padded) return std::unexpected{padded.error()};
    auto loaded = Module::load(module);
    if (!loaded) return std::unexpected{loaded.error()};
    const auto done = initialize_in(**loaded, label, *padded, so_pin, user_pin);
    const CK_RV ended = (*loaded)->finalize();
    if (!done) return std::unexpected{done.error().error};
    if (ended != CKR_OK) return std::unexpected{failed("C_Finalize", ended).error().error};
    return {};
}

}  // namespace chela::signer::pkcs11
