// A PKCS#11 module that passes every call to SoftHSM, except those that a test wants to fail.
#include "tests/integration/signer/faulty.hpp"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <p11-kit/pkcs11.h>

namespace {

struct Plan {
    unsigned skip = 0;
    unsigned times = 0;
    CK_RV value = CKR_OK;
};

struct Script {
    std::map<std::string, Plan> plans;
    std::map<std::string, CK_RV> after;
    std::map<std::string, unsigned> calls;
    unsigned bad_signatures = 0;
    std::size_t signature_size = 64;
    unsigned long max_sessions = 0;
    unsigned long more_flags = 0;
    bool is_held = false;
    unsigned held = 0;
    unsigned inside = 0;
    unsigned overlaps = 0;
};

std::mutex mutex;
std::condition_variable released;
Script script;

CK_FUNCTION_LIST& real() {
    static CK_FUNCTION_LIST* const list = [] {
        void* const handle = dlopen(CHELA_SOFTHSM_MODULE, RTLD_NOW | RTLD_LOCAL);
        void* const symbol = handle == nullptr ? nullptr : dlsym(handle, "C_GetFunctionList");
        CK_FUNCTION_LIST* found = nullptr;
        if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&found) != CKR_OK) {
            std::fputs("SoftHSM cannot be loaded\n", stderr);
            std::abort();
        }
        return found;
    }();
    return *list;
}

std::optional<CK_RV> planned(const std::string& function) {
    const auto found = script.plans.find(function);
    if (found == script.plans.end()) return std::nullopt;
    Plan& plan = found->second;
    if (plan.skip > 0) {
        --plan.skip;
        return std::nullopt;
    }
    if (plan.times == 0) return std::nullopt;
    --plan.times;
    return plan.value;
}

// Counts a call in and out, and decides what it answers.
template <class Call>
CK_RV run(const char* function, Call call) {
    {
        std::unique_lock lock{mutex};
        ++script.calls[function];
        ++script.calls["*"];
        const auto by_name = planned(function);
        const auto by_count = planned("*");
        if (by_name) return *by_name;
        if (by_count) return *by_count;
        if (std::string{function} == "C_Finalize" && script.inside > 0) ++script.overlaps;
        ++script.inside;
        if (std::string{function} == "C_Sign" && script.is_held) {
            ++script.held;
            released.wait(lock, [] { return !script.is_held; });
            --script.held;
        }
    }
    const CK_RV answer = call();
    const std::lock_guard lock{mutex};
    --script.inside;
    const auto after = script.after.find(function);
    if (answer != CKR_OK || after == script.after.end()) return answer;
    const CK_RV instead = after->second;
    script.after.erase(after);
    return instead;
}

CK_RV initialize(CK_VOID_PTR args) {
    return run("C_Initialize", [&] { return real().C_Initialize(args); });
}
CK_RV finalize(CK_VOID_PTR reserved) {
    return run("C_Finalize", [&] { return real().C_Finalize(reserved); });
}
CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count) {
    return run("C_GetSlotList", [&] { return real().C_GetSlotList(present, list, count); });
}
CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
    const CK_RV answer = run("C_GetTokenInfo", [&] { return real().C_GetTokenInfo(slot, info); });
    if (answer != CKR_OK) return answer;
    const std::lock_guard lock{mutex};
    if (script.max_sessions != 0) info->ulMaxSessionCount = script.max_sessions;
    info->flags |= script.more_flags;
    return answer;
}
CK_RV get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info) {
    return run("C_GetMechanismInfo", [&] { return real().C_GetMechanismInfo(slot, type, info); });
}
CK_RV open_session(
    CK_SLOT_ID slot,
    CK_FLAGS flags,
    CK_VOID_PTR app,
    CK_NOTIFY notify,
    CK_SESSION_HANDLE_PTR session) {
    return run(
        "C_OpenSession", [&] { return real().C_OpenSession(slot, flags, app, notify, session); });
}
CK_RV close_session(CK_SESSION_HANDLE session) {
    return run("C_CloseSession", [&] { return real().C_CloseSession(session); });
}
CK_RV get_session_info(CK_SESSION_HANDLE session, CK_SESSION_INFO_PTR info) {
    return run("C_GetSessionInfo", [&] { return real().C_GetSessionInfo(session, info); });
}
CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG size) {
    return run("C_Login", [&] { return real().C_Login(session, user, pin, size); });
}
CK_RV get_attribute_value(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR list, CK_ULONG count) {
    return run("C_GetAttributeValue", [&] {
        return real().C_GetAttributeValue(session, object, list, count);
    });
}
CK_RV find_objects_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR list, CK_ULONG count) {
    return run("C_FindObjectsInit", [&] { return real().C_FindObjectsInit(session, list, count); });
}
CK_RV find_objects(
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR list, CK_ULONG room, CK_ULONG_PTR count) {
    return run("C_FindObjects", [&] { return real().C_FindObjects(session, list, room, count); });
}
CK_RV find_objects_final(CK_SESSION_HANDLE session) {
    return run("C_FindObjectsFinal", [&] { return real().C_FindObjectsFinal(session); });
}
CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
    return run("C_SignInit", [&] { return real().C_SignInit(session, mechanism, key); });
}
CK_RV sign(
    CK_SESSION_HANDLE session,
    CK_BYTE_PTR data,
    CK_ULONG size,
    CK_BYTE_PTR out,
    CK_ULONG_PTR out_size) {
    const CK_RV answer =
        run("C_Sign", [&] { return real().C_Sign(session, data, size, out, out_size); });
    const std::lock_guard lock{mutex};
    if (answer != CKR_OK || script.bad_signatures == 0) return answer;
    --script.bad_signatures;
    out[5] = static_cast<CK_BYTE>(out[5] ^ 1U);
    *out_size = script.signature_size;
    return answer;
}
CK_RV generate_key_pair(
    CK_SESSION_HANDLE session,
    CK_MECHANISM_PTR mechanism,
    CK_ATTRIBUTE_PTR public_list,
    CK_ULONG public_count,
    CK_ATTRIBUTE_PTR private_list,
    CK_ULONG private_count,
    CK_OBJECT_HANDLE_PTR public_key,
    CK_OBJECT_HANDLE_PTR private_key) {
    return run("C_GenerateKeyPair", [&] {
        return real().C_GenerateKeyPair(
            session, mechanism, public_list, public_count, private_list, private_count, public_key,
            private_key);
    });
}

