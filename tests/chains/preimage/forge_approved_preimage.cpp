// Must not compile: only policy::Gate makes an ApprovedPreimage. Run by ctest, never linked.
#include "chains/preimage/preimage.hpp"

#include <utility>

chela::chains::ApprovedPreimage forge(chela::chains::Preimage preimage, chela::Address signer);

chela::chains::ApprovedPreimage forge(chela::chains::Preimage preimage, chela::Address signer) {
    return chela::chains::ApprovedPreimage{std::move(preimage), signer};
}
