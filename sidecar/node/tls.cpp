#include "sidecar/node/tls.hpp"

#include <boost/asio/ssl.hpp>
#include <fmt/format.h>

namespace chela::sidecar::node {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> make_tls(
    const std::optional<std::filesystem::path>& ca_file) {
    try {
        auto tls = std::make_shared<ssl::context>(ssl::context::tls_client);
        tls->set_options(
            ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
            ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::no_compression);
        if (!ca_file) {
            tls->set_default_verify_paths();
            return tls;
        }
        boost::system::error_code code;
        static_cast<void>(tls->load_verify_file(ca_file->string(), code));  // it is in `code`
        if (!code) return tls;
        return fail(
            ErrorCode::invalid_input,
            fmt::format(
                "{} is not a readable file of PEM certificates: {}", ca_file->string(),
                code.message()),
            "E_NODE_CA_FILE");
    } catch (const boost::system::system_error& error) {
        return fail(
            ErrorCode::internal, fmt::format("TLS is not usable: {}", error.code().message()));
    }
}

}  // namespace chela::sidecar::node
