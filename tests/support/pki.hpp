#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace chela::test {

/// A certificate authority made with the openssl program, and what it issues; all in one folder.
/// What fails in here throws.
class Pki {
public:
    /// @param folder  is made
    explicit Pki(std::filesystem::path folder);

    struct Pair {
        std::filesystem::path certificate;
        std::filesystem::path key;  ///< mode 0600
    };
    struct Wish {
        std::string names;  ///< as in openssl.cnf: "DNS:localhost,IP:127.0.0.1"; "" for none
        std::string purpose = "serverAuth";  ///< "" for none
        std::chrono::seconds life{std::chrono::hours{24}};
        std::string extra = "basicConstraints=critical,CA:FALSE";
    };
    /// @param name  of its files
    [[nodiscard]] Pair issue(const std::string& name, const Wish& wish) const;
    [[nodiscard]] std::filesystem::path ca() const { return folder_ / "ca.crt"; }

private:
    std::filesystem::path folder_;
};

}  // namespace chela::test
