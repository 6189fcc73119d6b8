#pragma once

#include "chains/base/hex.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"
#include "sidecar/store/session.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <soci/soci.h>

/// NULL ↔ empty optional.
template <class T>
struct soci::type_conversion<std::optional<T>> {
    using base_type = typename soci::type_conversion<T>::base_type;
    static void from_base(const base_type& in, indicator ind, std::optional<T>& out) {
        if (ind == i_null) {
            out.reset();
            return;
        }
        T value{};
        type_conversion<T>::from_base(in, ind, value);
        out = std::move(value);
    }
    static void to_base(const std::optional<T>& in, base_type& out, indicator& ind) {
        if (in) {
            type_conversion<T>::to_base(*in, out, ind);
        } else {
            ind = i_null;
        }
    }
};

namespace chela::sidecar::store {

using Integer = long long;  ///< SQLite's INTEGER

// Amounts are decimal text, bytes hex text ("0x…"), times milliseconds since the epoch.

[[nodiscard]] Integer to_column(TimePoint time);
[[nodiscard]] std::optional<Integer> to_column(const std::optional<TimePoint>& time);
[[nodiscard]] std::string to_column(const Wei& amount);
/// @return out_of_range: over 2^63-1, which an INTEGER cannot hold
[[nodiscard]] Result<Integer> to_column(std::uint64_t number, std::string_view what);
/// @return a JSON array, or invalid_input: not UTF-8
[[nodiscard]] Result<std::string> to_column(const std::vector<std::string>& list);

/// Reads columns back and remembers the first that is damaged; values are empty from there on.
class ColumnReader {
public:
    [[nodiscard]] Wei amount(const std::string& text);
    [[nodiscard]] std::uint64_t number(Integer value);
    [[nodiscard]] TimePoint time(Integer value) const;
    [[nodiscard]] std::optional<TimePoint> time(const std::optional<Integer>& value) const;
    [[nodiscard]] Bytes bytes(const std::string& text);
    [[nodiscard]] std::vector<std::string> list(const std::string& text);
    template <class Fixed>
    [[nodiscard]] Fixed fixed(const std::string& text) {
        const auto value = parse_fixed<Fixed>(text);
        expect(value.has_value(), "fixed bytes");
        return value ? *value : Fixed{};
    }
    void expect(bool is_right, std::string_view what);

    [[nodiscard]] const Status& status() const { return status_; }

private:
    Status status_;
};

/// Runs one statement that gives no rows. @return how many rows it changed
template <class... Values>
Integer run(Session& session, const std::string& text, const Values&... values) {
    Session::Lease statement{session, text};
    (statement->exchange(soci::use(values)), ...);
    statement->define_and_bind();
    statement->execute(true);
    const auto changed = statement->get_affected_rows();
    statement.keep();
    return changed;
}

/// Every row of a statement that gives some. Row: `columns()` ties its members in the statement's
/// order, `record()` gives the Result to collect.
template <class Row, class... Values>
auto select_all(Session& session, const std::string& text, const Values&... values) {
    using Record = typename decltype(std::declval<const Row&>().record())::value_type;
    using Records = Result<std::vector<Record>>;
    Row row;
    Session::Lease statement{session, text};
    std::apply(
        [&](auto&... column) { (statement->exchange(soci::into(column)), ...); }, row.columns());
    (statement->exchange(soci::use(values)), ...);
    statement->define_and_bind();
    statement->execute();
    std::vector<Record> records;
    while (statement->fetch()) {
        auto record = row.record();
        if (!record) return Records{std::unexpected{record.error()}};
        records.push_back(*std::move(record));
    }
    statement.keep();
    return Records{std::move(records)};
}

/// The first row of a SELECT, if there is one.
template <class Row, class... Values>
auto select_one(Session& session, const std::string& text, const Values&... values) {
    auto records = select_all<Row>(session, text, values...);
    using Record = typename decltype(records)::value_type::value_type;
    using Found = Result<std::optional<Record>>;
    if (!records) return Found{std::unexpected{records.error()}};
    if (records->empty()) return Found{std::optional<Record>{}};
    return Found{std::optional<Record>{std::move(records->front())}};
}

/// A row of one column.
template <class T>
struct SingleColumn {
    T value{};
    auto columns() { return std::tie(value); }
    [[nodiscard]] Result<T> record() const { return value; }
};

}  // namespace chela::sidecar::store
