#include "sidecar/app/server_process.hpp"

#include "sidecar/admin/config_view.hpp"
#include "sidecar/admin/door.hpp"
#include "sidecar/api/context.hpp"
#include "sidecar/app/authorities.hpp"
#include "sidecar/app/chain_watch.hpp"
#include "sidecar/app/head_watch.hpp"
#include "sidecar/app/identities.hpp"
#include "sidecar/app/issuer.hpp"
#include "sidecar/app/listeners.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/app/policy_watch.hpp"
#include "sidecar/app/server_settings.hpp"
#include "sidecar/app/tls_watch.hpp"
#include "sidecar/app/version.hpp"
#include "sidecar/edge/entropy.hpp"
#include "sidecar/edge/process.hpp"
#include "sidecar/edge/rethrow.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/http/server.hpp"
#include "sidecar/mcp/door.hpp"
#include "sidecar/node/tls.hpp"
#include "sidecar/rpc/door.hpp"
#include "sidecar/telemetry/log.hpp"
#include "sidecar/telemetry/signer_log.hpp"
#include "sidecar/telemetry/signer_meter.hpp"

#include <csignal>
#include <optional>
#include <unistd.h>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/ranges.h>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kStartLimit{30};
// Calls that wait at the same time share one commit: with few threads few would wait.
constexpr unsigned kStoreThreads = 16;
// Answers that agents asked for: a long one does not hold up all others.
constexpr unsigned kReadingThreads = 2;

Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
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

hooks::Road road(const Telling& telling, const config::Config& config) {
    return {.tls = telling.tls, .private_targets = private_targets(config)};
}

std::shared_ptr<const http::Router> doors(api::Context& api, const rpc::Parts& rpc) {
    auto router = api::make_router(api);
    rpc::add_routes(*router, rpc);
    mcp::add_routes(*router, api);
    return router;
}

std::shared_ptr<const http::Router> admin_doors(const admin::Parts& parts) {
    auto router = std::make_shared<http::Router>();
    admin::add_routes(*router, parts);
    return router;
}

std::shared_ptr<const http::Router> probe_doors(const std::shared_ptr<api::Checkup>& checkup) {
    auto router = std::make_shared<http::Router>();
    api::add_probe_routes(*router, checkup);
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
          intents_{services_, driver_, submit_options(opened_.config)},
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
          authenticator_{issuer_, store_pool_, call_limits(opened_.config)},
          api_{services_, agents_,  intents_,      approval_watch_,       authenticator_,
               issuer_,   jwt_key_, clock_->now(), std::string{kVersion}, &hooks_},
          rpc_{services_,      intents_,     bundles_,
               authenticator_, api_.version, opened_.config.rpc.default_chain},
          admin_{
              api_, ::geteuid(), [this]() -> const config::Config& { return opened_.config; },
              [this] { return reload(); }, [this] { stop("quit"); }},
          server_{context_, doors(api_, rpc_), server_options(opened_.config, telling.metrics)},
          admin_server_{
              context_, admin_doors(admin_), server_options(opened_.config, telling.metrics)},
          health_server_{context_, probe_doors(api_.checkup), health_options(telling.metrics)},
          tls_watch_{
              context_.get_executor(),
              {.clock = *clock_, .metrics = telling.metrics, .use = [this](http::ServerTls tls) {
                   server_.use(std::move(tls));
               }}} {
        telling.metrics->set_build(kVersion);
        services_.metrics = std::move(telling.metrics);
        services_.reading_pool = reading_pool_.get_executor();
        api_.checkup->use(readiness_rules(opened_.config));
        services_.take_up_chains = [this] { return chain_watch_.take_up(); };
    }

    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    // A probe may be under way whose session outlives the store.
    ~ServerProcess() { api_.checkup->close(); }

    asio::io_context& context() { return context_; }
    Status start(const ServeOptions& options);
    void run();

    /// @return null, and why in `status`
    static std::unique_ptr<ServerProcess> make(
        Opened opened, auth::JwtKey jwt_key, Telling telling, Status& status);

private:
    void watch_signals();
    asio::awaitable<void> heed(int signal);
    void stop(std::string_view cause);
    asio::awaitable<void> shut_down();
    /// What of it needs a restart.
    using Reloaded = Result<std::vector<std::string>>;
    asio::awaitable<Reloaded> reload();
    asio::awaitable<Reloaded> read_again();
    asio::awaitable<Reloaded> take_over(config::Config config);
    void use(std::vector<auth::Identity> identities, AgentHoldings holdings);
    Result<AgentHoldings> holdings_of(
        const config::Config& config, const std::vector<auth::Identity>& identities);
    void hold(config::Config config);
    Result<std::shared_ptr<auth::ServiceAccounts>> service_accounts(
        const config::ServerConfig& server);

    Opened opened_;
    auth::JwtKey jwt_key_;
    std::shared_ptr<const Clock> clock_ = std::make_shared<SystemClock>();
    asio::io_context context_{1};
    asio::signal_set signals_{
        context_, SIGTERM, SIGINT, SIGHUP};  // from the start: none may kill us half-way
    asio::thread_pool store_pool_{kStoreThreads};
    asio::thread_pool signing_pool_;
    asio::thread_pool reading_pool_{kReadingThreads};
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
    admin::Parts admin_;
    http::Server server_;
    http::Server admin_server_;
    http::Server health_server_;
    TlsWatch tls_watch_;
    bool is_reloading_ = false;
    bool is_stopping_ = false;
};