CK_FUNCTION_LIST make_list() {
    CK_FUNCTION_LIST list = real();
    list.C_Initialize = &initialize;
    list.C_Finalize = &finalize;
    list.C_GetSlotList = &get_slot_list;
    list.C_GetTokenInfo = &get_token_info;
    list.C_GetMechanismInfo = &get_mechanism_info;
    list.C_OpenSession = &open_session;
    list.C_CloseSession = &close_session;
    list.C_GetSessionInfo = &get_session_info;
    list.C_Login = &login;
    list.C_GetAttributeValue = &get_attribute_value;
    list.C_FindObjectsInit = &find_objects_init;
    list.C_FindObjects = &find_objects;
    list.C_FindObjectsFinal = &find_objects_final;
    list.C_SignInit = &sign_init;
    list.C_Sign = &sign;
    list.C_GenerateKeyPair = &generate_key_pair;
    return list;
}

}  // namespace

extern "C" {

chela_fault_plan_fn chela_fault_plan;
chela_fault_after_fn chela_fault_after;
chela_fault_calls_fn chela_fault_calls;
chela_fault_signature_fn chela_fault_signature;
chela_fault_token_fn chela_fault_token;
chela_fault_hold_fn chela_fault_hold;
chela_fault_release_fn chela_fault_release;
chela_fault_held_fn chela_fault_held;
chela_fault_overlaps_fn chela_fault_overlaps;
chela_fault_reset_fn chela_fault_reset;

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
    static CK_FUNCTION_LIST ours = make_list();
    *list = &ours;
    return CKR_OK;
}

void chela_fault_plan(const char* function, unsigned skip, unsigned times, unsigned long value) {
    const std::lock_guard lock{mutex};
    script.plans[function] = {skip, times, value};
}
void chela_fault_after(const char* function, unsigned long value) {
    const std::lock_guard lock{mutex};
    script.after[function] = value;
}
unsigned chela_fault_calls(const char* function) {
    const std::lock_guard lock{mutex};
    return script.calls[function];
}
void chela_fault_signature(unsigned times, std::size_t size) {
    const std::lock_guard lock{mutex};
    script.bad_signatures = times;
    script.signature_size = size;
}
void chela_fault_token(unsigned long max_sessions, unsigned long more_flags) {
    const std::lock_guard lock{mutex};
    script.max_sessions = max_sessions;
    script.more_flags = more_flags;
}
void chela_fault_hold() {
    const std::lock_guard lock{mutex};
    script.is_held = true;
}
void chela_fault_release() {
    const std::lock_guard lock{mutex};
    script.is_held = false;
    released.notify_all();
}
unsigned chela_fault_held() {
    const std::lock_guard lock{mutex};
    return script.held;
}
unsigned chela_fault_overlaps() {
    const std::lock_guard lock{mutex};
    return script.overlaps;
}
void chela_fault_reset() {
    const std::lock_guard lock{mutex};
    const unsigned inside = script.inside;
    script = {};
    script.inside = inside;
}
}
