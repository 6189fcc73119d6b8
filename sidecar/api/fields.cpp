#include "sidecar/api/fields.hpp"

#include <nlohmann/json.hpp>

namespace chela::sidecar::api {

Result<Json> body_object(const http::Request& request) {
    if (request.body.empty())
        return fail(ErrorCode::invalid_input, "the body must be a JSON object", "E_BODY");
    auto body = parse_json(request.body);
    if (!body) return body;
    if (!body->is_object())
        return fail(ErrorCode::invalid_input, "the body must be a JSON object", "E_BODY");
    return body;
}

Fields::Fields(const Json& object) : object_{std::make_shared<const Json>(object)} {}
Fields::~Fields() = default;

void Fields::fail_with(Error error) {
    if (!first_) first_ = std::move(error);
}

const Json* Fields::find(const std::string& name) {
    known_.insert(name);
    const auto found = object_->find(name);
    return found == object_->end() || found->is_null() ? nullptr : &*found;
}

void Fields::wrong_type(const std::string& name, const char* expected) {
    fail_with({ErrorCode::invalid_input, name + ": expected " + expected, "E_FIELD_TYPE"});
}

std::optional<std::string> Fields::text(const std::string& name) {
    const Json* value = find(name);
    if (!value) return std::nullopt;
    if (!value->is_string()) {
        wrong_type(name, "a string");
        return std::nullopt;
    }
    return value->get<std::string>();
}

std::optional<std::uint64_t> Fields::number(const std::string& name) {
    const Json* value = find(name);
    if (!value) return std::nullopt;
    if (!value->is_number_unsigned()) {
        wrong_type(name, "a whole number of 0 or more");
        return std::nullopt;
    }
    return value->get<std::uint64_t>();
}

std::optional<bool> Fields::boolean(const std::string& name) {
    const Json* value = find(name);
    if (!value) return std::nullopt;
    if (!value->is_boolean()) {
        wrong_type(name, "true or false");
        return std::nullopt;
    }
    return value->get<bool>();
}

std::optional<std::vector<std::string>> Fields::texts(const std::string& name) {
    const Json* value = find(name);
    if (!value) return std::nullopt;
    std::vector<std::string> out;
    if (value->is_array()) {
        for (const auto& item : *value) {
            if (item.is_string()) out.push_back(item.get<std::string>());
        }
    }
    if (!value->is_array() || out.size() != value->size()) {
        wrong_type(name, "a list of strings");
        return std::nullopt;
    }
    return out;
}

bool Fields::has(const std::string& name) const {
    return object_->contains(name);
}

bool Fields::is_null(const std::string& name) const {
    return has(name) && (*object_)[name].is_null();
}

void Fields::only_unset(const std::string& name) {
    const Json* value = find(name);
    if (!value) return;
    const bool is_unset = (value->is_boolean() && !value->get<bool>()) ||
                          (value->is_string() && value->get_ref<const std::string&>().empty()) ||
                          ((value->is_array() || value->is_object()) && value->empty());
    if (is_unset) return;
    fail_with(
        {ErrorCode::unsupported, name + " is not supported by this version of chela; leave it out",
         "E_UNSUPPORTED_FIELD"});
}

Status Fields::finish() const {
    if (first_) return std::unexpected{*first_};
    for (const auto& [name, value] : object_->items()) {
        if (!known_.contains(name)) {
            // The name is the caller's text: bounded, since it goes into the answer.
            return fail(
                ErrorCode::invalid_input,
                "unknown member \"" + name.substr(0, 60) + "\"; check its spelling",
                "E_UNKNOWN_FIELD");
        }
    }
    return {};
}

}  // namespace chela::sidecar::api
