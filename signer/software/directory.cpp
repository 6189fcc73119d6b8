#include "signer/software/directory.hpp"

#include "chains/base/address.hpp"
#include "chains/base/hex.hpp"
#include "signer/private_key.hpp"
#include "signer/software/key.hpp"
#include "signer/software/new_file.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace chela::signer::software {

namespace {

namespace fs = std::filesystem;

Status check_directory(const fs::path& directory) {
    struct stat facts{};
    if (::stat(directory.c_str(), &facts) != 0) {
        return fail(
            errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::unavailable,
            fmt::format("the keystore directory {} cannot be read", directory.string()));
    }
    const bool is_ours = S_ISDIR(facts.st_mode) && facts.st_uid == ::geteuid();
    if (is_ours && (facts.st_mode & 077U) == 0) return {};
    return fail(
        ErrorCode::denied,
        fmt::format(
            "the keystore directory {0} must be a directory of ours that nobody else can use; "
            "chmod 700 {0}",
            directory.string()),
        "E_FILE_MODE");
}

fs::path file_of(const fs::path& directory, const Address& address) {
    return directory / (to_hex(address) + ".json");
}

Error naming(const fs::path& file, Error error) {
    error.detail = fmt::format("{}: {}", file.filename().string(), error.detail);
    return error;
}

Result<Keystore> read_keystore(const fs::path& file) {
    const auto text = read_secret_file(file);
    if (!text) return std::unexpected{text.error()};
    auto keystore = parse_keystore(text->reveal());
    if (!keystore) return std::unexpected{naming(file, keystore.error())};
    if (!keystore->address) {
        return fail(
            ErrorCode::invalid_input,
            fmt::format("{} does not name its address", file.filename().string()),
            "E_KEYSTORE_FORMAT");
    }
    return keystore;
}

Result<std::vector<fs::path>> keystore_files(const fs::path& directory) {
    std::error_code why;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry{directory, why}, end; !why && entry != end;
         entry.increment(why)) {
        if (entry->path().extension() == ".json") files.push_back(entry->path());
    }
    if (why) {
        return fail(
            ErrorCode::unavailable,
            fmt::format("the keystore directory {} cannot be read", directory.string()));
    }
    return files;
}

}  // namespace

SoftwareKeystore::SoftwareKeystore(fs::path directory, std::shared_ptr<SignerMetrics> metrics)
    : directory_{std::move(directory)},
      metrics_{std::move(metrics)} {}

Result<SoftwareKeystore> SoftwareKeystore::at(
    fs::path directory, std::shared_ptr<SignerMetrics> metrics) {
    if (auto safe = check_directory(directory); !safe) return std::unexpected{safe.error()};
    return SoftwareKeystore{std::move(directory), std::move(metrics)};
}

Result<std::vector<StoredKey>> SoftwareKeystore::list() const {
    if (auto safe = check_directory(directory_); !safe) return std::unexpected{safe.error()};
    const auto files = keystore_files(directory_);
    if (!files) return std::unexpected{files.error()};
    std::vector<StoredKey> keys;
    for (const fs::path& file : *files) {
        const auto keystore = read_keystore(file);
        if (!keystore) return std::unexpected{keystore.error()};
        if (const auto& address = keystore->address) keys.push_back({*address, file});
    }
    std::ranges::sort(keys, {}, &StoredKey::address);
    const auto twin = std::ranges::adjacent_find(keys, {}, &StoredKey::address);
    if (twin != keys.end()) {
        return fail(
            ErrorCode::conflict,
            fmt::format("two keystore files say {}", to_checksum(twin->address)),
            "E_KEY_AMBIGUOUS");
    }
    return keys;
}

Result<StoredKey> SoftwareKeystore::store(
    const Secret& private_key, const Secret& password, const KeystoreEntropy& entropy) const {
    const auto public_key = public_key_of(private_key);
    if (!public_key) return std::unexpected{public_key.error()};
    const Address address = chains::address_of(*public_key);
    const auto known = list();
    if (!known) return std::unexpected{known.error()};
    if (std::ranges::find(*known, address, &StoredKey::address) != known->end()) {
        return fail(
            ErrorCode::conflict,
            fmt::format("the keystore has the key of {}", to_checksum(address)), "E_KEY_EXISTS");
    }
    const auto keystore = encrypt_key(private_key, password, entropy);
    if (!keystore) return std::unexpected{keystore.error()};
    StoredKey made{address, file_of(directory_, address)};
    if (auto written = write_new_file(made.file, to_json(*keystore)); !written) {
        return std::unexpected{written.error()};
    }
    return made;
}

Result<std::shared_ptr<Key>> SoftwareKeystore::open(
    const Address& address, const Secret& password) const {
    const auto known = list();
    if (!known) return std::unexpected{known.error()};
    const auto found = std::ranges::find(*known, address, &StoredKey::address);
    if (found == known->end()) {
        return fail(
            ErrorCode::not_found,
            fmt::format("the keystore has no key of {}", to_checksum(address)), "E_KEY_NOT_FOUND");
    }
    const auto keystore = read_keystore(found->file);
    if (!keystore) return std::unexpected{keystore.error()};
    auto private_key = decrypt_key(*keystore, password);
    if (!private_key) return std::unexpected{private_key.error()};
    auto key = SoftwareKey::make(std::move(*private_key), directory_.string(), metrics_);
    if (key && (*key)->address() != address) {
        return fail(
            ErrorCode::bad_response, "the keystore file was exchanged while it was read",
            "E_KEYSTORE_ADDRESS");
    }
    return key;
}

KeyOrigin SoftwareKeystore::origin() const {
    return {.back_end = BackEnd::software_keystore, .place = directory_.string()};
}

}  // namespace chela::signer::software
