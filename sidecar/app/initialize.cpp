#include "sidecar/app/initialize.hpp"

#include "chains/base/hex.hpp"
#include "sidecar/app/state_directory.hpp"
#include "sidecar/auth/api_key.hpp"
#include "sidecar/auth/jwt.hpp"
#include "sidecar/config/config.hpp"
#include "sidecar/edge/clock.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/store/store.hpp"
#include "signer/pkcs11/token.hpp"

#include <array>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

namespace chela::sidecar::app {

namespace fs = std::filesystem;

namespace {

constexpr std::array kUsualModules{
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/lib64/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so"};

Result<fs::path> find_module(const fs::path& wanted) {
    std::error_code ignored;
    if (!wanted.empty()) {
        if (fs::exists(wanted, ignored)) return fs::absolute(wanted);
        return fail(
            ErrorCode::not_found, fmt::format("no PKCS#11 module at {}", wanted.string()),
            "E_NO_MODULE");
    }
    for (const auto* candidate : kUsualModules) {
        if (fs::exists(candidate, ignored)) return fs::path{candidate};
    }
    return fail(
        ErrorCode::not_found,
        "SoftHSM2 is not installed (Debian: apt-get install softhsm2); or name a module with "
        "--pkcs11-module, or keep keys in encrypted files with --keystore",
        "E_NO_MODULE");
}

/// "/tmp/x/state" for "./state/" in /tmp/x.
fs::path named_plainly(const fs::path& directory) {
    auto path = fs::absolute(directory).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

/// Hex digits: every token takes them, and 128 bits cannot be guessed before it locks.
signer::Secret random_pin() {
    return signer::Secret{to_hex(random_bytes(16)).substr(2)};
}

/// @return unavailable: it cannot be listed, so nobody knows that it is empty
Result<std::string> what_is_there(const fs::path& directory) {
    std::string names;
    std::error_code error;
    for (fs::directory_iterator entry{directory, error};
         !error && entry != fs::directory_iterator{}; entry.increment(error)) {
        names += (names.empty() ? "" : ", ") + entry->path().filename().string();
    }
    if (error) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("cannot list {}: {}", directory.string(), error.message()), "E_FILE");
    }
    return names;
}

/// @return whether the directory was made
Result<bool> make_directory(const fs::path& directory) {
    std::error_code error;
    const bool was_there = fs::exists(directory, error);
    if (was_there) {
        if (!fs::is_directory(directory, error)) {
            return fail(
                ErrorCode::conflict, fmt::format("{} is not a directory", directory.string()),
                "E_NOT_EMPTY");
        }
        const auto names = what_is_there(directory);
        if (!names) return std::unexpected{names.error()};
        if (!names->empty()) {
            return fail(
                ErrorCode::conflict,
                fmt::format(
                    "{} is not empty, so nothing was changed; it holds: {}", directory.string(),
                    *names),
                "E_NOT_EMPTY");
        }
    } else if (!fs::create_directories(directory, error) || error) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("cannot create {}: {}", directory.string(), error.message()), "E_FILE");
    }
    fs::permissions(directory, fs::perms::owner_all, error);
    if (error)
        return fail(
            ErrorCode::unavailable, fmt::format("cannot set the mode of {}", directory.string()),
            "E_FILE");
    return !was_there;
}

Status make_token(const StateDirectory& state, const fs::path& module, const std::string& label) {
    std::error_code error;
    fs::create_directory(state.softhsm_tokens(), error);
    fs::permissions(state.softhsm_tokens(), fs::perms::owner_all, error);
    if (error)
        return fail(
            ErrorCode::unavailable, "cannot create the token directory: " + error.message(),
            "E_FILE");
    const std::string conf = fmt::format(
        "# SoftHSM2 reads this file because chela names it "
        "(token.softhsm_conf).\ndirectories.tokendir = {}\n"
        "objectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
        state.softhsm_tokens().string());
    if (auto ok = write_new_file(state.softhsm_conf(), conf, 0600); !ok) return ok;
    const auto user_pin = random_pin();
    const auto so_pin = random_pin();
    if (auto ok = write_new_file(state.user_pin(), user_pin.reveal(), 0600); !ok) return ok;
    if (auto ok = write_new_file(state.so_pin(), so_pin.reveal(), 0600); !ok) return ok;
    // The module reads it from the environment; nothing else runs in this process yet.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread here
    if (::setenv("SOFTHSM2_CONF", state.softhsm_conf().c_str(), 1) != 0) {
        return fail(ErrorCode::internal, "cannot set SOFTHSM2_CONF", "E_ENVIRONMENT");
    }
    return signer::pkcs11::initialize_token(module, label, so_pin, user_pin);
}

Result<signer::Secret> make_database(const StateDirectory& state) {
    auto store = store::open_sqlite(state.database(), store::OpenMode::create);
    if (!store) return std::unexpected{store.error()};
    auto key = auth::make_api_key(auth::kAdminKeyPrefix);
    const TimePoint now = SystemClock{}.now();
    const store::AdminKeyRecord record{random_uuid(), key.prefix, key.hash, now};
    const policy::AuditEntry audit{
        now, "operator", "admin_key.created", record.id, R"({"name":"first"})"};
    if (auto ok = (*store)->insert_admin_key(record, audit); !ok)
        return std::unexpected{ok.error()};
    return std::move(key.key);
}

Status make_keystore(const StateDirectory& state) {
    std::error_code error;
    fs::create_directory(state.keystore(), error);
    fs::permissions(state.keystore(), fs::perms::owner_all, error);
    if (error)
        return fail(
            ErrorCode::unavailable, "cannot create the keystore: " + error.message(), "E_FILE");
    const signer::Secret password{to_hex(random_bytes(32)).substr(2)};
    return write_new_file(state.keystore_password(), password.reveal(), 0600);
}

/// @param module  empty: keys live in a keystore
Result<Initialized> fill(const StateDirectory& state, const fs::path& module) {
    const std::string label =
        module.empty() ? std::string{} : "chela-" + to_hex(random_bytes(4)).substr(2);
    const Status keys = module.empty() ? make_keystore(state) : make_token(state, module, label);
    if (!keys) return std::unexpected{keys.error()};
    if (auto ok = auth::JwtKey::create(state.jwt_key()); !ok) return std::unexpected{ok.error()};
    auto admin_key = make_database(state);
    if (!admin_key) return std::unexpected{admin_key.error()};
    const auto document = config::initial_document({module, label});
    if (auto ok = write_new_file(state.config(), document, 0600); !ok)
        return std::unexpected{ok.error()};
    return Initialized{std::move(*admin_key), label, state.root};
}

}  // namespace

Result<Initialized> initialize(const InitializeOptions& options) {
    const auto module = options.keys == InitializeOptions::Keys::token
                            ? find_module(options.pkcs11_module)
                            : Result<fs::path>{};
    if (!module) return std::unexpected{module.error()};
    const StateDirectory state{named_plainly(options.directory)};
    const auto made = make_directory(state.root);
    if (!made) return std::unexpected{made.error()};
    auto done = fill(state, *module);
    if (!done) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator{state.root, ignored})
            fs::remove_all(entry.path(), ignored);
        if (*made) fs::remove(state.root, ignored);
    }
    return done;
}

}  // namespace chela::sidecar::app
