#pragma once

#include "chains/base/bytes.hpp"

#include <optional>
#include <span>
#include <string>

#include <p11-kit/p11-kit.h>

namespace chela::test {

/// A second user of the same token, straight through PKCS#11: what an operator's tool could do
/// behind chela's back. p11-kit counts the users of the module, so keep it shorter than the Token
/// when that must be able to re-initialise.
class RawToken {
public:
    explicit RawToken(const std::string& label);
    RawToken(const RawToken&) = delete;
    RawToken& operator=(const RawToken&) = delete;
    ~RawToken();

    /// @return what C_Login answers
    CK_RV login(const std::string& pin);
    void logout();
    [[nodiscard]] CK_FLAGS flags() const;

    struct KeyOptions {
        bool extractable = false;
        bool sensitive = true;
        bool sign = true;
    };
    void make_key(const Bytes& id, const std::string& label, KeyOptions options);
    /// The public half alone goes.
    void destroy_public_half(const Bytes& id);
    /// Both halves. @return how many objects
    std::size_t destroy_key(const Bytes& id);
    /// Whatever has the label. @return how many objects
    std::size_t destroy_labelled(const std::string& label);
    /// @return what C_GetAttributeValue answers for the private key's secret number
    [[nodiscard]] CK_RV try_to_read_secret(const Bytes& id);

private:
    std::size_t destroy(std::span<CK_ATTRIBUTE> query);

    CK_FUNCTION_LIST* module_;
    CK_SLOT_ID slot_{};
    CK_SESSION_HANDLE session_{};
};

}  // namespace chela::test
