#include "sidecar/app/server_process.hpp"

#include "sidecar/api/context.hpp"
#include "sidecar/app/chain_set.hpp"
#include "sidecar/app/identities.hpp"
#include "sidecar/app/opened.hpp"
#include "sidecar/app/version.hpp"
#include "sidecar/http/server.hpp"
#include "sidecar/telemetry/log.hpp"
#include "sidecar/telemetry/signer_log.hpp"

#include <algorithm>
#include <csignal>
#include <optional>
#include <system_error>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kStartLimit{30};

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

/// A token signs in as many calls as it has sessions, a software key in as many as there are cores.
unsigned signing_threads(const config::Config& config) {
    const unsigned token = config.token ? config.token->sessions : 1;
    const unsigned software = config.keystore ? std::thread::hardware_concurrency() : 1;
    return std::max({1U, token, software});
}

/// Everything that a serving process owns, in the order of its dependencies.
class ServerProcess {
public:
    ServerProcess(Opened opened, auth::JwtKey jwt_key, std::shared_ptr<const flow::ChainSet> chains)
        : opened_{std::move(opened)},
          jwt_key_{std::move(jwt_key)},
          signing_pool_{signing_threads(opened_.config)},
          keyring_{*opened_.store, opened_.back_ends.sources, opened_.state.keys_lock()},
          services_{*opened_.store, gate_,         keyring_,         *clock_,
                    store_pool_,    signing_pool_, std::move(chains)},
          driver_{context_.get_executor(), services_, driver_options(opened_.config)},
          intents_{services_, driver_, {opened_.config.intents.require_simulation}},
          agents_{*opened_.store, keyring_, *clock_},
          issuer_{*opened_.store, jwt_key_, *clock_, opened_.config.intents.default_token_ttl},
          authority_{std::make_shared<auth::EmbeddedAuthority>(issuer_, store_pool_)},
          authenticator_{issuer_, store_pool_},
          api_{
              services_,
              agents_,
              intents_,
              authenticator_,
              issuer_,
              jwt_key_,
              rpc_origins(opened_.config),
              clock_->now(),
              std::string{kVersion}},
          server_{context_, api::make_router(api_), server_options(opened_.config)} {}

    asio::io_context& context() { return context_; }
    Status start(const ServeOptions& options);
    void run();

    /// The executor must exist before the chain clients that the constructor takes.
    static std::unique_ptr<ServerProcess> make(Opened opened, auth::JwtKey jwt_key, Status& status);

private:
    Status use_identities(const config::Config& config);
    Status listen(const ServeOptions& options);
    asio::awaitable<void> watch_signals();
    asio::awaitable<void> shut_down();
    void reload();

    Opened opened_;
    auth::JwtKey jwt_key_;
    std::shared_ptr<const Clock> clock_ = std::make_shared<SystemClock>();
    asio::io_context context_{1};
    asio::signal_set signals_{
        context_, SIGTERM, SIGINT, SIGHUP};  // from the start: none may kill us half-way
    asio::thread_pool store_pool_{1};
    asio::thread_pool signing_pool_;
    policy::Gate gate_{*opened_.store};
    flow::Keyring keyring_;
    flow::Services services_;
    flow::LaneDriver driver_;
    flow::Intents intents_;
    flow::Agents agents_;
    auth::TokenIssuer issuer_;
    std::shared_ptr<auth::Authority> authority_;
    auth::Authenticator authenticator_;
    api::Context api_;
    http::Server server_;
};

std::unique_ptr<ServerProcess> ServerProcess::make(
    Opened opened, auth::JwtKey jwt_key, Status& status) {
    auto process = std::make_unique<ServerProcess>(std::move(opened), std::move(jwt_key), nullptr);
    auto chains = make_chain_set(process->opened_.config, process->context_.get_executor());
    if (!chains) {
        status = std::unexpected{chains.error()};
        return nullptr;
    }
    process->services_.chains = std::move(*chains);
    return process;
}

Status ServerProcess::use_identities(const config::Config& config) {
    auto identities = make_identities(config, context_.get_executor(), authority_, clock_);
    if (!identities) return std::unexpected{identities.error()};
    authenticator_.set_identities(std::move(*identities));
    return {};
}

