#include "tests/support/fake_node/chain/cost.hpp"
#include "tests/support/fake_node/chain/pool.hpp"

#include <algorithm>

// What moves between the lines of a Pool when the chain moves. Source: go-ethereum, legacypool
// runReorg.

namespace chela::test::fake_node {
namespace {

bool is_payable(const chains::SignedTransaction& signed_tx, const Block& head) {
    return worst_cost(signed_tx.transaction) <= head.state.at(signed_tx.sender).balance &&
           chains::gas_limit(signed_tx.transaction) <= head.gas_limit;
}

std::size_t total(const std::map<Address, Line>& lines) {
    std::size_t out = 0;
    for (const auto& [sender, line] : lines)
        out += line.size();
    return out;
}

}  // namespace

std::optional<Refusal> Pool::check_delegation(
    const chains::SignedTransaction& signed_tx, const State& state) const {
    const Address& sender = signed_tx.sender;
    const auto names_sender = [&](const chains::SignedTransaction& pooled) {
        const auto* typed = std::get_if<chains::Eip7702Transaction>(&pooled.transaction);
        return typed != nullptr &&
               std::ranges::any_of(typed->authorization_list, [&](const auto& each) {
                   return chains::recover_authority(each) == sender;
               });
    };
    bool is_limited = !state.at(sender).code.empty();
    for (const Lines* const lines : {&pending_, &queue_}) {
        for (const auto& [other, line] : *lines)
            for (const auto& [nonce, pooled] : line)
                is_limited = is_limited || names_sender(pooled);
    }
    if (!is_limited) return std::nullopt;
    const Line in_flight = executable(sender);
    const std::uint64_t nonce = chains::nonce(signed_tx.transaction).value;
    if (in_flight.contains(nonce)) return std::nullopt;
    if (!in_flight.empty()) return Refusal{RefusalKind::delegated_in_flight, {}};
    if (nonce != next_nonce(sender, state)) return Refusal{RefusalKind::delegated_gap, {}};
    return std::nullopt;
}

std::optional<Refusal> Pool::check_authorities(const chains::Transaction& transaction) const {
    const auto* typed = std::get_if<chains::Eip7702Transaction>(&transaction);
    if (typed == nullptr) return std::nullopt;
    for (const auto& each : typed->authorization_list) {
        const auto authority = chains::recover_authority(each);
        if (!authority) continue;
        const auto has_blob = blobs_.find(*authority);
        const bool is_reserved = has_blob != blobs_.end() && !has_blob->second.empty();
        const std::size_t pooled = executable(*authority).size() + queued(*authority).size();
        if (pooled > 1 || is_reserved) return Refusal{RefusalKind::authority_reserved, {}};
    }
    return std::nullopt;
}

void Pool::reset(const Block& head) {
    for (const Address& sender : senders()) {
        promote(sender, head);
        demote(sender, head);
        reset_blobs(sender, head.state);
        if (queue_.contains(sender)) beats_.try_emplace(sender, head.number);
    }
    std::erase_if(queue_, [&](const auto& entry) {
        const auto beat = beats_.find(entry.first);
        return beat != beats_.end() &&
               head.number.value > beat->second.value + options_.lifetime_blocks;
    });
    truncate();
}

void Pool::promote(const Address& sender, const Block& head) {
    const auto waiting = queue_.find(sender);
    if (waiting == queue_.end()) return;
    Line& line = waiting->second;
    const std::uint64_t nonce = head.state.at(sender).nonce;
    std::erase_if(line, [&](const auto& entry) {
        return entry.first < nonce || !is_payable(entry.second, head);
    });
    for (auto next = next_nonce(sender, head.state); line.contains(next);
         next = next_nonce(sender, head.state)) {
        pending_[sender].insert(line.extract(next));
        beats_[sender] = head.number;
    }
    while (line.size() > options_.account_queue)
        line.erase(std::prev(line.end()));
    if (line.empty()) {
        queue_.erase(waiting);
        beats_.erase(sender);
    }
}

void Pool::demote(const Address& sender, const Block& head) {
    const auto found = pending_.find(sender);
    if (found == pending_.end()) return;
    Line& line = found->second;
    std::uint64_t next = head.state.at(sender).nonce;
    line.erase(line.begin(), line.lower_bound(next));
    auto at = line.begin();
    while (at != line.end() && at->first == next && is_payable(at->second, head)) {
        ++at;
        ++next;
    }
    while (at != line.end()) {
        const auto behind = at++;
        if (is_payable(behind->second, head)) {
            queue(sender, line.extract(behind));
        } else {
            line.erase(behind);
        }
    }
    if (line.empty()) pending_.erase(found);
}

void Pool::reset_blobs(const Address& sender, const State& state) {
    const auto found = blobs_.find(sender);
    if (found == blobs_.end()) return;
    Line& line = found->second;
    std::uint64_t next = state.at(sender).nonce;
    line.erase(line.begin(), line.lower_bound(next));
    Wei spent;
    auto at = line.begin();
    for (; at != line.end() && at->first == next; ++at, ++next) {
        spent = plus(spent, worst_cost(at->second.transaction));
        if (spent > state.at(sender).balance) break;
    }
    line.erase(at, line.end());
    if (line.empty()) blobs_.erase(found);
}

void Pool::queue(const Address& sender, Line::node_type held) {
    queue_[sender].insert(std::move(held));
}

void Pool::truncate() {
    const auto longest = [](const auto& one, const auto& other) {
        return one.second.size() < other.second.size();
    };
    while (total(pending_) > options_.global_slots) {
        const auto spammer = std::ranges::max_element(pending_, longest);
        if (spammer->second.size() <= options_.account_slots) break;
        spammer->second.erase(std::prev(spammer->second.end()));
    }
    while (total(queue_) > options_.global_queue) {
        const auto oldest = std::ranges::min_element(queue_, {}, [&](const auto& entry) {
            const auto beat = beats_.find(entry.first);
            return beat == beats_.end() ? BlockNumber{} : beat->second;
        });
        oldest->second.erase(std::prev(oldest->second.end()));
        if (oldest->second.empty()) queue_.erase(oldest);
    }
}

}  // namespace chela::test::fake_node
