// A30: is this the program that the sources say?
#include "tests/security/support/world.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <set>
#include <sys/stat.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace chela::test::security {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

fs::path binary() {
    return world().sidecar.binary();
}

/// What the dynamic section and the program headers of a 64-bit ELF file say.
struct Elf {
    explicit Elf(std::string file) : bytes{std::move(file)} {
        const auto head = at<Elf64_Ehdr>(0);
        type = head.e_type;
        std::vector<Elf64_Phdr> parts;
        for (std::size_t i = 0; i < head.e_phnum; ++i)
            parts.push_back(at<Elf64_Phdr>(head.e_phoff + i * head.e_phentsize));
        for (const auto& part : parts) {
            if (part.p_type == PT_GNU_RELRO) has_relro = true;
            if (part.p_type == PT_GNU_STACK) stack_is_code = (part.p_flags & PF_X) != 0;
            if ((part.p_flags & PF_W) != 0 && (part.p_flags & PF_X) != 0) has_write_and_run = true;
        }
        for (const auto& part : parts)
            if (part.p_type == PT_DYNAMIC) read_dynamic(part, parts);
    }

    std::string bytes;
    unsigned type = 0;
    bool has_relro = false;
    bool stack_is_code = true;
    bool has_write_and_run = false;
    bool binds_now = false;
    std::string run_path;
    std::set<std::string> needed;

private:
    template <class T>
    [[nodiscard]] T at(std::size_t offset) const {
        T out{};
        if (offset + sizeof out > bytes.size()) throw std::runtime_error{"the ELF file is cut"};
        std::memcpy(&out, bytes.data() + offset, sizeof out);
        return out;
    }
    void read_dynamic(const Elf64_Phdr& part, const std::vector<Elf64_Phdr>& parts) {
        std::vector<Elf64_Dyn> entries;
        for (std::size_t i = 0; i < part.p_filesz / sizeof(Elf64_Dyn); ++i)
            entries.push_back(at<Elf64_Dyn>(part.p_offset + i * sizeof(Elf64_Dyn)));
        std::size_t strings = 0;
        for (const auto& entry : entries)
            if (entry.d_tag == DT_STRTAB) strings = offset_of(entry.d_un.d_ptr, parts);
        for (const auto& entry : entries) {
            const auto text = [&] {
                return std::string{bytes.c_str() + strings + entry.d_un.d_val};
            };
            if (entry.d_tag == DT_NEEDED) needed.insert(text());
            if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH) run_path = text();
            if (entry.d_tag == DT_BIND_NOW) binds_now = true;
            if (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_BIND_NOW) != 0) binds_now = true;
            if (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_NOW) != 0) binds_now = true;
        }
    }
    static std::size_t offset_of(std::size_t address, const std::vector<Elf64_Phdr>& parts) {
        for (const auto& part : parts)
            if (part.p_type == PT_LOAD && address >= part.p_vaddr &&
                address < part.p_vaddr + part.p_filesz)
                return address - part.p_vaddr + part.p_offset;
        throw std::runtime_error{"an address is in no part of the ELF file"};
    }
};

TEST(a30, supply_chain_the_link_repeats_byte_for_byte) {
    const fs::path folder = fs::canonical(binary()).parent_path().parent_path();
    ASSERT_TRUE(fs::exists(folder / "build.ninja"))
        << binary() << " is in no build folder, so it cannot be linked again";
    ProcessOptions ask;
    ask.argv = {"ninja", "-C", folder.string(), "-t", "commands", "-s", "bin/chela"};
    const auto commands = must(run(std::move(ask), std::chrono::seconds{60}));
    ASSERT_EQ(commands.status.code, 0) << commands.err;
    std::string link = commands.out;
    const std::string output = "-o bin/chela ";
    const auto at = link.find(output);
    ASSERT_NE(at, std::string::npos) << link;
    TempDir again;
    link.replace(at, output.size(), "-o " + (again.path() / "chela").string() + " ");
    ProcessOptions options;
    options.argv = {"sh", "-ec", link};
    options.dir = folder;
    const auto linked = must(run(std::move(options), std::chrono::seconds{170}));
    ASSERT_EQ(linked.status.code, 0) << linked.err;
    EXPECT_TRUE(read_file(again.path() / "chela") == read_file(binary()))
        << "a second link of the same objects gives other bytes";
}

TEST(a30, supply_chain_the_program_is_hardened) {
    const Elf elf{read_file(binary())};
    EXPECT_EQ(elf.type, ET_DYN) << "position-independent";
    EXPECT_TRUE(elf.has_relro);
    EXPECT_TRUE(elf.binds_now);
    EXPECT_FALSE(elf.stack_is_code);
    EXPECT_FALSE(elf.has_write_and_run);
    EXPECT_EQ(elf.run_path, "") << "no library from a folder that somebody else may fill";
    EXPECT_NE(elf.bytes.find("__stack_chk_fail"), std::string::npos);
}

TEST(a30, supply_chain_the_program_needs_known_libraries_only) {
    const Elf elf{read_file(binary())};
    ASSERT_FALSE(elf.needed.empty());
    const std::vector<std::string> known{"ld-linux",     "libboost_url", "libc",
                                         "libcrypto",    "libfmt",       "libgcc_s",
                                         "libm",         "libp11-kit",   "libprometheus-cpp-core",
                                         "libsecp256k1", "libsoci_core", "libsoci_sqlite3",
                                         "libspdlog",    "libsqlite3",   "libssl",
                                         "libstdc++",    "libyaml-cpp",  "libz",
                                         "libdl",        "libpthread"};
    for (const auto& library : elf.needed) {
        const auto name = library.substr(0, std::min(library.find(".so"), library.find("-x86")));
        EXPECT_NE(std::ranges::find(known, name), known.end()) << library;
    }
}

TEST(a30, supply_chain_the_program_says_which_it_is) {
    const Json version = world().sidecar.cli_json({"version"});
    EXPECT_FALSE(version.at("version").get<std::string>().empty()) << version;
    struct stat info{};
    ASSERT_EQ(::stat(binary().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & (S_ISUID | S_ISGID | S_IWOTH), 0U);
}

}  // namespace
}  // namespace chela::test::security
