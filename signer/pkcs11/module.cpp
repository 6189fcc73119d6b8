#include "signer/pkcs11/module.hpp"

#include "signer/pkcs11/process.hpp"

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

Result<std::unique_ptr<Module>> Module::load(const std::filesystem::path& path) {
    if (!path.is_absolute()) {
        return fail(
            ErrorCode::invalid_input, "the PKCS#11 module path must be absolute",
            "E_URI_MODULE_PATH");
    }
    CK_FUNCTION_LIST* const functions = p11_kit_module_load(path.c_str(), P11_KIT_MODULE_CRITICAL);
    if (functions == nullptr) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("the PKCS#11 module {} cannot be loaded", path.string()), "E_TOKEN_MODULE");
    }
    return std::unique_ptr<Module>{new Module{functions}};
}

Module::~Module() {
    // A forked child must not speak for the parent's sessions, not even to end them.
    if (!refuse_after_fork()) return;
    finalize();
    p11_kit_module_release(functions_);
}

CK_RV Module::initialize() {
    const CK_RV answer = p11_kit_module_initialize(functions_);
    if (answer == CKR_OK) initialized_ = true;
    return answer;
}

CK_RV Module::finalize() {
    if (!initialized_) return CKR_OK;
    initialized_ = false;
    return p11_kit_module_finalize(functions_);
}

}  // namespace chela::signer::pkcs11
