#include "sidecar/node/tls_context.hpp"

#include <boost/asio/ssl.hpp>
#include <fmt/format.h>

namespace chela::sidecar::node {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> make_tls_context() {
    try {
        auto tls = std::make_shared<ssl::context>(ssl::context::tls_client);
        tls->set_options(
            ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
            ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression);
        tls->set_default_verify_paths();
        return tls;
    } catch (const boost::system::system_error& error) {
        return fail(
            ErrorCode::internal, fmt::format("TLS is not usable: {}", error.code().message()));
    }
}

}  // namespace chela::sidecar::node
