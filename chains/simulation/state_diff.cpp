#include "chains/simulation/state_diff.hpp"

#include "chains/node/fields.hpp"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

namespace chela::chains::simulation {
namespace {

/// What one side says of an account; empty: it does not say.
struct Side {
    std::optional<Wei> balance;
    std::optional<Nonce> nonce;
    std::optional<Bytes> code;
    std::map<Hash256, Hash256> storage;
};
using Sides = std::map<Address, Side>;

/// geth and reth write the nonce as a number, others as a quantity.
Result<Nonce> read_nonce(const Json& value) {
    if (value.is_number_unsigned()) return Nonce{value.get<std::uint64_t>()};
    const auto nonce = node::read_uint64(value, "nonce");
    if (!nonce) return std::unexpected{nonce.error()};
    return Nonce{*nonce};
}

Status read_storage(const Json& storage, std::size_t& slots, Side& out) {
    if (!storage.is_object()) return node::bad_answer("storage", "is not an object");
    slots += storage.size();
    if (slots > kMaxChangedSlots)
        return node::bad_answer("storage", "has more slots than can change");
    for (const auto& [key, value] : storage.items()) {
        const auto slot = node::read_fixed<Hash256>(Json(key), "slot");
        if (!slot) return std::unexpected{slot.error()};
        const auto word = node::read_fixed<Hash256>(value, "slot value");
        if (!word) return std::unexpected{word.error()};
        if (!out.storage.emplace(*slot, *word).second) {
            return node::bad_answer("storage", "names a slot twice");
        }
    }
    return {};
}

Result<Side> read_account(const Json& account, std::size_t& slots) {
    if (!account.is_object()) return node::bad_answer("account", "is not an object");
    Side out;
    if (const Json* const balance = node::optional_member(account, "balance")) {
        const auto amount = node::read_quantity(*balance, "balance");
        if (!amount) return std::unexpected{amount.error()};
        out.balance = Wei{*amount};
    }
    if (const Json* const nonce = node::optional_member(account, "nonce")) {
        const auto number = read_nonce(*nonce);
        if (!number) return std::unexpected{number.error()};
        out.nonce = *number;
    }
    if (const Json* const code = node::optional_member(account, "code")) {
        auto bytes = node::read_data(*code, "code");
        if (!bytes) return std::unexpected{bytes.error()};
        out.code = *std::move(bytes);
    }
    if (const Json* const storage = node::optional_member(account, "storage")) {
        if (auto read = read_storage(*storage, slots, out); !read)
            return std::unexpected{read.error()};
    }
    return out;
}

Result<Sides> read_side(const Json& result, std::string_view name, std::size_t& slots) {
    const auto side = node::member(result, name);
    if (!side) return std::unexpected{side.error()};
    if (!(*side)->is_object() || (*side)->size() > kMaxChangedAccounts) {
        return node::bad_answer(name, "is not an object of a possible size");
    }
    Sides out;
    for (const auto& [key, value] : (*side)->items()) {
        const auto address = node::read_fixed<Address>(Json(key), "account");
        if (!address) return std::unexpected{address.error()};
        auto account = read_account(value, slots);
        if (!account) return std::unexpected{account.error()};
        if (!out.emplace(*address, *std::move(account)).second) {
            return node::bad_answer(name, "names an account twice");
        }
    }
    return out;
}

/// @param after  empty: as before, unless the account is gone
template <class T>
std::optional<Change<T>> change_of(
    const std::optional<T>& before, const std::optional<T>& after, bool is_deleted) {
    Change<T> out{before.value_or(T{}), {}};
    if (!is_deleted) out.after = after.value_or(out.before);
    return out.before == out.after ? std::nullopt : std::optional{std::move(out)};
}

std::vector<SlotChange> slots_of(const Side& before, const Side& after) {
    std::map<Hash256, Change<Hash256>> slots;
    for (const auto& [slot, value] : before.storage)
        slots[slot].before = value;
    for (const auto& [slot, value] : after.storage)
        slots[slot].after = value;
    std::vector<SlotChange> out;
    for (const auto& [slot, value] : slots)
        if (value.before != value.after) out.push_back({slot, value});
    return out;
}

AccountChange account_change(const Address& account, const Side* before, const Side* after) {
    static const Side nothing;
    AccountChange out;
    out.account = account;
    out.is_created = before == nullptr;
    out.is_deleted = after == nullptr;
    const Side& old = before == nullptr ? nothing : *before;
    const Side& now = after == nullptr ? nothing : *after;
    out.balance = change_of(old.balance, now.balance, out.is_deleted);
    out.nonce = change_of(old.nonce, now.nonce, out.is_deleted);
    out.code = change_of(old.code, now.code, out.is_deleted);
    out.storage = slots_of(old, now);
    return out;
}

}  // namespace

Result<StateDiff> read_state_diff(const Json& result) {
    std::size_t slots = 0;
    const auto pre = read_side(result, "pre", slots);
    if (!pre) return std::unexpected{pre.error()};
    const auto post = read_side(result, "post", slots);
    if (!post) return std::unexpected{post.error()};
    StateDiff out;
    for (const auto& [account, before] : *pre) {
        const auto found = post->find(account);
        out.push_back(
            account_change(account, &before, found == post->end() ? nullptr : &found->second));
    }
    for (const auto& [account, after] : *post) {
        if (!pre->contains(account)) out.push_back(account_change(account, nullptr, &after));
    }
    std::ranges::sort(out, {}, &AccountChange::account);
    return out;
}

}  // namespace chela::chains::simulation
