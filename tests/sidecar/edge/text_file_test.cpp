#include "sidecar/edge/text_file.hpp"

#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <sys/stat.h>

#include <gtest/gtest.h>

namespace chela::sidecar {
namespace {

namespace fs = std::filesystem;

class text_file : public testing::Test {
protected:
    fs::path write(const fs::path& name, std::string_view text) const {
        const auto path = temp.path() / name;
        fs::create_directories(path.parent_path());
        std::ofstream{path, std::ios::binary} << text;
        return path;
    }
    test::TempDir temp;
};

TEST_F(text_file, reads_every_byte) {
    const std::string bytes{"a\0b\n\xff", 5};
    EXPECT_EQ(read_text_file(write("f", bytes)).value_or(""), bytes);
    EXPECT_EQ(read_text_file(write("empty", "")).value_or("?"), "");
    const std::string large(std::size_t{300} * 1024, 'x');
    EXPECT_EQ(read_text_file(write("large", large)).value_or(""), large);
}

TEST_F(text_file, says_what_is_wrong_with_the_path) {
    const auto missing = read_text_file(temp.path() / "nothing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_NE(missing.error().detail.find("nothing"), std::string::npos);
    const auto inside_a_file = read_text_file(write("f", "") / "g");
    ASSERT_FALSE(inside_a_file);
    EXPECT_EQ(inside_a_file.error().code, ErrorCode::not_found);
    const auto folder = read_text_file(temp.path());
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().code, ErrorCode::invalid_input);
}

TEST_F(text_file, a_pipe_that_nobody_writes_to_does_not_hang) {
    const auto pipe = temp.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const auto read = read_text_file(pipe);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::invalid_input);
}

TEST_F(text_file, a_file_over_the_limit_is_refused) {
    const auto path = write("huge", "");
    fs::resize_file(path, kMaxTextFile + 1);
    const auto read = read_text_file(path);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::too_large);
    fs::resize_file(path, kMaxTextFile);
    EXPECT_TRUE(read_text_file(path));
}

TEST_F(text_file, lists_regular_files_by_name_and_not_what_lies_deeper) {
    write("d/b.yaml", "");
    write("d/a.yaml", "");
    write("d/c.json", "");
    write("d/e.yaml/f.yaml", "");
    const auto files = list_files(temp.path() / "d", ".yaml");
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 2U);
    EXPECT_EQ((*files)[0].filename(), "a.yaml");
    EXPECT_EQ((*files)[1].filename(), "b.yaml");
}

TEST_F(text_file, a_folder_that_is_none_is_refused) {
    const auto missing = list_files(temp.path() / "nothing", ".yaml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    const auto file = list_files(write("f", ""), ".yaml");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace chela::sidecar
