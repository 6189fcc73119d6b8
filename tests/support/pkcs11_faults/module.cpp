// A PKCS#11 module that passes every call to a real one, except those that a test wants to fail.
#include "tests/support/pkcs11_faults/damage.hpp"
#include "tests/support/pkcs11_faults/script.hpp"

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <thread>

#include <p11-kit/pkcs11.h>

namespace {

using chela::test::script;
using chela::test::script_changed;
using chela::test::script_mutex;

CK_FUNCTION_LIST& real() {
    static CK_FUNCTION_LIST* const list = [] {
        const char* const named = std::getenv("CHELA_FAULTS_MODULE");
        void* const handle =
            dlopen(named == nullptr ? CHELA_SOFTHSM_MODULE : named, RTLD_NOW | RTLD_LOCAL);
        void* const symbol = handle == nullptr ? nullptr : dlsym(handle, "C_GetFunctionList");
        CK_FUNCTION_LIST* found = nullptr;
        if (symbol == nullptr || reinterpret_cast<CK_C_GetFunctionList>(symbol)(&found) != CKR_OK) {
            std::fputs("the module behind the faults cannot be loaded\n", stderr);
            std::abort();
        }
        return found;
    }();
    return *list;
}

// Counts a call in and out, and decides what it answers.
template <class Call>
CK_RV run(const char* function, Call call) {
    const std::string name{function};
    {
        std::unique_lock lock{script_mutex};
        ++script.calls[name];
        ++script.calls["*"];
        const auto by_name = script.planned(name);
        const auto by_count = script.planned("*");
        if (by_name) return *by_name;
        if (by_count) return *by_count;
        if (name == "C_Finalize" && script.inside > 0) ++script.overlaps;
        ++script.inside;
        if (name == script.held_function) {
            ++script.held;
            script_changed.wait(lock, [&name] { return script.held_function != name; });
            --script.held;
        }
        const auto delay = script.delay_of(name);
        lock.unlock();
        if (delay.count() > 0) std::this_thread::sleep_for(delay);
    }
    const CK_RV answer = call();
    const std::lock_guard lock{script_mutex};
    --script.inside;
    const auto after = script.after.find(name);
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
    const std::lock_guard lock{script_mutex};
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
CK_RV create_object(
    CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR list, CK_ULONG count, CK_OBJECT_HANDLE_PTR made) {
    return run("C_CreateObject", [&] { return real().C_CreateObject(session, list, count, made); });
}
CK_RV destroy_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
    return run("C_DestroyObject", [&] { return real().C_DestroyObject(session, object); });
}
CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE asked) {
    CK_OBJECT_HANDLE key = asked;
    {
        const std::lock_guard lock{script_mutex};
        key = chela::test::swapped(script, asked);
    }
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
    const std::lock_guard lock{script_mutex};
    if (answer == CKR_OK) chela::test::damage_signature(script, out, out_size);
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
    read_script_file(script);
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
    list.C_CreateObject = &create_object;
    list.C_DestroyObject = &destroy_object;
    list.C_SignInit = &sign_init;
    list.C_Sign = &sign;
    list.C_GenerateKeyPair = &generate_key_pair;
    return list;
}

}  // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
    static CK_FUNCTION_LIST ours = make_list();
    *list = &ours;
    return CKR_OK;
}
