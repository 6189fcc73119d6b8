#include "policy/rules/yaml/parse.hpp"
#include "sidecar/config/document.hpp"

namespace chela::sidecar::config {

Result<Tree> parse_document(std::string_view text, const std::string& source) {
    return policy::yaml::parse(text, source);
}

}  // namespace chela::sidecar::config
