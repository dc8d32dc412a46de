#include "rotators/journal/record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scanner/base/clock.hpp"

namespace nhi {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;
constexpr std::int64_t kVersion = 1;

}  // namespace

std::string to_iso8601_ns(std::int64_t unix_ns) {
  std::int64_t seconds = unix_ns / kNanoseconds;
  std::int64_t rest = unix_ns % kNanoseconds;
  if (rest < 0) {
    rest += kNanoseconds;
    --seconds;
  }
  std::string text = to_iso8601(Instant{seconds});
  text.pop_back();  // the Z
  return text + fmt::format(".{:09}Z", rest);
}

std::string AuditRecord::to_json() const {
  AuditFields all;
  all.number("v", kVersion).count("seq", seq).text("at", at).number("mono", mono_ns);
  all.text("host", host).number("process", process).text("version", version);
  all.fields("actor", actor).text("type", type).fields("body", body);
  return all.to_json();
}

Result<AuditRecord> AuditRecord::from_json(std::string_view text) {
  if (text.size() > kAuditRecordBytesMax) {
    return fail(ErrorCode::kTooLarge, fmt::format("a record of {} bytes", text.size()));
  }
  NHI_TRY(const AuditFields all, AuditFields::from_json(text));
  AuditRecord record;
  record.seq = static_cast<std::uint64_t>(all.number_of("seq").value_or(0));
  record.at = all.text_of("at");
  record.mono_ns = all.number_of("mono").value_or(0);
  record.host = all.text_of("host");
  record.process = all.number_of("process").value_or(0);
  record.version = all.text_of("version");
  record.actor = all.fields_of("actor");
  record.type = all.text_of("type");
  record.body = all.fields_of("body");
  // One record, one form: fields that we do not know were not written by us.
  if (record.to_json() == text) return record;
  return fail(ErrorCode::kMalformed, "not a record as we write them");
}

std::string to_text(const AuditHead& head) {
  return fmt::format("{}:{}", head.seq, to_hex(head.hash));
}

std::optional<AuditHead> parse_head(std::string_view text) {
  AuditHead head;
  const char* const end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, head.seq);
  if (error != std::errc() || after == end || *after != ':') return std::nullopt;
  const auto bytes = from_hex(text.substr(static_cast<std::size_t>(after + 1 - text.data())));
  if (!bytes || bytes->size() != head.hash.size()) return std::nullopt;
  std::transform(bytes->begin(), bytes->end(), head.hash.begin(),
                 [](char byte) { return static_cast<std::uint8_t>(byte); });
  return head;
}

AuditHead followed_by(const AuditHead& before, std::string_view record) {
  std::string bytes(before.hash.begin(), before.hash.end());
  bytes += record;
  return {before.seq + 1, sha256(bytes)};
}

}  // namespace nhi
