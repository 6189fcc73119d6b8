// The attacks A1 to A30 on the built binary, one suite a row; see README.md.
#include "tests/security/support/table.hpp"

#include <gmock/gmock.h>

int main(int argc, char** argv) {
    testing::InitGoogleMock(&argc, argv);
    chela::test::security::print_table_at_the_end();
    return RUN_ALL_TESTS();
}
