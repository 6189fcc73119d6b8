#pragma once

#include "chains/base/result.hpp"

#include <filesystem>
#include <memory>

#include <p11-kit/p11-kit.h>

namespace chela::signer::pkcs11 {

/// A PKCS#11 module loaded through p11-kit, which passes CKF_OS_LOCKING_OK and counts the users of
/// a module in this process: C_Finalize reaches the module when the last of them leaves. Threads:
/// initialize and finalize need exclusive use.
class Module {
public:
    /// @param path  absolute; code from there runs in this process
    /// @return unavailable, reason E_TOKEN_MODULE: it cannot be loaded
    [[nodiscard]] static Result<std::unique_ptr<Module>> load(const std::filesystem::path& path);
    Module(const Module&) = delete;
    Module& operator=(const Module&) = delete;
    ~Module();

    [[nodiscard]] CK_RV initialize();
    /// @return CKR_OK also when it was not initialised
    CK_RV finalize();
    [[nodiscard]] CK_FUNCTION_LIST& api() const { return *functions_; }

private:
    explicit Module(CK_FUNCTION_LIST* functions) : functions_{functions} {}

    CK_FUNCTION_LIST* functions_;
    bool initialized_ = false;
};

}  // namespace chela::signer::pkcs11
