#include "scanner/bundle/record.hpp"

#include <limits>

#include "scanner/base/hash.hpp"
#include "scanner/base/scrub.hpp"
#include "scanner/bundle/bundle.hpp"

namespace nhi {

using Json = nlohmann::json;

Json text_to_json(const std::string& text) {
  if (is_utf8(text)) return text;
  return {{"base64", to_base64(text)}};
}

std::optional<std::string> text_of_json(const Json& value) {
  std::optional<std::string> text;
  if (value.is_string()) {
    text = value.get_ref<const std::string&>();
  } else if (value.is_object() && value.size() == 1 && value.contains("base64") &&
             value["base64"].is_string()) {
    text = from_base64(value["base64"].get_ref<const std::string&>());
    if (text && is_utf8(*text)) return std::nullopt;  // one text, one form
  }
  if (text && text->size() > kBundleTextBytesMax) return std::nullopt;
  return text;
}

void RecordWriter::list(const char* key, const std::vector<std::string>& items) {
  if (items.empty()) return;
  Json array = Json::array();
  for (const std::string& item : items) array.push_back(text_to_json(item));
  out_[key] = std::move(array);
}

RecordReader::RecordReader(const Json& object) : object_(object) {
  if (!object.is_object()) fault_ = "an object is expected";
}

const Json* RecordReader::take(const char* key) {
  if (!object_.is_object()) return nullptr;
  const auto at = object_.find(key);
  if (at == object_.end()) return nullptr;
  ++used_;
  return &*at;
}

void RecordReader::fault(std::string_view key, std::string_view what) {
  if (fault_.empty()) fault_ = std::string(key).append(": ").append(what);
}

Result<void> RecordReader::done() const {
  if (!fault_.empty()) return fail(ErrorCode::kMalformed, fault_);
  if (used_ == object_.size()) return {};
  return fail(ErrorCode::kMalformed, "a field that this version does not know");
}

void RecordReader::text(const char* key, std::string& value) {
  value.clear();
  const Json* const found = take(key);
  if (found == nullptr) return;
  auto text = text_of_json(*found);
  if (!text) return fault(key, "no text of ours");
  value = std::move(*text);
}

void RecordReader::optional_text(const char* key, std::optional<std::string>& value) {
  value.reset();
  const Json* const found = take(key);
  if (found == nullptr) return;
  value = text_of_json(*found);
  if (!value) fault(key, "no text of ours");
}

void RecordReader::count(const char* key, std::uint64_t& value) {
  value = 0;
  const Json* const found = take(key);
  if (found == nullptr) return;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() > kMost) {
    return fault(key, "a count is expected");
  }
  value = found->get<std::uint64_t>();
}

void RecordReader::instant(const char* key, Instant& value) {
  std::optional<Instant> read;
  optional_instant(key, read);
  value = read.value_or(Instant{});
}

void RecordReader::optional_instant(const char* key, std::optional<Instant>& value) {
  value.reset();
  const Json* const found = take(key);
  if (found == nullptr) return;
  constexpr std::int64_t kMost = std::int64_t{1} << 40;  // some 35,000 years
  if (!found->is_number_integer() || found->get<std::int64_t>() > kMost ||
      found->get<std::int64_t>() < -kMost) {
    return fault(key, "an instant is expected");
  }
  value = Instant{found->get<std::int64_t>()};
}

void RecordReader::flag(const char* key, bool& value) {
  std::optional<bool> read;
  optional_flag(key, read);
  value = read.value_or(false);
}

void RecordReader::optional_flag(const char* key, std::optional<bool>& value) {
  value.reset();
  const Json* const found = take(key);
  if (found == nullptr) return;
  if (!found->is_boolean()) return fault(key, "true or false is expected");
  value = found->get<bool>();
}

void RecordReader::list(const char* key, std::vector<std::string>& items) {
  items.clear();
  const Json* const found = take(key);
  if (found == nullptr) return;
  if (!found->is_array() || found->size() > kBundleListMax) {
    return fault(key, "a list is expected");
  }
  for (const Json& item : *found) {
    auto text = text_of_json(item);
    if (!text) return fault(key, "no text of ours");
    items.push_back(std::move(*text));
  }
}

}  // namespace nhi
