#pragma once

#include "chains/base/result.hpp"
#include "sidecar/auth/file_stamp.hpp"
#include "sidecar/node/access.hpp"
#include "signer/secret.hpp"

#include <string>
#include <utility>
#include <vector>

namespace chela::sidecar::node {

/// The headers of an endpoint whose values are secrets in files. A file is read again once it has
/// changed. Secret: the values leave in requests alone. Threads: one at a time.
class SecretHeaders {
public:
    explicit SecretHeaders(const Access& access);

    /// Name and value of each.
    /// @return as signer::read_secret_file; invalid_input E_NODE_HEADER_FILE: the file's text
    /// cannot be a header's value
    [[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>> read();

private:
    struct Entry {
        HeaderFile file;
        auth::FileStamp stamp;
        signer::Secret value;
    };
    std::vector<Entry> entries_;
};

}  // namespace chela::sidecar::node
