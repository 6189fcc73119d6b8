#include "sidecar/app/server_process.hpp"

#include "sidecar/api/context.hpp"
#include "sidecar/app/chain_watch.hpp"
#include "sidecar/app/head_watch.hpp"
#include "sidecar/app/identities.hpp"
#include "sidecar/app/listeners.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/app/policy_watch.hpp"
#include "sidecar/app/version.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/rethrow.hpp"
#include "sidecar/http/server.hpp"
#include "sidecar/node/tls.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/telemetry/log.hpp"
#include "sidecar/telemetry/signer_log.hpp"
#include "sidecar/telemetry/signer_meter.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kStartLimit{30};
// Calls that wait at the same time share one commit: with few threads few would wait.
constexpr unsigned kStoreThreads = 16;

Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

flow::DriverOptions driver_options(const config::Config& config) {
    flow::DriverOptions options;
    for (const auto& chain : config.chains)
        options.poll_interval = std::min(options.poll_interval, chain.poll_interval);
    return options;
}

http::ServerOptions server_options(const config::Config& config) {
    http::ServerOptions options;
    options.limits.max_body_bytes = config.server.max_body_bytes;
    options.limits.request_timeout = config.server.request_timeout;
    options.allowed_hosts = config.server.allowed_hosts;
    options.on_access = [](const http::AccessEntry& entry) {
        log::event(
            log::Level::info, "http_request",
            {{"request_id", entry.request_id},
             {"method", entry.method},
             {"route", entry.route},
             {"status", entry.status},
             {"duration_us", entry.duration.count()},
             {"unix_socket", entry.unix_socket}});
    };
    return options;
}

void set_log_level(const config::Config& config) {
    if (const auto level = log::parse_level(config.log.level)) log::set_level(*level);
}

/// Who hears of what happens below.
struct Telling {
    std::shared_ptr<telemetry::Metrics> metrics;
    std::shared_ptr<hooks::Bell> bell;        ///< of commits
    std::shared_ptr<asio::ssl::context> tls;  ///< for webhooks
};

hooks::PrivateTargets private_targets(const config::Config& config) {
    return config.webhooks.allow_private ? hooks::PrivateTargets::allow
                                         : hooks::PrivateTargets::refuse;
}

hooks::Road road(const Telling& telling, const config::Config& config) {
    return {.tls = telling.tls, .private_targets = private_targets(config)};
}

/// As many as may be inside a token at once, and beside them those that read what the next
/// signature is of, check the last one or sign with software keys, so that no session waits for
/// chela. No more: who waits inside the token's queue waits at most as long as a signature may.
unsigned signing_threads(const config::Config& config) {
    constexpr unsigned kMostBeside = 16;
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    const unsigned inside = config.token ? std::min(config.token->sessions, cores) : 0;
    return inside + std::min(cores, kMostBeside);
}

std::shared_ptr<const http::Router> doors(api::Context& api, const rpc::Parts& rpc) {
    auto router = api::make_router(api);
    rpc::add_routes(*router, rpc);
    return router;
}

/// Everything that a serving process owns, in the order of its dependencies.
class ServerProcess {
public:
    ServerProcess(Opened opened, auth::JwtKey jwt_key, Telling telling)
        : opened_{std::move(opened)},
          jwt_key_{std::move(jwt_key)},
          signing_pool_{signing_threads(opened_.config)},
          keyring_{*opened_.store, opened_.back_ends.sources, opened_.state.keys_lock()},
          services_{*opened_.store,
                    gate_,
                    keyring_,
                    *clock_,
                    store_pool_.get_executor(),
                    signing_pool_.get_executor(),
                    nullptr},
          chain_watch_{
              context_.get_executor(),
              services_,
              opened_.config,
              {.on_change =
                   [this](const auto& config, const auto& stored) {
                       head_watch_.follow(nodes_of(config, stored), *services_.chains);
                   }}},
          driver_{context_.get_executor(), services_, driver_options(opened_.config)},
          head_watch_{context_.get_executor(), driver_},
          intents_{services_, driver_, {opened_.config.intents.require_simulation}},
          approval_watch_{context_.get_executor(), services_, intents_, {}},
          bundles_{context_.get_executor(), services_, intents_, {}},
          policy_watch_{
              context_.get_executor(),
              {*opened_.store, *clock_, store_pool_, telling.metrics},
              opened_.config.policy},
          event_watch_{context_.get_executor(), *opened_.store, store_pool_, telling.bell, {}},
          hook_parts_{*opened_.store, *clock_, store_pool_, telling.metrics, random_number},
          dispatcher_{
              context_.get_executor(),
              hook_parts_,
              event_watch_,
              road(telling, opened_.config),
              {}},
          hooks_{event_watch_, dispatcher_, hook_parts_},
          agents_{*opened_.store, keyring_, *clock_},
          issuer_{*opened_.store, jwt_key_, *clock_, opened_.config.intents.default_token_ttl},
          authority_{std::make_shared<auth::EmbeddedAuthority>(issuer_, store_pool_)},
          authenticator_{issuer_, store_pool_},
          api_{services_, agents_,  intents_,      approval_watch_,       authenticator_,
               issuer_,   jwt_key_, clock_->now(), std::string{kVersion}, &hooks_},
          rpc_{services_,      intents_,     bundles_,
               authenticator_, api_.version, opened_.config.rpc.default_chain},
          server_{context_, doors(api_, rpc_), server_options(opened_.config)} {
        services_.metrics = std::move(telling.metrics);
        services_.take_up_chains = [this] { return chain_watch_.take_up(); };
    }

