#include "signer/secret.hpp"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include <openssl/crypto.h>

namespace chela::signer {

namespace {

std::size_t whole_pages(std::size_t size) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    return (size + page - 1) / page * page;
}

}  // namespace

Secret::Secret(Capacity capacity) {
    if (capacity.bytes == 0) return;
    mapped_ = whole_pages(capacity.bytes);
    // Own pages: nothing else shares them, so locking and dump exclusion cover the secret and only
    // it.
    void* const pages =
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) bug("no memory for a secret");
    data_ = static_cast<char*>(pages);
    // Best effort: RLIMIT_MEMLOCK may be 0 in a container, and swapping is then the host's concern.
    (void)mlock(data_, mapped_);
    (void)madvise(data_, mapped_, MADV_DONTDUMP);
}

Secret::Secret(std::string_view text) : Secret{Capacity{text.size()}} {
    if (text.empty() || data_ == nullptr) return;
    std::memcpy(data_, text.data(), text.size());
    size_ = text.size();
}

Secret Secret::filled(std::size_t size, const std::function<void(std::span<char>)>& fill) {
    Secret secret{Capacity{size}};
    secret.size_ = size;
    fill({secret.data_, size});
    return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_{std::exchange(other.data_, nullptr)},
      size_{std::exchange(other.size_, 0)},
      mapped_{std::exchange(other.mapped_, 0)} {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    mapped_ = std::exchange(other.mapped_, 0);
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() noexcept {
    if (data_ == nullptr) return;
    OPENSSL_cleanse(data_, mapped_);
    munmap(data_, mapped_);
    data_ = nullptr;
    size_ = 0;
    mapped_ = 0;
}

}  // namespace chela::signer
