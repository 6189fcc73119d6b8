#include "chains/base/json.hpp"

#include <iterator>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace chela {
namespace {

/// Reads text and tells how far: the SAX events themselves carry no position.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    using Position = std::string_view::const_iterator;

    CountingIterator(Position at, std::size_t* consumed) : at_{at}, consumed_{consumed} {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        ++at_;
        ++*consumed_;
        return *this;
    }
    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }

private:
    Position at_;
    std::size_t* consumed_;
};

/// Builds the value and stops at the first thing that strict JSON does not have.
/// The member functions are named and shaped by nlohmann's SAX interface.
class StrictBuilder {
public:
    StrictBuilder(JsonLimits limits, const std::size_t* consumed)
        : limits_{limits},
          consumed_{consumed} {}

    bool null() { return put(Json(nullptr)); }
    bool boolean(bool value) { return put(Json(value)); }
    bool number_integer(Json::number_integer_t value) { return put(Json(value)); }
    bool number_unsigned(Json::number_unsigned_t value) { return put(Json(value)); }
    bool number_float(Json::number_float_t value, const Json::string_t& raw) {
        // The library turns an integer that does not fit into a double, which would lose digits.
        if (raw.find_first_of(".eE") == std::string::npos) {
            if (limits_.big_integers == BigIntegers::as_text) return put(Json(raw));
            return refuse("an integer does not fit 64 bits", "E_JSON_MALFORMED");
        }
        return put(Json(value));
    }
    bool string(Json::string_t& value) { return put(Json(std::move(value))); }
    bool binary(Json::binary_t& /*value*/) { bug("JSON text cannot carry a binary value"); }

    bool start_object(std::size_t /*elements*/) { return open(Json::object()); }
    bool end_object() { return close(); }
    bool start_array(std::size_t /*elements*/) { return open(Json::array()); }
    bool end_array() { return close(); }
    bool key(Json::string_t& name) {
        if (open_.back()->contains(name))
            return refuse("an object has a key twice", "E_JSON_DUPLICATE_KEY");
        key_ = std::move(name);
        return true;
    }
    // The exception's text quotes the input, which may be secret, so only the position is used.
    bool parse_error(
        std::size_t position,
        const std::string& /*token*/,
        const nlohmann::detail::exception& /*error*/) {
        return refuse_at(position, "malformed", "E_JSON_MALFORMED");
    }

    [[nodiscard]] Json take_value() { return std::move(root_); }
    [[nodiscard]] Error take_error() { return std::move(error_); }

private:
    Json* place(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& parent = *open_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        Json& member = parent[key_];
        member = std::move(value);
        return &member;
    }
    bool put(Json value) {
        place(std::move(value));
        return true;
    }
    bool open(Json container) {
        if (open_.size() >= limits_.max_depth) {
            return refuse(
                "deeper than " + std::to_string(limits_.max_depth) + " levels", "E_JSON_DEPTH");
        }
        open_.push_back(place(std::move(container)));
        return true;
    }
    bool close() {
        open_.pop_back();
        return true;
    }
    bool refuse(const std::string& problem, std::string reason) {
        return refuse_at(*consumed_, problem, std::move(reason));
    }
    bool refuse_at(std::size_t position, const std::string& problem, std::string reason) {
        error_ = Error{
            ErrorCode::invalid_input, "JSON at byte " + std::to_string(position) + ": " + problem,
            std::move(reason)};
        return false;
    }

    JsonLimits limits_;
    const std::size_t* consumed_;
    Json root_;
    std::vector<Json*>
        open_;  // a parent is not touched while its child is open, so the pointers hold
    std::string key_;
    Error error_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
    // The library takes a NUL for the end of its input and skips a byte order mark; RFC 8259 text
    // has neither.
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        return fail(
            ErrorCode::invalid_input, "JSON at byte " + std::to_string(nul) + ": malformed",
            "E_JSON_MALFORMED");
    }
    if (text.starts_with("\xef\xbb\xbf")) {
        return fail(
            ErrorCode::invalid_input, "JSON at byte 0: byte order mark", "E_JSON_MALFORMED");
    }
    std::size_t consumed = 0;
    StrictBuilder builder{limits, &consumed};
    const bool is_complete = Json::sax_parse(
        CountingIterator{text.begin(), &consumed}, CountingIterator{text.end(), &consumed},
        &builder);
    if (!is_complete) return std::unexpected{builder.take_error()};
    return builder.take_value();
}

}  // namespace chela
