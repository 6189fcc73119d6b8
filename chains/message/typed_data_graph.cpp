#include "chains/abi/type.hpp"
#include "chains/crypto/keccak.hpp"
#include "chains/message/typed_data_error.hpp"
#include "chains/message/typed_data_types.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace chela::chains {
namespace {

/// Only the full name: encodeType hashes what is declared, so "uint" would be another type.
bool is_elementary(std::string_view name) {
    const auto type = abi::Type::elementary(name);
    return type && abi::to_string(*type) == name;
}

/// A value of the field holds a value of its base whatever the data says.
bool is_by_value(const TypedField& field) {
    return std::ranges::find(field.lengths, std::size_t{0}) == field.lengths.end();
}

/// Walks from struct to struct along members by value; meeting one that is still open is a cycle.
class CycleSearch {
public:
    explicit CycleSearch(const TypedDataTypes& types) : types_{types} {}

    /// @return the struct that contains itself, or "" when none does
    std::string_view find_from(std::string_view name) {
        if (done_.contains(name)) return {};
        if (!open_.insert(name).second) return name;
        for (const TypedField& field : *types_.find(name)) {
            if (!is_by_value(field) || types_.find(field.base) == nullptr) continue;
            if (const auto cycle = find_from(field.base); !cycle.empty()) return cycle;
        }
        open_.erase(name);
        done_.insert(name);
        return {};
    }

private:
    const TypedDataTypes& types_;
    std::set<std::string_view> open_;
    std::set<std::string_view> done_;
};

Status check_known(const TypedDataTypes& types, std::string_view name, const TypedFields& fields) {
    for (const TypedField& field : fields) {
        if (field.base == kDomainType) {
            return refuse_typed_data(
                path_of(path_of("types", name), field.name),
                "is a domain, which wallets read in different ways inside a message", "DOMAIN");
        }
        if (types.find(field.base) != nullptr || is_elementary(field.base)) continue;
        return refuse_typed_data(
            path_of(path_of("types", name), field.name), "has a type that is not known",
            "UNKNOWN_TYPE");
    }
    return {};
}

}  // namespace

void TypedDataTypes::add_domain(const TypedFields& fields) {
    structs_.try_emplace(std::string{kDomainType}, fields);
}

const TypedFields* TypedDataTypes::find(std::string_view name) const {
    const auto found = structs_.find(name);
    return found == structs_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> TypedDataTypes::reachable_from(std::string_view name) const {
    std::vector<std::string_view> out;
    std::set<std::string_view> seen{name};
    std::vector<std::string_view> waiting{name};
    while (!waiting.empty()) {
        const std::string_view next = waiting.back();
        waiting.pop_back();
        const TypedFields* const fields = find(next);
        if (fields == nullptr) continue;
        out.push_back(next);
        for (const TypedField& field : *fields)
            if (seen.insert(field.base).second) waiting.push_back(field.base);
    }
    return out;
}

Status TypedDataTypes::resolve(std::string_view primary) {
    for (const auto& [name, fields] : structs_) {
        if (const auto known = check_known(*this, name, fields); !known) return known;
    }
    if (find(primary) == nullptr) {
        return refuse_typed_data("primaryType", "is not one of the types", "UNKNOWN_TYPE");
    }
    std::set<std::string_view> used;
    for (const std::string_view root : {primary, kDomainType}) {
        for (const std::string_view name : reachable_from(root))
            used.insert(name);
    }
    CycleSearch search{*this};
    for (const auto& [name, fields] : structs_) {
        const std::string path = path_of("types", name);
        if (!used.contains(name)) return refuse_typed_data(path, "is not used", "UNUSED_TYPE");
        if (!search.find_from(name).empty()) {
            return refuse_typed_data(path, "contains itself", "CYCLE");
        }
        const std::string text = encode_type(name);
        hashes_.emplace(name, keccak256(Bytes{text.begin(), text.end()}));
    }
    return {};
}

std::string TypedDataTypes::encode_type(std::string_view name) const {
    auto names = reachable_from(name);
    if (names.empty()) return {};
    std::sort(names.begin() + 1, names.end());
    std::string out;
    for (const std::string_view each : names) {
        out += each;
        char before = '(';
        for (const TypedField& field : *find(each)) {
            out += before + field.type + ' ' + field.name;
            before = ',';
        }
        if (before == '(') out += before;
        out += ')';
    }
    return out;
}

const Hash256& TypedDataTypes::type_hash(std::string_view name) const {
    const auto found = hashes_.find(name);
    if (found == hashes_.end()) bug("the type hash of a struct that was not resolved");
    return found->second;
}

}  // namespace chela::chains
