// record.hpp - one entry of the audit, the bytes that are hashed, and the chain of hashes.
//
// hash(n) = SHA-256(hash(n - 1) || record(n)); before the first stand 32 zero bytes. The record is
// kept as the text that was hashed, so that nothing has to be written the same way twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rotators/journal/audit_fields.hpp"
#include "scanner/base/hash.hpp"
#include "scanner/base/result.hpp"

namespace nhi {

/// A record; what goes over it is no record of ours.
inline constexpr std::size_t kAuditRecordBytesMax = std::size_t{1} << 20;

/// A moment: by the clock on the wall, and by one that nobody sets back.
struct AuditMoment {
  std::int64_t unix_ns = 0;  // since 1970, UTC
  std::int64_t mono_ns = 0;  // since the machine started
};
/// "2026-11-30T21:04:53.123456789Z".
[[nodiscard]] std::string to_iso8601_ns(std::int64_t unix_ns);

/// What one process puts into all that it records.
struct AuditStamp {
  AuditFields actor;    // of actor.hpp
  std::string host;     // as the system has it
  std::string version;  // of the program
  std::int64_t process = 0;
};

struct AuditRecord {
  std::uint64_t seq = 0;
  std::string at;  // to_iso8601_ns()
  std::int64_t mono_ns = 0;
  std::string host;
  std::int64_t process = 0;
  std::string version;
  AuditFields actor;
  std::string type;  // "sweep.ended"
  AuditFields body;

  [[nodiscard]] std::string to_json() const;
  /// Errors: kMalformed for what to_json() does not write; kTooLarge.
  [[nodiscard]] static Result<AuditRecord> from_json(std::string_view text);
};

/// Where a chain ends: the number of its last record, and the hash over all of them.
struct AuditHead {
  std::uint64_t seq = 0;
  Digest hash{};
  friend bool operator==(const AuditHead&, const AuditHead&) = default;
};
/// "17:9f2c…", 64 hex digits.
[[nodiscard]] std::string to_text(const AuditHead& head);
[[nodiscard]] std::optional<AuditHead> parse_head(std::string_view text);

/// The head behind `before` once `record` follows.
[[nodiscard]] AuditHead followed_by(const AuditHead& before, std::string_view record);

}  // namespace nhi
