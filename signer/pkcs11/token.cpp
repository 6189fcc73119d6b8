#include "signer/pkcs11/token.hpp"

#include "signer/pkcs11/adopt.hpp"
#include "signer/pkcs11/generate.hpp"
#include "signer/pkcs11/import.hpp"
#include "signer/pkcs11/key.hpp"
#include "signer/pkcs11/new_pair.hpp"
#include "signer/pkcs11/objects.hpp"
#include "signer/pkcs11/process.hpp"
#include "signer/pkcs11/session_pool.hpp"
#include "signer/pkcs11/uri.hpp"
#include "signer/pkcs11/with_session.hpp"
#include "signer/private_key.hpp"

#include <mutex>
#include <utility>

#include <fmt/format.h>

namespace chela::signer::pkcs11 {

namespace {

Attempt<TokenStatus> read_status(const Lease& lease) {
    const auto info = lease.connection().token_info();
    if (!info) return std::unexpected{info.error()};
    return TokenStatus{
        .label = unpadded(info->label),
        .manufacturer = unpadded(info->manufacturerID),
        .model = unpadded(info->model),
        .serial = unpadded(info->serialNumber)};
}

Attempt<std::vector<KeyInfo>> list_keys(const Lease& lease) {
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
}

Attempt<KeyInfo> describe_key(const Lease& lease, BytesView id) {
    auto found = find_key(lease.session(), id);
    if (found) return std::move(found->info);
    if (found.error().error.code != ErrorCode::not_found) return std::unexpected{found.error()};
    auto ready = lease.connection().check_ready(lease.session().handle);
    return std::unexpected{ready ? found.error() : ready.error()};
}

class P11KitToken final : public Token {
public:
    P11KitToken(std::shared_ptr<SessionPool> pool, KeyOrigin origin)
        : pool_{std::move(pool)},
          origin_{std::move(origin)} {}

    Result<TokenStatus> status() override {
        // Asked by health checks, which must not wait as long as the making of a key may.
        return with_session<TokenStatus>(
            pool_, Access::read_only, SessionPool::Clock::now() + pool_->options().sign_limit,
            &read_status);
    }

    KeyOrigin origin() const override { return origin_; }

    Result<KeyInfo> generate(const std::string& label) override {
        if (auto good = check_key_label(label); !good) return std::unexpected{good.error()};
        return call<KeyInfo>(Access::read_write, [making = making_, label](const Lease& lease) {
            // Two at once could both find the label free.
            const std::lock_guard one_at_a_time{*making};
            return generate_key(lease, label);
        });
    }

    Result<std::vector<KeyInfo>> list() override {
        return call<std::vector<KeyInfo>>(Access::read_only, &list_keys);
    }

    Result<KeyInfo> describe(BytesView id) override {
        return call<KeyInfo>(
            Access::read_only, [id = Bytes{id.begin(), id.end()}](const Lease& lease) {
                return describe_key(lease, id);
            });
    }

    Result<std::shared_ptr<Key>> key(BytesView id, const chains::PublicKey& expected) override {
        auto pinned =
            std::make_shared<TokenKey>(pool_, PinnedKey{{id.begin(), id.end()}, expected}, origin_);
        if (auto good = pinned->check(); !good) return std::unexpected{good.error()};
        return pinned;
    }

    Result<KeyInfo> adopt(const KeyChoice& choice) override {
        if (choice.id.empty() && choice.label.empty()) {
            return fail(ErrorCode::invalid_input, "name the key by its id or label", "E_KEY_ID");
        }
        return call<KeyInfo>(
            Access::read_only, [choice, policy = key_policy(pool_->options())](const Lease& lease) {
                return adopt_key(lease, choice, policy);
            });
    }

    Result<KeyInfo> prove(BytesView id) override {
        return call<KeyInfo>(
            Access::read_only,
            [choice = KeyChoice{{id.begin(), id.end()}, {}}](const Lease& lease) {
                return adopt_key(lease, choice, KeyPolicy::may_leave);
            });
    }

