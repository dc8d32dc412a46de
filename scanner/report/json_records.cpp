#include "scanner/report/json_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nhi {
namespace {

using Json = nlohmann::json;

struct Level {
  bool is_object = false;
  std::string key;  // of the value that is being read; empty in an array
  std::vector<std::pair<std::string, std::string>> fields;
};

class Reader : public nlohmann::json_sax<Json> {
 public:
  Reader(std::string_view text, const std::vector<std::string_view>& wanted,
         const JsonRecordSink& sink)
      : text_(text), wanted_(wanted), sink_(sink) {}

  bool null() override { return true; }
  bool boolean(bool value) override { return take(value ? "true" : "false"); }
  bool number_integer(Json::number_integer_t value) override { return take(number(value)); }
  bool number_unsigned(Json::number_unsigned_t value) override { return take(number(value)); }
  bool number_float(Json::number_float_t, const std::string& text) override { return take(text); }
  bool string(std::string& value) override { return take(std::move(value)); }
  bool binary(Json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool key(std::string& name) override {
    levels_.back().key = std::move(name);
    return true;
  }
  bool end_array() override {
    levels_.pop_back();
    return true;
  }
  bool end_object() override {
    JsonRecord record;
    record.fields = std::move(levels_.back().fields);
    levels_.pop_back();
    for (const Level& level : levels_) {
      record.keys.push_back(level.key);
      for (const char c : level.key) {
        if (c == '~') {
          record.path += "~0";
        } else if (c == '/') {
          record.path += "~1";
        } else {
          record.path += c;
        }
      }
      record.path += '/';
    }
    return keep(sink_(std::move(record)));
  }
  bool parse_error(std::size_t at, const std::string&,
                   const nlohmann::detail::exception&) override {
    const std::string_view before = text_.substr(0, at == 0 ? 0 : at - 1);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column =
        before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    // The library's own words quote the text, which may be a secret.
    return keep(fail(ErrorCode::kMalformed, "not valid JSON",
                     fmt::format("line {}, column {}", lines + 1, column)));
  }

  [[nodiscard]] Result<void> outcome() && { return std::move(outcome_); }

 private:
  template <class T>
  static std::string number(T value) {
    return fmt::format("{}", value);
  }
  bool keep(Result<void> outcome) {
    if (outcome) return true;
    outcome_ = std::move(outcome);
    return false;
  }
  bool open(bool is_object) {
    if (levels_.size() == kJsonRecordDepthMax) {
      return keep(fail(ErrorCode::kTooLarge,
                       fmt::format("more than {} levels within each other", kJsonRecordDepthMax)));
    }
    levels_.push_back({is_object, {}, {}});
    return true;
  }
  bool take(std::string value) {
    if (levels_.empty() || !levels_.back().is_object) return true;
    Level& level = levels_.back();
    if (std::find(wanted_.begin(), wanted_.end(), level.key) == wanted_.end()) return true;
    const bool known = std::any_of(level.fields.begin(), level.fields.end(),
                                   [&](const auto& field) { return field.first == level.key; });
    if (!known) level.fields.emplace_back(level.key, std::move(value));
    return true;
  }

  std::string_view text_;
  const std::vector<std::string_view>& wanted_;
  const JsonRecordSink& sink_;
  std::vector<Level> levels_;
  Result<void> outcome_;
};

}  // namespace

std::string_view JsonRecord::operator[](std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

Result<void> read_json_records(std::string_view text, const std::vector<std::string_view>& wanted,
                               const JsonRecordSink& sink) {
  Reader reader(text, wanted, sink);
  Json::sax_parse(text.begin(), text.end(), &reader);
  return std::move(reader).outcome();
}

}  // namespace nhi
