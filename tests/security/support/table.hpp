#pragma once

#include <string>
#include <vector>

namespace chela::test::security {

/// One attack, and what stands against it. Its tests are the suite of that name.
struct Row {
    const char* suite;  ///< "a01" … "a30"
    const char* attack;
    const char* control;
};

[[nodiscard]] const std::vector<Row>& rows();

/// Prints each row with what became of its tests once all have run. Call it before they do.
void print_table_at_the_end();

}  // namespace chela::test::security
