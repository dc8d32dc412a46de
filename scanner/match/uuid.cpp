#include "scanner/match/uuid.hpp"

#include <array>

#include "scanner/base/chars.hpp"

namespace nhi {
namespace {

using namespace chars;

constexpr std::size_t kUuidBytes = 36;
constexpr std::size_t kFirstDash = 8;

bool is_dash_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

// RFC 9562's and Wikipedia's sample, and the class of the Flash player.
constexpr std::string_view kPublished[] = {
    "550e8400-e29b-41d4-a716-446655440000", "d27cdb6e-ae6d-11cf-96b8-444553540000",
    "123e4567-e89b-12d3-a456-426614174000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"};

}  // namespace

bool is_uuid(Bytes value) {
  if (value.size() != kUuidBytes) return false;
  for (std::size_t i = 0; i < kUuidBytes; ++i) {
    if (is_dash_place(i) ? value[i] != '-' : !is_hex(value[i])) return false;
  }
  return true;
}

std::optional<Span> uuid_around(Bytes view, std::size_t dash) {
  if (dash < kFirstDash) return std::nullopt;
  const std::size_t start = dash - kFirstDash;
  if (!is_uuid(view.substr(start, kUuidBytes))) return std::nullopt;
  const std::size_t end = start + kUuidBytes;
  const bool touched = (start > 0 && (is_word(view[start - 1]) || view[start - 1] == '-')) ||
                       (end < view.size() && (is_word(view[end]) || view[end] == '-'));
  if (touched) return std::nullopt;
  return Span{start, end};
}

// Chance repeats a neighbour in 2 of 32 digits, and leaves out few of the sixteen.
bool is_random_uuid(Bytes uuid) {
  constexpr std::size_t kRepeatsMax = 7;
  constexpr std::size_t kDigitsMin = 9;
  std::array<bool, 128> seen{};
  std::size_t digits = 0;
  std::size_t repeats = 0;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (uuid[i] == '-') continue;
    if (i > 0 && uuid[i] == uuid[i - 1]) ++repeats;
    bool& known = seen.at(static_cast<std::size_t>(lower(uuid[i])) % 128);
    if (!known) ++digits;
    known = true;
  }
  return digits >= kDigitsMin && repeats <= kRepeatsMax && !is_any_of(uuid, kPublished);
}

bool holds_random_uuid(Bytes view) {
  for (std::size_t dash = view.find('-'); dash != Bytes::npos; dash = view.find('-', dash + 1)) {
    const bool dashes = dash + 15 < view.size() && view[dash + 5] == '-' &&
                        view[dash + 10] == '-' && view[dash + 15] == '-';
    if (!dashes) continue;
    const auto span = uuid_around(view, dash);
    if (span && is_random_uuid(slice(view, *span))) return true;
  }
  return false;
}

}  // namespace nhi
