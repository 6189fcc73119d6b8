#include "sidecar/app/tls_watch.hpp"

#include "chains/base/rfc3339.hpp"
#include "sidecar/edge/wait.hpp"
#include "sidecar/telemetry/log.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace chela::sidecar::app {

namespace asio = boost::asio;

namespace {

std::vector<std::filesystem::path> files_of(const config::TlsSection& section) {
    std::vector files{section.certificate_file, section.key_file};
    if (section.client_ca_file) files.push_back(*section.client_ca_file);
    return files;
}

}  // namespace

http::TlsFiles tls_files(const config::TlsSection& section) {
    return {
        .certificate = section.certificate_file,
        .key = section.key_file,
        .client_ca = section.client_ca_file,
        .client_certificate = section.require_client_certificate
                                  ? http::ClientCertificate::required
                                  : http::ClientCertificate::optional};
}

TlsWatch::TlsWatch(asio::any_io_executor executor, TlsWatchParts parts)
    : executor_{std::move(executor)},
      parts_{std::move(parts)},
      alarm_{executor_} {}

Result<TlsWatch::Prepared> TlsWatch::prepare(
    const std::optional<config::TlsSection>& section) const {
    if (is_adopted_ && section.has_value() != section_.has_value())
        return fail(
            ErrorCode::invalid_input, "turning server.tls on or off takes a restart",
            "E_TLS_RESTART");
    Prepared prepared{.section = section, .stamps = {}, .tls = std::nullopt};
    if (!section) return prepared;
    prepared.stamps = stamps_of(files_of(*section));
    auto tls = http::make_server_tls(tls_files(*section), parts_.clock.now());
    if (!tls) return std::unexpected{tls.error()};
    prepared.tls = *std::move(tls);
    return prepared;
}

void TlsWatch::adopt(Prepared prepared) {
    section_ = std::move(prepared.section);
    is_adopted_ = true;
    files_.settle(std::move(prepared.stamps));
    alarm_.cancel();
    if (!prepared.tls) return;
    const TimePoint valid_until = prepared.tls->valid_until;
    parts_.use(*std::move(prepared.tls));
    parts_.metrics->tls_loaded(valid_until);
    log::event(
        log::Level::info, "tls_loaded",
        {{"certificate_file", section_->certificate_file.string()},
         {"valid_until", to_rfc3339(valid_until)}});
}

void TlsWatch::start() {
    if (!section_) return;
    is_running_ = true;
    asio::co_spawn(executor_, run(this), asio::detached);
}

asio::awaitable<void> TlsWatch::run(TlsWatch* self) {
    while (!self->stopping_) {
        self->look();
        self->alarm_.expires_after(self->section_->watch_interval);
        co_await self->alarm_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    self->is_running_ = false;
}

void TlsWatch::look() {
    auto stamps = stamps_of(files_of(*section_));
    if (!files_.look(stamps)) return;
    auto prepared = prepare(section_);
    // They changed while they were read: the next look begins anew.
    if (stamps_of(files_of(*section_)) != stamps) return;
    if (prepared) return adopt(*std::move(prepared));
    files_.settle(std::move(stamps));
    parts_.metrics->tls_reload_refused();
    log::event(
        log::Level::error, "tls_reload_refused",
        {{"code", reason_of(prepared.error())}, {"detail", prepared.error().detail}});
}

asio::awaitable<void> TlsWatch::stop() {
    stopping_ = true;
    alarm_.cancel();
    co_await wait_while([this] { return is_running_; });
}

}  // namespace chela::sidecar::app
