#include "sidecar/auth/claim_reader.hpp"

#include <utility>

#include <nlohmann/json.hpp>

namespace chela::sidecar::auth {

const Json* ClaimReader::find(const char* name) const {
    const auto it = object_.find(name);
    return it == object_.end() ? nullptr : &*it;
}

std::string ClaimReader::text(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_string()) return missing<std::string>();
    return value->get<std::string>();
}

bool ClaimReader::claim(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_boolean()) return missing<bool>();
    return value->get<bool>();
}

std::int64_t ClaimReader::number(const char* name) {
    const Json* value = find(name);
    // 64-bit unsigned values over 2^63-1 would turn negative.
    if (value == nullptr || !value->is_number_integer() ||
        (value->is_number_unsigned() &&
         !std::in_range<std::int64_t>(value->get<std::uint64_t>()))) {
        return missing<std::int64_t>();
    }
    return value->get<std::int64_t>();
}

std::vector<std::string> ClaimReader::texts(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_array()) return missing<std::vector<std::string>>();
    std::vector<std::string> out;
    for (const Json& element : *value) {
        if (!element.is_string()) return missing<std::vector<std::string>>();
        out.push_back(element.get<std::string>());
    }
    return out;
}

std::vector<std::string> ClaimReader::text_or_texts(const char* name) {
    const Json* value = find(name);
    if (value != nullptr && value->is_string()) return {value->get<std::string>()};
    return texts(name);
}

Json ClaimReader::object(const char* name) {
    const Json* value = find(name);
    if (value == nullptr || !value->is_object()) {
        good_ = false;
        return Json::object();
    }
    return *value;
}

}  // namespace chela::sidecar::auth
