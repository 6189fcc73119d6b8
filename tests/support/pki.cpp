#include "tests/support/pki.hpp"

#include "tests/support/process.hpp"

#include <ctime>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace chela::test {

namespace {

void openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    ProcessOptions options;
    options.argv = std::move(arguments);
    const auto done = run(std::move(options), std::chrono::seconds{30});
    if (!done || done->status.code != 0)
        throw std::runtime_error{"openssl: " + (done ? done->err : done.error().detail)};
}

/// As `openssl ca -enddate` takes it.
std::string asn1_time(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::string text(15, '\0');
    std::strftime(text.data(), text.size() + 1, "%Y%m%d%H%M%SZ", &parts);
    return text;
}

void make_key(const std::filesystem::path& file) {
    openssl(
        {"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
         file.string()});
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace

Pki::Pki(std::filesystem::path folder) : folder_{std::move(folder)} {
    std::filesystem::create_directories(folder_ / "new");
    std::ofstream{folder_ / "index.txt"};
    std::ofstream{folder_ / "openssl.cnf"}
        << "[ca]\ndefault_ca=us\n[us]\ndatabase=" << (folder_ / "index.txt").string()
        << "\nnew_certs_dir=" << (folder_ / "new").string()
        << "\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nunique_subject=no\n"
           "[any]\ncommonName=supplied\n[req]\ndistinguished_name=dn\n[dn]\n";
    make_key(folder_ / "ca.key");
    openssl(
        {"req", "-x509", "-new", "-config", (folder_ / "openssl.cnf").string(), "-key",
         (folder_ / "ca.key").string(), "-subj", "/CN=chela test authority", "-days", "2",
         "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
         "keyUsage=critical,keyCertSign,cRLSign", "-out", ca().string()});
}

Pki::Pair Pki::issue(const std::string& name, const Wish& wish) const {
    Pair pair{folder_ / (name + ".crt"), folder_ / (name + ".key")};
    const auto request = folder_ / (name + ".csr");
    const auto extensions = folder_ / (name + ".ext");
    make_key(pair.key);
    openssl(
        {"req", "-new", "-config", (folder_ / "openssl.cnf").string(), "-key", pair.key.string(),
         "-subj", "/CN=" + name, "-out", request.string()});
    {
        std::ofstream out{extensions};
        out << wish.extra << '\n';
        if (!wish.purpose.empty()) out << "extendedKeyUsage=" << wish.purpose << '\n';
        if (!wish.names.empty()) out << "subjectAltName=" << wish.names << '\n';
    }
    const auto now = std::chrono::system_clock::now();
    openssl(
        {"ca", "-batch", "-notext", "-config", (folder_ / "openssl.cnf").string(), "-cert",
         ca().string(), "-keyfile", (folder_ / "ca.key").string(), "-startdate",
         asn1_time(now - std::chrono::hours{1}), "-enddate", asn1_time(now + wish.life), "-extfile",
         extensions.string(), "-in", request.string(), "-out", pair.certificate.string()});
    return pair;
}

}  // namespace chela::test