    asio::io_context& context() { return context_; }
    Status start(const ServeOptions& options);
    void run();

    /// @return null, and why in `status`
    static std::unique_ptr<ServerProcess> make(
        Opened opened, auth::JwtKey jwt_key, Telling telling, Status& status);

private:
    void watch_signals();
    asio::awaitable<void> heed(int signal);
    asio::awaitable<void> shut_down();
    asio::awaitable<void> reload();
    asio::awaitable<Status> take_over(config::Config config);

    Opened opened_;
    auth::JwtKey jwt_key_;
    std::shared_ptr<const Clock> clock_ = std::make_shared<SystemClock>();
    asio::io_context context_{1};
    asio::signal_set signals_{
        context_, SIGTERM, SIGINT, SIGHUP};  // from the start: none may kill us half-way
    asio::thread_pool store_pool_{kStoreThreads};
    asio::thread_pool signing_pool_;
    policy::Gate gate_{*opened_.store};
    flow::Keyring keyring_;
    flow::Services services_;
    ChainWatch chain_watch_;
    flow::LaneDriver driver_;
    HeadWatch head_watch_;
    flow::Intents intents_;
    flow::ApprovalWatch approval_watch_;
    flow::CallBundles bundles_;
    PolicyWatch policy_watch_;
    hooks::EventWatch event_watch_;
    hooks::Parts hook_parts_;
    hooks::Dispatcher dispatcher_;
    api::HookParts hooks_;
    flow::Agents agents_;
    auth::TokenIssuer issuer_;
    std::shared_ptr<auth::Authority> authority_;
    auth::Authenticator authenticator_;
    api::Context api_;
    rpc::Parts rpc_;
    http::Server server_;
};

std::unique_ptr<ServerProcess> ServerProcess::make(
    Opened opened, auth::JwtKey jwt_key, Telling telling, Status& status) {
    auto process =
        std::make_unique<ServerProcess>(std::move(opened), std::move(jwt_key), std::move(telling));
    status = process->chain_watch_.load();
    return status ? std::move(process) : nullptr;
}

Status ServerProcess::start(const ServeOptions& options) {
    auto identities = make_identities(opened_.config, context_.get_executor(), authority_, clock_);
    if (!identities) return std::unexpected{identities.error()};
    authenticator_.set_identities(std::move(*identities));
    // Nothing is served before what an earlier process left is taken up.
    std::optional<Status> recovered;
    asio::co_spawn(
        context_, driver_.recover(in(kStartLimit)),
        [&recovered](const std::exception_ptr& error, Status status) {
            rethrow(error);
            recovered = std::move(status);
        });
    while (!recovered && context_.run_one() > 0) {
    }
    if (!recovered) bug("the I/O context ran dry during recovery");
    if (!*recovered) return *recovered;
    return listen(server_, opened_.config.server, options);
}

void ServerProcess::run() {
    watch_signals();
    approval_watch_.start();
    bundles_.start();
    policy_watch_.start();
    chain_watch_.start();
    event_watch_.start();
    dispatcher_.start();
    log::event(log::Level::info, "ready", {{"version", std::string{kVersion}}});
    context_.run();
    signing_pool_.join();
    store_pool_.join();
    log::event(log::Level::info, "stopped", {});
}

