#include "sidecar/node/tls.hpp"

#include <boost/asio/ssl.hpp>
#include <fmt/format.h>

namespace chela::sidecar::node {

namespace asio = boost::asio;

Result<std::shared_ptr<asio::ssl::context>> make_tls() {
    try {
        auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
        tls->set_options(
            asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
            asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
            asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_compression);
        tls->set_default_verify_paths();
        return tls;
    } catch (const boost::system::system_error& error) {
        return fail(
            ErrorCode::internal, fmt::format("TLS is not usable: {}", error.code().message()));
    }
}

}  // namespace chela::sidecar::node
