#include "sidecar/store/session.hpp"

namespace chela::sidecar::store {
namespace {

/// More than there are texts in this folder; statements of texts that were made up are thrown away.
constexpr std::size_t kMaxIdle = 256;

}  // namespace

Session::Lease::Lease(Session& session, const std::string& text) : session_{session}, text_{text} {
    // Taken out, so that a statement is never used within its own use.
    if (auto idle = session_.idle_.extract(text)) {
        statement_ = std::move(idle.mapped());
        return;
    }
    statement_ = std::make_unique<soci::statement>(session_.soci_);
    statement_->alloc();
    statement_->prepare(text);
}

void Session::Lease::keep() {
    statement_->bind_clean_up();
    if (session_.idle_.size() >= kMaxIdle) session_.idle_.clear();
    session_.idle_.insert_or_assign(text_, std::move(statement_));
}

}  // namespace chela::sidecar::store