void ServerProcess::watch_signals() {
    signals_.async_wait([this](boost::system::error_code error, int number) {
        if (!error) asio::co_spawn(context_, heed(number), rethrow);
    });
}

asio::awaitable<void> ServerProcess::heed(int signal) {
    if (signal == SIGHUP) {
        co_await reload();
        watch_signals();
        co_return;
    }
    log::event(
        log::Level::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    co_await shut_down();
}

asio::awaitable<void> ServerProcess::shut_down() {
    driver_.release_waiters();
    co_await server_.drain(opened_.config.server.drain_timeout);
    co_await dispatcher_.stop();
    co_await event_watch_.stop();
    co_await policy_watch_.stop();
    co_await chain_watch_.stop();
    head_watch_.stop();
    co_await bundles_.stop();
    co_await approval_watch_.stop();
    co_await driver_.stop();
    authenticator_.set_identities({});
    context_.stop();
}

asio::awaitable<void> ServerProcess::reload() {
    auto config = load_config(opened_.state.root);
    const auto done =
        config ? co_await take_over(std::move(*config)) : Status{std::unexpected{config.error()}};
    if (!done) log::event(log::Level::error, "reload_refused", {{"detail", done.error().detail}});
}

/// Whatever may be refused comes first; then all of it holds.
asio::awaitable<Status> ServerProcess::take_over(config::Config config) {
    auto chains = co_await chain_watch_.prepare(config);
    if (!chains) co_return std::unexpected{chains.error()};
    auto identities = make_identities(config, context_.get_executor(), authority_, clock_);
    if (!identities) co_return std::unexpected{identities.error()};
    if (auto ok = co_await policy_watch_.reload(config.policy); !ok) co_return ok;
    authenticator_.set_identities(std::move(*identities));
    chain_watch_.adopt(std::move(*chains));
    dispatcher_.use(private_targets(config));
    rpc_.default_chain = config.rpc.default_chain;
    set_log_level(config);
    log::event(
        log::Level::info, "reloaded",
        {{"chains", config.chains.size()},
         {"identities", config.identities.size()},
         {"policy_files", config.policy.files.size()}});
    co_return Status{};
}

/// Whoever can write these decides what is signed. chela.yaml may be read by others (a mounted
/// ConfigMap is), not written.
Status check_modes(const StateDirectory& state) {
    if (auto ok = check_mode(state.root, 0755); !ok) return ok;
    if (auto ok = check_mode(state.config(), 0644); !ok) return ok;
    return check_mode(state.database(), 0600);
}

}  // namespace

Status serve(const ServeOptions& options) {
    auto config = load_config(options.directory);
    if (!config) return std::unexpected{config.error()};
    set_log_level(*config);
    const StateDirectory state{config->dir};
    if (auto ok = check_modes(state); !ok) return ok;
    const auto lock = DirectoryLock::take(state.lock());
    if (!lock) return std::unexpected{lock.error()};
    auto store = open_store(state, *lock);
    if (!store) return std::unexpected{store.error()};
    if (auto ok = start_with_policy_files(**store, config->policy, SystemClock{}.now()); !ok)
        return ok;
    auto tls = node::make_tls({});
    if (!tls) return std::unexpected{tls.error()};
    const Telling telling{
        std::make_shared<telemetry::Metrics>(), std::make_shared<hooks::Bell>(), *std::move(tls)};
    (*store)->report_commits_to([telling](std::size_t calls) {
        telling.metrics->store_committed(calls);
        telling.bell->ring();
    });
    auto back_ends = open_back_ends(
        *config, std::make_shared<telemetry::SignerMeter>(
                     telling.metrics, std::make_shared<log::SignerLog>()));
    if (!back_ends) return std::unexpected{back_ends.error()};
    for (const auto& source : back_ends->sources)
        log::event(log::Level::info, "key_back_end", {{"keys_in", to_string(source->origin())}});
    auto jwt_key = auth::JwtKey::load(state.jwt_key());
    if (!jwt_key) return std::unexpected{jwt_key.error()};
    Status status;
    const auto process = ServerProcess::make(
        Opened{state, std::move(*config), std::move(*store), std::move(*back_ends)},
        std::move(*jwt_key), telling, status);
    if (!process) return status;
    if (auto ok = process->start(options); !ok) return ok;
    process->run();
    return {};
}

}  // namespace chela::sidecar::app
