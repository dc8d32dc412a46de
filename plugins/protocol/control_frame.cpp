#include "plugins/protocol/control_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "plugins/protocol/limits.hpp"

namespace nhi {
namespace {

constexpr std::string_view kHeaderEnd = "\r\n\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kLengthName = "content-length";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_length(std::string_view name) {
  return std::equal(name.begin(), name.end(), kLengthName.begin(), kLengthName.end(),
                    [](char one, char other) { return lower(one) == other; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Result<std::size_t> length_of(std::string_view value) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc{} || end != value.data() + value.size()) {
    return fail(ErrorCode::kMalformed, "content length of a message is no number");
  }
  if (length > kControlBodyBytesMax) {
    return fail(ErrorCode::kTooLarge, fmt::format("message of {} bytes is over the limit of {}",
                                                  length, kControlBodyBytesMax));
  }
  return length;
}

}  // namespace

std::string control_frame(std::string_view body) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
}

void ControlReader::feed(std::string_view bytes) {
  if (!failure_) bytes_.append(bytes);
}

Result<void> ControlReader::read_header() {
  const std::size_t end = bytes_.view().substr(0, kControlHeaderBytesMax).find(kHeaderEnd);
  if (end == std::string::npos) {
    if (bytes_.view().size() < kControlHeaderBytesMax) return {};
    return fail(ErrorCode::kMalformed,
                fmt::format("no end of a message's header in {} bytes", kControlHeaderBytesMax));
  }
  std::optional<std::size_t> length;
  std::string_view rest = bytes_.view().substr(0, end);
  while (!rest.empty()) {
    const std::size_t line_end = std::min(rest.find(kLineEnd), rest.size());
    const std::string_view line = rest.substr(0, line_end);
    rest.remove_prefix(std::min(line_end + kLineEnd.size(), rest.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      return fail(ErrorCode::kMalformed, "a message's header has a line without a colon");
    }
    if (!is_length(line.substr(0, colon))) continue;
    // Two lengths would let two readers see two different messages.
    if (length) return fail(ErrorCode::kMalformed, "a message's header has two lengths");
    NHI_TRY(length, length_of(trimmed(line.substr(colon + 1))));
  }
  if (!length) return fail(ErrorCode::kMalformed, "a message's header has no content length");
  body_bytes_ = length;
  bytes_.drop(end + kHeaderEnd.size());
  return {};
}

Result<std::optional<std::string>> ControlReader::next() {
  if (failure_) return fail(*failure_);
  if (!body_bytes_) {
    if (const auto read = read_header(); !read) {
      failure_ = read.error();
      bytes_.clear();
      return fail(*failure_);
    }
  }
  if (!body_bytes_ || bytes_.view().size() < *body_bytes_) return std::optional<std::string>();
  std::string body(bytes_.view().substr(0, *body_bytes_));
  bytes_.drop(*body_bytes_);
  body_bytes_.reset();
  return std::optional<std::string>(std::move(body));
}

}  // namespace nhi
