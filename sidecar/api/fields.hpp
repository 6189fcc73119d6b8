#pragma once

#include "chains/base/json.hpp"
#include "chains/base/result.hpp"
#include "sidecar/http/message.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace chela::sidecar::api {

/// The body as a JSON object. @return invalid_input
[[nodiscard]] Result<Json> body_object(const http::Request& request);

/// Reads the members of a request one by one; what nobody asked for is refused at the end, so a
/// misspelt guard is never ignored.
class Fields {
public:
    explicit Fields(const Json& object);
    ~Fields();

    /// An absent or null member is empty; a member of another type is an error that finish() gives.
    [[nodiscard]] std::optional<std::string> text(const std::string& name);
    [[nodiscard]] std::optional<std::uint64_t> number(const std::string& name);
    [[nodiscard]] std::optional<bool> boolean(const std::string& name);
    [[nodiscard]] std::optional<std::vector<std::string>> texts(const std::string& name);

    [[nodiscard]] bool has(const std::string& name) const;
    [[nodiscard]] bool is_null(const std::string& name) const;
    /// The member is read elsewhere.
    void accept(const std::string& name) { known_.insert(name); }
    /// The member is understood but not done: only null, false, "", [] and {} pass, anything else
    /// is unsupported.
    void only_unset(const std::string& name);
    /// Remembers the first error.
    void fail_with(Error error);

    /// @return the first error met, or invalid_input E_UNKNOWN_FIELD naming a member that nobody
    /// knows
    [[nodiscard]] Status finish() const;

private:
    const Json* find(const std::string& name);
    void wrong_type(const std::string& name, const char* expected);

    std::shared_ptr<const Json> object_;
    std::set<std::string> known_;
    std::optional<Error> first_;
};

/// The error of a member's value goes to the fields, with the member's name in front.
template <class T>
[[nodiscard]] std::optional<T> checked(Fields& fields, const std::string& name, Result<T> value) {
    if (value) return *std::move(value);
    auto error = std::move(value.error());
    error.detail = name + ": " + error.detail;
    fields.fail_with(std::move(error));
    return std::nullopt;
}

}  // namespace chela::sidecar::api
