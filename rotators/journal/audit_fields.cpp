#include "rotators/journal/audit_fields.hpp"

#include <nlohmann/json.hpp>

#include "scanner/base/scrub.hpp"
#include "scanner/base/shown_text.hpp"

namespace nhi {
namespace {

using Json = nlohmann::json;

std::string clean(std::string_view value) { return valid_utf8(scrub_url(value)); }

Json json_of(const AuditFields& fields) {
  Json out = Json::object();
  for (const auto& [name, value] : fields.all()) {
    out[name] = std::visit(
        [](const auto& held) {
          if constexpr (std::is_same_v<std::decay_t<decltype(held)>, AuditFields>) {
            return json_of(held);
          } else {
            return Json(held);
          }
        },
        value);
  }
  return out;
}

}  // namespace

AuditFields& AuditFields::text(const std::string& name, std::string_view value) {
  values_[name] = clean(value);
  return *this;
}

AuditFields& AuditFields::verbatim(const std::string& name, std::string_view value) {
  values_[name] = std::string(value);
  return *this;
}

AuditFields& AuditFields::verbatim(const std::string& name,
                                   const std::vector<std::string>& values) {
  values_[name] = values;
  return *this;
}

AuditFields& AuditFields::number(const std::string& name, std::int64_t value) {
  values_[name] = value;
  return *this;
}

AuditFields& AuditFields::count(const std::string& name, std::uint64_t value) {
  return number(name, static_cast<std::int64_t>(value));
}

AuditFields& AuditFields::flag(const std::string& name, bool value) {
  values_[name] = value;
  return *this;
}

AuditFields& AuditFields::list(const std::string& name, const std::vector<std::string>& values) {
  std::vector<std::string> items;
  items.reserve(values.size());
  for (const std::string& value : values) items.push_back(clean(value));
  values_[name] = std::move(items);
  return *this;
}

AuditFields& AuditFields::fields(const std::string& name, AuditFields value) {
  values_[name] = std::move(value);
  return *this;
}

std::string AuditFields::text_of(const std::string& name) const {
  const auto at = values_.find(name);
  const auto* const held = at == values_.end() ? nullptr : std::get_if<std::string>(&at->second);
  return held == nullptr ? std::string() : *held;
}

std::optional<std::int64_t> AuditFields::number_of(const std::string& name) const {
  const auto at = values_.find(name);
  const auto* const held = at == values_.end() ? nullptr : std::get_if<std::int64_t>(&at->second);
  return held == nullptr ? std::nullopt : std::optional<std::int64_t>(*held);
}

std::vector<std::string> AuditFields::list_of(const std::string& name) const {
  const auto at = values_.find(name);
  const auto* const held =
      at == values_.end() ? nullptr : std::get_if<std::vector<std::string>>(&at->second);
  return held == nullptr ? std::vector<std::string>() : *held;
}

AuditFields AuditFields::fields_of(const std::string& name) const {
  const auto at = values_.find(name);
  const auto* const held = at == values_.end() ? nullptr : std::get_if<AuditFields>(&at->second);
  return held == nullptr ? AuditFields() : *held;
}

std::string AuditFields::to_json() const { return json_of(*this).dump(); }

// As it stands: what was cleaned when it came in is not cleaned by other rules later.
bool AuditFields::take(const std::string& name, const void* json, std::size_t depth) {
  const Json& value = *static_cast<const Json*>(json);
  if (depth > kAuditFieldsDepthMax) return false;
  if (value.is_string()) {
    values_[name] = value.get<std::string>();
  } else if (value.is_boolean()) {
    values_[name] = value.get<bool>();
  } else if (value.is_number_integer()) {
    values_[name] = value.get<std::int64_t>();
  } else if (value.is_array()) {
    std::vector<std::string> items;
    for (const Json& item : value) {
      if (!item.is_string()) return false;
      items.push_back(item.get<std::string>());
    }
    values_[name] = std::move(items);
  } else if (value.is_object()) {
    AuditFields inner;
    for (const auto& [key, item] : value.items()) {
      if (!inner.take(key, &item, depth + 1)) return false;
    }
    values_[name] = std::move(inner);
  } else {
    return false;
  }
  return true;
}

Result<AuditFields> AuditFields::from_json(std::string_view text) {
  const auto bad = [] { return fail(ErrorCode::kMalformed, "not a record as we write them"); };
  std::size_t depth = 0;
  const auto shallow = [&](int level, Json::parse_event_t, Json&) {
    depth = std::max(depth, static_cast<std::size_t>(level));
    return depth <= kAuditFieldsDepthMax;
  };
  const Json parsed = Json::parse(text, shallow, false);
  if (!parsed.is_object() || depth > kAuditFieldsDepthMax) return bad();
  AuditFields fields;
  for (const auto& [name, value] : parsed.items()) {
    if (!fields.take(name, &value, 1)) return bad();
  }
  if (fields.to_json() != text) return bad();
  return fields;
}

}  // namespace nhi