std::unique_ptr<ServerProcess> ServerProcess::make(
    Opened opened, auth::JwtKey jwt_key, Telling telling, Status& status) {
    auto process =
        std::make_unique<ServerProcess>(std::move(opened), std::move(jwt_key), std::move(telling));
    status = process->chain_watch_.load();
    return status ? std::move(process) : nullptr;
}

Status ServerProcess::start(const ServeOptions& options) {
    // Whoever probes from outside hears that it starts, instead of nothing.
    if (auto ok = listen_health(health_server_, opened_.config.health); !ok) return ok;
    auto identities = make_identities(
        opened_.config, context_.get_executor(), authority_, clock_, services_.metrics);
    if (!identities) return std::unexpected{identities.error()};
    auto holdings = holdings_of(opened_.config, *identities);
    if (!holdings) return std::unexpected{holdings.error()};
    use(std::move(*identities), std::move(*holdings));
    auto accounts = service_accounts(opened_.config.server);
    if (!accounts) return std::unexpected{accounts.error()};
    authenticator_.set_service_accounts(*std::move(accounts));
    auto tls = tls_watch_.prepare(opened_.config.server.tls);
    if (!tls) return std::unexpected{tls.error()};
    tls_watch_.adopt(*std::move(tls));
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
    if (auto ok = listen_admin(admin_server_, opened_.config.server); !ok) return ok;
    if (auto ok = listen(server_, opened_.config.server, options); !ok) return ok;
    api_.checkup->set_serving();
    return {};
}

void ServerProcess::run() {
    watch_signals();
    approval_watch_.start();
    bundles_.start();
    policy_watch_.start();
    tls_watch_.start();
    chain_watch_.start();
    event_watch_.start();
    dispatcher_.start();
    log::event(log::Level::info, "ready", {{"version", std::string{kVersion}}});
    context_.run();
    reading_pool_.join();
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
    if (signal != SIGHUP) {
        stop(signal == SIGTERM ? "SIGTERM" : "SIGINT");
        co_return;
    }
    co_await reload();
    watch_signals();
}

/// Once, whoever asks.
void ServerProcess::stop(std::string_view cause) {
    if (std::exchange(is_stopping_, true)) return;
    log::event(log::Level::info, "stopping", {{"cause", cause}});
    api_.checkup->set_draining();
    asio::co_spawn(context_, shut_down(), rethrow);
}

asio::awaitable<void> ServerProcess::shut_down() {
    co_await wait_while([this] { return is_reloading_; });
    driver_.release_waiters();
    co_await server_.drain(opened_.config.server.drain_timeout);
    // Until here they tell that it stops.
    co_await admin_server_.drain(opened_.config.server.drain_timeout);
    co_await health_server_.drain(std::chrono::milliseconds{0});
    co_await dispatcher_.stop();
    co_await event_watch_.stop();
    co_await policy_watch_.stop();
    co_await tls_watch_.stop();
    co_await chain_watch_.stop();
    head_watch_.stop();
    co_await bundles_.stop();
    co_await approval_watch_.stop();
    co_await driver_.stop();
    authenticator_.set_identities({});
    authenticator_.set_service_accounts(nullptr);
    context_.stop();
}

