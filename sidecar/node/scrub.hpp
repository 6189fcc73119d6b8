#pragma once

#include "sidecar/node/client.hpp"
#include "sidecar/node/url.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chela::sidecar::node {

/// Takes an endpoint's credentials out of what it answers, since answers go on to agents: a node
/// that is curious, or whose errors show the request, would hand them over. Best effort: a node
/// that wants to tell can encode them in a way of its own. Secret: yes.
class Scrub {
public:
    /// The user info of the URL, and each part of its path and query that is as long as a key.
    explicit Scrub(const Endpoint& endpoint);

    /// Of a secret header as well, with and without the scheme before it.
    void add_header(std::string_view value);

    /// Replaces each of them by "[redacted]": as it is, in base64, base64url, hex, or
    /// percent-encoded.
    void clean(RpcAnswer& answer) const;
    /// The same in a body that was not read yet.
    void clean(std::string& body) const;

private:
    void add(std::string_view secret);

    std::vector<std::string> patterns_;
};

}  // namespace chela::sidecar::node