Status ServerProcess::listen(const ServeOptions& options) {
    const auto& settings = opened_.config.server;
    const std::string address = options.listen.value_or(settings.listen);
    const auto socket = options.unix_socket ? options.unix_socket : settings.unix_socket;
    const auto port_file = options.port_file ? options.port_file : settings.port_file;
    if (address.empty() && !socket) {
        return fail(
            ErrorCode::invalid_input,
            "nothing to listen on: set server.listen or server.unix_socket", "E_NO_LISTENER");
    }
    if (socket) {
        if (auto ok = server_.listen_unix(*socket, settings.unix_socket_mode); !ok) return ok;
        log::event(log::Level::info, "listening", {{"unix_socket", socket->string()}});
    }
    if (address.empty()) return {};
    const auto port = server_.listen_tcp(address);
    if (!port) return std::unexpected{port.error()};
    log::event(log::Level::info, "listening", {{"tcp", address}, {"port", *port}});
    if (!port_file) return {};
    std::error_code ignored;
    const fs::path fresh =
        port_file->string() + ".new";  // whoever waits for the file must find a whole number in it
    fs::remove(fresh, ignored);
    if (auto ok = write_new_file(fresh, std::to_string(*port) + "\n", 0644); !ok) return ok;
    std::error_code error;
    fs::rename(fresh, *port_file, error);
    if (error)
        return fail(
            ErrorCode::unavailable, "cannot write " + port_file->string() + ": " + error.message(),
            "E_FILE");
    return {};
}

Status ServerProcess::start(const ServeOptions& options) {
    if (auto ok = use_identities(opened_.config); !ok) return ok;
    // Nothing is served before what an earlier process left is taken up.
    std::optional<Status> recovered;
    asio::co_spawn(
        context_, driver_.recover(in(kStartLimit)),
        [&recovered](const std::exception_ptr& error, Status status) {
            if (error) std::rethrow_exception(error);
            recovered = std::move(status);
        });
    while (!recovered && context_.run_one() > 0) {
    }
    if (!recovered) bug("the I/O context ran dry during recovery");
    if (!*recovered) return *recovered;
    return listen(options);
}

void ServerProcess::run() {
    asio::co_spawn(context_, watch_signals(), asio::detached);
    log::event(log::Level::info, "ready", {{"version", std::string{kVersion}}});
    context_.run();
    signing_pool_.join();
    store_pool_.join();
    log::event(log::Level::info, "stopped", {});
}

asio::awaitable<void> ServerProcess::watch_signals() {
    for (;;) {
        const auto [error, number] =
            co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (error) co_return;
        if (number == SIGHUP) {
            reload();
            continue;
        }
        log::event(
            log::Level::info, "stopping", {{"signal", number == SIGTERM ? "SIGTERM" : "SIGINT"}});
        co_await shut_down();
        co_return;
    }
}

asio::awaitable<void> ServerProcess::shut_down() {
    driver_.release_waiters();
    co_await server_.drain(opened_.config.server.drain_timeout);
    co_await driver_.stop();
    authenticator_.set_identities({});
    context_.stop();
}

void ServerProcess::reload() {
    const auto refuse = [](const Error& error) {
        log::event(log::Level::error, "reload_refused", {{"detail", error.detail}});
    };
    auto config = load_config(opened_.state.root);
    if (!config) return refuse(config.error());
    auto chains = make_chain_set(*config, context_.get_executor());
    if (!chains) return refuse(chains.error());
    if (auto ok = use_identities(*config); !ok) return refuse(ok.error());
    services_.chains = std::move(*chains);
    api_.rpc_origins = rpc_origins(*config);
    set_log_level(*config);
    log::event(
        log::Level::info, "reloaded",
        {{"chains", config->chains.size()}, {"identities", config->identities.size()}});
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
    auto store = open_store(state);
    if (!store) return std::unexpected{store.error()};
    const auto lock = DirectoryLock::take(state.lock());
    if (!lock) return std::unexpected{lock.error()};
    auto back_ends = open_back_ends(*config, std::make_shared<log::SignerLog>());
    if (!back_ends) return std::unexpected{back_ends.error()};
    for (const auto& source : back_ends->sources)
        log::event(log::Level::info, "key_back_end", {{"keys_in", to_string(source->origin())}});
    auto jwt_key = auth::JwtKey::load(state.jwt_key());
    if (!jwt_key) return std::unexpected{jwt_key.error()};
    Status status;
    const auto process = ServerProcess::make(
        Opened{state, std::move(*config), std::move(*store), std::move(*back_ends)},
        std::move(*jwt_key), status);
    if (!process) return status;
    if (auto ok = process->start(options); !ok) return ok;
    process->run();
    return {};
}

}  // namespace chela::sidecar::app