/// One at a time, whether a signal asks for it or the admin door.
asio::awaitable<ServerProcess::Reloaded> ServerProcess::reload() {
    co_await wait_while([this] { return is_reloading_; });
    if (is_stopping_) co_return fail(ErrorCode::conflict, "chela is stopping", "E_STOPPING");
    is_reloading_ = true;
    const auto done = co_await read_again();
    is_reloading_ = false;
    if (!done) log::event(log::Level::error, "reload_refused", {{"detail", done.error().detail}});
    co_return done;
}

asio::awaitable<ServerProcess::Reloaded> ServerProcess::read_again() {
    auto config = load_config(opened_.state.root);
    if (!config) co_return std::unexpected{config.error()};
    co_return co_await take_over(std::move(*config));
}

Result<std::shared_ptr<auth::ServiceAccounts>> ServerProcess::service_accounts(
    const config::ServerConfig& server) {
    if (!server.service_accounts) return nullptr;
    return make_service_accounts(
        *server.service_accounts, context_.get_executor(), clock_, services_.metrics);
}

/// Whatever may be refused comes first; then all of it holds.
asio::awaitable<ServerProcess::Reloaded> ServerProcess::take_over(config::Config config) {
    auto chains = co_await chain_watch_.prepare(config);
    if (!chains) co_return std::unexpected{chains.error()};
    auto identities =
        make_identities(config, context_.get_executor(), authority_, clock_, services_.metrics);
    if (!identities) co_return std::unexpected{identities.error()};
    auto holdings = holdings_of(config, *identities);
    if (!holdings) co_return std::unexpected{holdings.error()};
    auto accounts = service_accounts(config.server);
    if (!accounts) co_return std::unexpected{accounts.error()};
    auto tls = tls_watch_.prepare(config.server.tls);
    if (!tls) co_return std::unexpected{tls.error()};
    if (auto ok = co_await policy_watch_.reload(config.policy); !ok)
        co_return std::unexpected{ok.error()};
    tls_watch_.adopt(*std::move(tls));
    use(std::move(*identities), std::move(*holdings));
    authenticator_.set_service_accounts(*std::move(accounts));
    chain_watch_.adopt(std::move(*chains));
    dispatcher_.use(private_targets(config));
    api_.checkup->use(readiness_rules(config));
    rpc_.default_chain = config.rpc.default_chain;
    set_log_level(config);
    auto later = admin::needs_restart(opened_.config, config);
    log::event(
        later.empty() ? log::Level::info : log::Level::warn, "reloaded",
        {{"chains", config.chains.size()},
         {"identities", config.identities.size()},
         {"policy_files", config.policy.files.size()},
         {"needs_restart", fmt::format("{}", fmt::join(later, ", "))}});
    hold(std::move(config));
    co_return later;
}

Result<AgentHoldings> ServerProcess::holdings_of(
    const config::Config& config, const std::vector<auth::Identity>& identities) {
    auto holdings = held_holdings(config, identities, context_.get_executor());
    if (!holdings || holdings->empty() || opened_.back_ends.holdings) return holdings;
    return fail(
        ErrorCode::unsupported,
        "the first identity with an authority elsewhere needs a restart of chela serve");
}

void ServerProcess::use(std::vector<auth::Identity> identities, AgentHoldings holdings) {
    authenticator_.set_identities(std::move(identities));
    if (opened_.back_ends.holdings) opened_.back_ends.holdings->use(std::move(holdings));
}

/// What is read once, at the start, is as it was then.
void ServerProcess::hold(config::Config config) {
    auto& now = opened_.config;
    now.server.tls = std::move(config.server.tls);
    now.server.service_accounts = std::move(config.server.service_accounts);
    config.server = std::move(now.server);
    config.health.listen = std::move(now.health.listen);
    config.token = std::move(now.token);
    config.keystore = std::move(now.keystore);
    config.intents = now.intents;
    now = std::move(config);
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
    share_heaps();
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
