#include "signer/pkcs11/token.hpp"

#include "signer/pkcs11/generate.hpp"
#include "signer/pkcs11/key.hpp"
#include "signer/pkcs11/objects.hpp"
#include "signer/pkcs11/process.hpp"
#include "signer/pkcs11/session_pool.hpp"
#include "signer/pkcs11/uri.hpp"
#include "signer/pkcs11/with_session.hpp"

#include <mutex>
#include <utility>

namespace chela::signer::pkcs11 {

namespace {

class P11KitToken final : public Token {
public:
    explicit P11KitToken(std::shared_ptr<SessionPool> pool) : pool_{std::move(pool)} {}

    Result<TokenStatus> status() override {
        return with_session<TokenStatus>(
            *pool_, Access::read_only, [](const Lease& lease) -> Attempt<TokenStatus> {
                const auto info = lease.connection().token_info();
                if (!info) return std::unexpected{info.error()};
                return TokenStatus{
                    .label = unpadded(info->label),
                    .manufacturer = unpadded(info->manufacturerID),
                    .model = unpadded(info->model),
                    .serial = unpadded(info->serialNumber)};
            });
    }

    Result<KeyInfo> generate(const std::string& label) override {
        if (auto same = refuse_after_fork(); !same) return std::unexpected{same.error()};
        if (auto good = check_key_label(label); !good) return std::unexpected{good.error()};
        // Two at once could both find the label free.
        const std::lock_guard one_at_a_time{generating_};
        return with_session<KeyInfo>(*pool_, Access::read_write, [&label](const Lease& lease) {
            return generate_key(lease, label);
        });
    }

    Result<std::vector<KeyInfo>> list() override {
        return with_session<std::vector<KeyInfo>>(
            *pool_, Access::read_only, [](const Lease& lease) -> Attempt<std::vector<KeyInfo>> {
                auto found = find_keys(lease.session());
                if (!found) return std::unexpected{found.error()};
                // Asked last: a token that vanished half-way gives a short list without an error.
                auto ready = lease.connection().check_ready(lease.session().handle);
                if (!ready) return std::unexpected{ready.error()};
                std::vector<KeyInfo> keys;
                keys.reserve(found->size());
                for (FoundKey& key : *found)
                    keys.push_back(std::move(key.info));
                return keys;
            });
    }

    Result<KeyInfo> describe(BytesView id) override {
        return with_session<KeyInfo>(
            *pool_, Access::read_only, [id](const Lease& lease) -> Attempt<KeyInfo> {
                auto found = find_key(lease.session(), id);
                if (found) return std::move(found->info);
                if (found.error().error.code != ErrorCode::not_found) {
                    return std::unexpected{found.error()};
                }
                auto ready = lease.connection().check_ready(lease.session().handle);
                return std::unexpected{ready ? found.error() : ready.error()};
            });
    }

    Result<std::shared_ptr<Key>> key(BytesView id, const chains::PublicKey& expected) override {
        auto pinned = std::make_shared<TokenKey>(pool_, Bytes{id.begin(), id.end()}, expected);
        auto found =
            with_session<void>(*pool_, Access::read_only, [&](const Lease& lease) -> Attempt<void> {
                const auto there = find_pinned_key(lease, id, expected);
                if (!there) return std::unexpected{there.error()};
                return {};
            });
        if (!found) return std::unexpected{found.error()};
        return pinned;
    }

private:
    const std::shared_ptr<SessionPool> pool_;
    std::mutex generating_;
};

}  // namespace

Result<std::unique_ptr<Token>> Token::open(const TokenConfig& config) {
    if (auto same = refuse_after_fork(); !same) return std::unexpected{same.error()};
    auto uri = TokenUri::parse(config.uri);
    if (!uri) return std::unexpected{uri.error()};
    if (config.max_sessions == 0) {
        return fail(ErrorCode::invalid_input, "max_sessions of the token must be at least 1");
    }
    auto pin = read_secret_file(config.pin_file);
    if (!pin) return std::unexpected{pin.error()};

    poison_forked_children();
    ignore_default_sigpipe();
    auto module = Module::load(uri->module_path());
    if (!module) return std::unexpected{module.error()};
    auto pool = std::make_shared<SessionPool>(
        std::make_unique<Connection>(std::move(*uri), std::move(*pin), std::move(*module)),
        config.max_sessions);
    if (auto up = pool->open(); !up) return std::unexpected{up.error()};
    return std::make_unique<P11KitToken>(std::move(pool));
}

}  // namespace chela::signer::pkcs11
