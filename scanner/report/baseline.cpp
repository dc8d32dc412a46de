#include "scanner/report/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scanner/base/scrub.hpp"
#include "scanner/identity/types.hpp"
#include "scanner/report/csv_text.hpp"
#include "scanner/report/json_records.hpp"

namespace nhi {
namespace {

constexpr const char* kAgain = "make it again: nhisweep scan --format json --output FILE PATH";
const std::vector<std::string_view> kFields = {"schema", "key",         "key_check",
                                               "id",     "fingerprint", "first_seen"};

// Takes what a report says of itself and of its findings, whatever its format.
class Taker {
 public:
  Taker(const std::string& file, const BaselineKeys& keys, Baseline& baseline)
      : file_(file), keys_(keys), baseline_(baseline) {}

  Result<void> key(std::string_view id) {
    if (id.empty() || id == key_id_) return {};
    const bool former = id == keys_.former_id;
    if (key_id_.empty() && (former || id == keys_.id)) {
      key_id_ = id;
      baseline_.under_former = former;
      return {};
    }
    return fail(ErrorCode::kBadUse,
                fmt::format("the baseline was made with the key '{}', this is '{}'", id, keys_.id),
                file_, kAgain);
  }
  // Every estate has a k1: the check tells whose it is.
  Result<void> key(std::string_view id, std::string_view check) {
    NHI_CHECK_OK(key(id));
    if (check.empty() || check == (baseline_.under_former ? keys_.former_check : keys_.check)) {
      return {};
    }
    return fail(ErrorCode::kBadUse,
                "the baseline was made with another key: " + printable(key_words(id, check)) +
                    ", this is " + key_words(keys_.id, keys_.check),
                file_, "bring its key here: nhisweep key import FILE; or " + std::string(kAgain));
  }
  Result<void> finding(std::string_view id, std::string_view fingerprint,
                       std::string_view first_seen) {
    if (!id.starts_with("f_")) {
      return fail(ErrorCode::kBadUse, "a finding of the baseline has no id", file_, kAgain);
    }
    if (!first_seen.empty()) return of_sweep();
    // "hmac-sha256:k1:…"
    const std::size_t start = fingerprint.find(':');
    const std::size_t end = fingerprint.find(':', start == std::string_view::npos ? 0 : start + 1);
    if (end != std::string_view::npos && start < end) {
      NHI_CHECK_OK(key(fingerprint.substr(start + 1, end - start - 1)));
    }
    baseline_.ids.emplace(id);
    return {};
  }
  [[nodiscard]] Result<void> of_sweep() const {
    return fail(ErrorCode::kBadUse, "the baseline is a report of a sweep: its ids name targets",
                file_, kAgain);
  }
  [[nodiscard]] Result<void> unknown() const {
    return fail(ErrorCode::kBadUse,
                "the baseline is no report of a scan in JSON, JSONL, SARIF or CSV", file_, kAgain);
  }

 private:
  const std::string& file_;
  const BaselineKeys& keys_;
  Baseline& baseline_;
  std::string key_id_;  // as the report says; empty: not yet
};

Result<void> read_json(std::string_view text, Taker& taker) {
  bool ours = false;
  bool is_sarif = false;
  NHI_CHECK_OK(read_json_records(text, kFields, [&](const JsonRecord& record) -> Result<void> {
    if (record.path == "findings//" || record.path == "runs//results//properties/") {
      return taker.finding(record["id"], record["fingerprint"], record["first_seen"]);
    }
    if (record.path == "runs//invocations//properties/") {
      is_sarif = true;
      return taker.key(record["key"], record["key_check"]);
    }
    if (!record.path.empty()) return {};
    if (record["schema"] == "nhisweep.sweep/1") return taker.of_sweep();
    ours = record["schema"] == "nhisweep.scan/1";
    return ours ? taker.key(record["key"], record["key_check"]) : Result<void>();
  }));
  return ours || is_sarif ? Result<void>() : taker.unknown();
}

Result<void> read_jsonl(std::string_view text, const std::string& file, Taker& taker) {
  std::size_t number = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto read = read_json_records(line, kFields, [&](const JsonRecord& record) -> Result<void> {
      if (!record.path.empty()) return {};
      if (record["schema"] == "nhisweep.coverage/1") {
        return taker.key(record["key"], record["key_check"]);
      }
      if (record["schema"] != "nhisweep.finding/1") return taker.unknown();
      return taker.finding(record["id"], record["fingerprint"], record["first_seen"]);
    });
    if (!read && read.error().code != ErrorCode::kBadUse) {
      read.error().subject = fmt::format("{}, line {}", file, number);
    }
    if (!read) return read;
  }
  return {};
}

Result<void> read_csv_report(std::string_view text, Taker& taker) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t id = kNone;
  std::size_t fingerprint = kNone;
  std::size_t first_seen = kNone;
  bool has_header = false;
  const auto place = [](const CsvRow& header, std::string_view name) {
    const auto found = std::find(header.begin(), header.end(), name);
    return found == header.end() ? kNone : static_cast<std::size_t>(found - header.begin());
  };
  NHI_CHECK_OK(read_csv(text, [&](const CsvRecord& record) -> Result<void> {
    if (!has_header) {
      has_header = true;
      id = place(record.cells, "id");
      fingerprint = place(record.cells, "fingerprint");
      first_seen = place(record.cells, "first_seen");
      const bool whole = id != kNone && fingerprint != kNone && first_seen != kNone;
      return whole ? Result<void>() : taker.unknown();
    }
    const auto cell = [&](std::size_t at) {
      return at < record.cells.size() ? std::string_view(record.cells[at]) : std::string_view();
    };
    return taker.finding(cell(id), cell(fingerprint), cell(first_seen));
  }));
  return has_header ? Result<void>() : taker.unknown();
}

Result<void> read_beside(std::string_view text, const std::string& file, Taker& taker) {
  auto read = read_json_records(text, kFields, [&](const JsonRecord& record) -> Result<void> {
    if (!record.path.empty()) return {};
    return taker.key(record["key"], record["key_check"]);
  });
  if (!read && read.error().code != ErrorCode::kBadUse) {
    read.error().subject = file + kBesideCsv;
  }
  return read;
}

bool is_jsonl(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  return first.find("\"nhisweep.finding/1\"") != std::string_view::npos ||
         first.find("\"nhisweep.coverage/1\"") != std::string_view::npos;
}

}  // namespace

Result<Baseline> read_baseline(std::string_view text, const std::string& file,
                               const BaselineKeys& keys, std::string_view beside) {
  Baseline baseline;
  Taker taker(file, keys, baseline);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return fail(std::move(taker.unknown().error()));
  Result<void> read = text[start] == '['   ? taker.unknown()
                      : text[start] != '{' ? read_csv_report(text, taker)
                                           : (is_jsonl(text) ? read_jsonl(text, file, taker)
                                                             : read_json(text, taker));
  const bool is_csv = text[start] != '[' && text[start] != '{';
  if (read && is_csv && !beside.empty()) read = read_beside(beside, file, taker);
  if (read) return baseline;
  Error& error = read.error();
  if (error.code != ErrorCode::kBadUse) {
    // Half a baseline would call what is in the other half new; that is for people to notice.
    error.code = ErrorCode::kBadUse;
    if (!error.subject.starts_with(file)) {
      error.subject = file + (error.subject.empty() ? "" : ", " + error.subject);
    }
    if (error.hint.empty()) error.hint = kAgain;
  }
  return fail(std::move(error));
}

}  // namespace nhi
