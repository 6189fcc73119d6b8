// Must compile: the control of forge_ and copy_approved_preimage.cpp, which differ from it only in
// who asks.
#include "chains/preimage/preimage.hpp"

#include <utility>

namespace chela::policy {

class Gate {
public:
    static chains::ApprovedPreimage approve(chains::Preimage preimage, Address signer);
};

chains::ApprovedPreimage Gate::approve(chains::Preimage preimage, Address signer) {
    chains::ApprovedPreimage approved{std::move(preimage), signer};
    return chains::ApprovedPreimage{std::move(approved)};
}

}  // namespace chela::policy
