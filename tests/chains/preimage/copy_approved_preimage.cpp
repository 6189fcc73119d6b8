// Must not compile: one approval is one signature. Run by ctest, never linked.
#include "chains/preimage/preimage.hpp"

chela::chains::ApprovedPreimage duplicate(const chela::chains::ApprovedPreimage& approved);

chela::chains::ApprovedPreimage duplicate(const chela::chains::ApprovedPreimage& approved) {
    return approved;
}
