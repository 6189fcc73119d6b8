#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "chains/base/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chela::policy {

/// Takes members of one object of a record and remembers the first thing that is wrong; what could
/// not be read is a zero value, and error() says so.
class RecordReader {
public:
    /// @param json  must outlive this
    explicit RecordReader(const Json& json);

    [[nodiscard]] bool has(std::string_view name) const;  ///< and it is not null
    [[nodiscard]] std::string text(std::string_view name);
    [[nodiscard]] std::uint64_t number(std::string_view name);
    [[nodiscard]] U256 decimal(std::string_view name);
    [[nodiscard]] bool flag(std::string_view name);
    [[nodiscard]] Address address(std::string_view name);
    [[nodiscard]] Hash256 hash(std::string_view name);
    [[nodiscard]] Bytes bytes(std::string_view name);
    [[nodiscard]] TimePoint time(std::string_view name);
    /// An empty list, object or null when it is not there.
    [[nodiscard]] const Json& list(std::string_view name);
    [[nodiscard]] const Json& object(std::string_view name);
    [[nodiscard]] std::optional<Wei> optional_wei(std::string_view name);
    [[nodiscard]] std::optional<ChainId> optional_chain(std::string_view name);
    [[nodiscard]] std::optional<std::uint64_t> optional_number(std::string_view name);
    [[nodiscard]] std::optional<Address> optional_address(std::string_view name);

    void refuse(std::string_view name, std::string_view problem);
    /// Takes over the error of a reader of something inside.
    void refuse(const RecordReader& inside);
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    [[nodiscard]] const Json* member(std::string_view name);

    const Json& json_;
    std::optional<Error> error_;
};

}  // namespace chela::policy
