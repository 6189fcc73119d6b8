#include "tests/support/fake_node/chain/pool.hpp"

#include "tests/support/fake_node/chain/cost.hpp"
#include "tests/support/fake_node/chain/replacement.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace chela::test::fake_node {
namespace {

using enum RefusalKind;

const Line& line_of(const std::map<Address, Line>& lines, const Address& sender) {
    static const Line none;
    const auto found = lines.find(sender);
    return found == lines.end() ? none : found->second;
}

Standing standing_of(const Line& line, std::uint64_t nonce) {
    Standing out;
    for (const auto& [at, signed_tx] : line) {
        const Wei cost = worst_cost(signed_tx.transaction);
        out.expenditure = plus(out.expenditure, cost);
        if (at == nonce) out.replaced_cost = cost;
    }
    return out;
}

std::uint64_t nonce_of(const chains::SignedTransaction& signed_tx) {
    return chains::nonce(signed_tx.transaction).value;
}

}  // namespace

std::optional<Refusal> Pool::add(chains::SignedTransaction signed_tx, const Block& head) {
    if (contains(signed_tx.hash)) return Refusal{already_known, {}};
    if (auto refused = check_alone(signed_tx, options_, chain_id_, head)) return refused;
    if (auto refused = check_nonce(signed_tx, head.state)) return refused;
    return has_blobs(signed_tx.transaction) ? add_blob(std::move(signed_tx), head)
                                            : add_plain(std::move(signed_tx), head);
}

std::optional<Refusal> Pool::add_plain(chains::SignedTransaction signed_tx, const Block& head) {
    const Address sender = signed_tx.sender;
    const Standing standing = standing_of(line_of(pending_, sender), nonce_of(signed_tx));
    if (auto refused = check_funds(signed_tx, head.state, standing)) return refused;
    if (auto refused = check_delegation(signed_tx, head.state)) return refused;
    if (auto refused = check_authorities(signed_tx.transaction)) return refused;
    if (!line_of(blobs_, sender).empty()) return Refusal{address_reserved, {}};
    if (auto refused = make_room(signed_tx, head.state)) return refused;
    return place(std::move(signed_tx), head);
}

std::optional<Refusal> Pool::place(chains::SignedTransaction signed_tx, const Block& head) {
    const Address sender = signed_tx.sender;
    const std::uint64_t nonce = nonce_of(signed_tx);
    for (Lines* const lines : {&pending_, &queue_}) {
        const Line& line = line_of(*lines, sender);
        const auto old = line.find(nonce);
        if (old == line.end()) continue;
        if (!replaces(offer_of(old->second.transaction), offer_of(signed_tx.transaction)))
            return Refusal{replacement_underpriced, {}};
        (*lines)[sender].insert_or_assign(nonce, std::move(signed_tx));
        if (lines == &pending_) beats_[sender] = head.number;
        return std::nullopt;
    }
    queue_[sender].emplace(nonce, std::move(signed_tx));
    beats_.try_emplace(sender, head.number);
    promote(sender, head);
    truncate();
    return std::nullopt;
}

std::optional<Refusal> Pool::add_blob(chains::SignedTransaction signed_tx, const Block& head) {
    const Address sender = signed_tx.sender;
    const std::uint64_t nonce = nonce_of(signed_tx);
    const Line& line = line_of(blobs_, sender);
    const std::uint64_t gap = head.state.at(sender).nonce + line.size();
    if (nonce > gap)
        return Refusal{nonce_gap, fmt::format(": tx nonce {}, gapped nonce {}", nonce, gap)};
    if (auto refused = check_funds(signed_tx, head.state, standing_of(line, nonce))) return refused;
    const auto old = line.find(nonce);
    if (old == line.end() && line.size() >= options_.account_blobs)
        return Refusal{account_limit, fmt::format(": pooled {} txs", line.size())};
    if (auto refused = check_delegation(signed_tx, head.state)) return refused;
    if (!line_of(pending_, sender).empty() || !line_of(queue_, sender).empty())
        return Refusal{address_reserved, {}};
    if (old != line.end()) {
        const auto problem = blob_replacement_problem(
            offer_of(old->second.transaction), offer_of(signed_tx.transaction));
        if (problem) return Refusal{replacement_underpriced, *problem};
    }
    blobs_[sender].insert_or_assign(nonce, std::move(signed_tx));
    return std::nullopt;
}