    Result<KeyInfo> import(const std::string& label, Secret private_key) override {
        if (auto good = check_key_label(label); !good) return std::unexpected{good.error()};
        const auto public_key = public_key_of(private_key);
        if (!public_key) return std::unexpected{public_key.error()};
        return call<KeyInfo>(
            Access::read_write, [making = making_, label, public_key = *public_key,
                                 secret = std::move(private_key)](const Lease& lease) {
                const std::lock_guard one_at_a_time{*making};
                return import_key(lease, label, secret, public_key);
            });
    }

private:
    template <class T, class Job>
    Result<T> call(Access access, Job job) {
        return with_session<T>(
            pool_, access, SessionPool::Clock::now() + pool_->options().call_limit, std::move(job));
    }

    const std::shared_ptr<SessionPool> pool_;
    const KeyOrigin origin_;
    // Shared with calls that outlive their callers.
    const std::shared_ptr<std::mutex> making_ = std::make_shared<std::mutex>();
};

// On a thread of the pool, so that a module that hangs at the start is told from one that is slow.
Result<TokenStatus> open_pool(const std::shared_ptr<SessionPool>& pool) {
    const auto deadline = SessionPool::Clock::now() + pool->options().call_limit;
    const auto opened = std::make_shared<Status>();
    auto ran = pool->run([pool, opened] { *opened = pool->open(); }, deadline);
    if (!ran) return std::unexpected{ran.error()};
    if (!*opened) return std::unexpected{opened->error()};
    return with_session<TokenStatus>(pool, Access::read_only, deadline, &read_status);
}

PoolOptions pool_options(const TokenConfig& config, TokenRuntime runtime) {
    PoolOptions options;
    options.max_sessions = config.max_sessions;
    options.max_waiting = config.max_waiting;
    options.sign_limit = config.sign_limit;
    options.allows_extractable_keys = config.allow_extractable_keys;
    options.runtime = std::move(runtime);
    return options;
}

}  // namespace

Result<KeyInfo> Token::adopt(const KeyChoice& /*choice*/) {
    return fail(ErrorCode::unsupported, "this token adopts no keys", "E_TOKEN_UNSUPPORTED");
}

Result<KeyInfo> Token::prove(BytesView /*id*/) {
    return fail(ErrorCode::unsupported, "this token proves no keys", "E_TOKEN_UNSUPPORTED");
}

Result<KeyInfo> Token::import(const std::string& /*label*/, Secret /*private_key*/) {
    return fail(ErrorCode::unsupported, "this token imports no keys", "E_TOKEN_UNSUPPORTED");
}

Result<std::unique_ptr<Token>> Token::open(const TokenConfig& config, TokenRuntime runtime) {
    if (auto same = refuse_after_fork(); !same) return std::unexpected{same.error()};
    auto uri = TokenUri::parse(config.uri);
    if (!uri) return std::unexpected{uri.error()};
    if (config.max_sessions == 0) {
        return fail(ErrorCode::invalid_input, "max_sessions of the token must be at least 1");
    }
    if (config.sign_limit <= std::chrono::milliseconds::zero()) {
        return fail(ErrorCode::invalid_input, "sign_limit of the token must be above 0");
    }
    auto pin = read_secret_file(config.pin_file);
    if (!pin) return std::unexpected{pin.error()};

    poison_forked_children();
    ignore_default_sigpipe();
    const std::string module_path = uri->module_path().string();
    auto module = Module::load(uri->module_path());
    if (!module) return std::unexpected{module.error()};
    auto pool = std::make_shared<SessionPool>(
        std::make_unique<Connection>(std::move(*uri), std::move(*pin), std::move(*module)),
        pool_options(config, std::move(runtime)));
    const auto status = open_pool(pool);
    if (!status) return std::unexpected{status.error()};
    return std::make_unique<P11KitToken>(
        std::move(pool),
        KeyOrigin{
            BackEnd::pkcs11_token, fmt::format("'{}' (module {})", status->label, module_path),
            config.allow_extractable_keys});
}

}  // namespace chela::signer::pkcs11
