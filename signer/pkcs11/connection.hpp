#pragma once

#include "signer/pkcs11/module.hpp"
#include "signer/pkcs11/return_code.hpp"
#include "signer/pkcs11/slots.hpp"
#include "signer/pkcs11/uri.hpp"
#include "signer/secret.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

namespace chela::signer::pkcs11 {

enum class Access : std::uint8_t { read_only, read_write };

/// The initialised module, the one slot that matches the URI, and the anchor session, which holds
/// the login and is never closed: closing the last session logs out. The token found first is
/// pinned; another one in its place is not it. Threads: connect, disconnect and login need
/// exclusive use; the rest is safe while connected.
class Connection {
public:
    Connection(TokenUri uri, Secret pin, std::unique_ptr<Module> module);

    [[nodiscard]] Attempt<void> connect();
    /// Ends all sessions and finalises the module.
    void disconnect();

    /// Logs in on the anchor. A PIN that was refused is remembered and never tried again.
    [[nodiscard]] Attempt<void> login();
    [[nodiscard]] bool is_pin_refused() const { return pin_refused_.load(); }

    [[nodiscard]] Attempt<CK_SESSION_HANDLE> open_session(Access access) const;
    void close_session(CK_SESSION_HANDLE session) const;

    /// @return what the token says of itself now; unavailable when it is gone or another one is in
    /// its place
    [[nodiscard]] Attempt<CK_TOKEN_INFO> token_info();
    /// Is the token there and this session logged in? Tells "no such key" from "no such token".
    [[nodiscard]] Attempt<void> check_ready(CK_SESSION_HANDLE session);

    /// @return sessions the token allows besides the anchor; nothing: it does not say
    [[nodiscard]] std::optional<unsigned> session_limit() const { return session_limit_; }
    [[nodiscard]] CK_FUNCTION_LIST& api() const { return module_->api(); }

private:
    [[nodiscard]] Attempt<void> set_up();
    [[nodiscard]] Attempt<TokenSlot> find_slot();
    [[nodiscard]] Attempt<void> check_mechanism() const;

    TokenUri uri_;
    Secret pin_;
    std::unique_ptr<Module> module_;
    std::string identity_;  // empty until the first connect
    CK_SLOT_ID slot_{};
    CK_SESSION_HANDLE anchor_{};
    std::optional<unsigned> session_limit_;
    std::atomic<bool> pin_refused_{false};
};

/// @return unavailable, reason E_TOKEN_PIN
[[nodiscard]] Error refused_pin_error();

}  // namespace chela::signer::pkcs11