std::optional<Refusal> Pool::make_room(
    const chains::SignedTransaction& signed_tx, const State& state) {
    if (size() < options_.global_slots + options_.global_queue) return std::nullopt;
    const auto price = [](const chains::SignedTransaction& each) {
        const Offer offer = offer_of(each.transaction);
        return std::pair{offer.cap, offer.tip};
    };
    const chains::SignedTransaction* cheapest = nullptr;
    bool is_pending = false;
    for (const Lines* const lines : {&pending_, &queue_}) {
        for (const auto& [sender, line] : *lines) {
            for (const auto& [nonce, each] : line) {
                if (cheapest != nullptr && price(each) >= price(*cheapest)) continue;
                cheapest = &each;
                is_pending = lines == &pending_;
            }
        }
    }
    if (cheapest == nullptr) return Refusal{pool_full, {}};
    if (price(signed_tx) <= price(*cheapest)) return Refusal{underpriced, {}};
    if (is_pending && is_gapped(signed_tx, state)) return Refusal{future_replaces_pending, {}};
    remove(TxHash{cheapest->hash});
    return std::nullopt;
}

bool Pool::is_gapped(const chains::SignedTransaction& signed_tx, const State& state) const {
    const Line& waiting = line_of(queue_, signed_tx.sender);
    for (auto at = next_nonce(signed_tx.sender, state); at < nonce_of(signed_tx); ++at)
        if (!waiting.contains(at)) return true;
    return false;
}

bool Pool::remove(TxHash hash) {
    for (Lines* const lines : {&pending_, &queue_, &blobs_}) {
        for (auto& [sender, line] : *lines) {
            const auto found = std::ranges::find_if(
                line, [&](const auto& entry) { return entry.second.hash == hash; });
            if (found == line.end()) continue;
            auto behind = line.erase(found);
            // What came after it waits for that nonce again; a blob transaction never waits.
            while (lines != &queue_ && behind != line.end()) {
                const auto at = behind++;
                if (lines == &pending_) {
                    queue(sender, line.extract(at));
                } else {
                    line.erase(at);
                }
            }
            if (line.empty()) lines->erase(Address{sender});
            return true;
        }
    }
    return false;
}

const chains::SignedTransaction* Pool::find(TxHash hash) const {
    for (const Lines* const lines : {&pending_, &queue_, &blobs_}) {
        for (const auto& [sender, line] : *lines) {
            for (const auto& [nonce, each] : line)
                if (each.hash == hash) return &each;
        }
    }
    return nullptr;
}

bool Pool::contains(TxHash hash) const {
    return find(hash) != nullptr;
}

Line Pool::executable(const Address& sender) const {
    Line out = line_of(pending_, sender);
    out.insert(line_of(blobs_, sender).begin(), line_of(blobs_, sender).end());
    return out;
}

Line Pool::queued(const Address& sender) const {
    return line_of(queue_, sender);
}

std::vector<Address> Pool::senders() const {
    std::vector<Address> out;
    for (const Lines* const lines : {&pending_, &queue_, &blobs_}) {
        for (const auto& [sender, line] : *lines)
            if (!line.empty() && std::ranges::find(out, sender) == out.end()) out.push_back(sender);
    }
    return out;
}

std::size_t Pool::size() const {
    std::size_t out = 0;
    for (const Lines* const lines : {&pending_, &queue_}) {
        for (const auto& [sender, line] : *lines)
            out += line.size();
    }
    return out;
}

std::uint64_t Pool::next_nonce(const Address& sender, const State& state) const {
    std::uint64_t next = state.at(sender).nonce;
    for (const Lines* const lines : {&pending_, &blobs_})
        while (line_of(*lines, sender).contains(next))
            ++next;
    return next;
}

}  // namespace chela::test::fake_node
