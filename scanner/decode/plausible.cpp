#include "scanner/decode/plausible.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "scanner/decode/utf8.hpp"

namespace nhi {

namespace {

enum class Kind : std::uint8_t { kText, kZero, kContinuation, kLead, kOther };

constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto byte = static_cast<unsigned char>(i);
    if (byte < 0x80) {
      table[i] = byte == 0 ? Kind::kZero : is_ascii_text(byte) ? Kind::kText : Kind::kOther;
    } else {
      const bool lead = byte >= 0xC2 && byte < 0xF5;
      table[i] = byte < 0xC0 ? Kind::kContinuation : lead ? Kind::kLead : Kind::kOther;
    }
  }
  return table;
}();

}  // namespace

void TextGauge::feed(Bytes block) {
  for (std::size_t i = 0; i < block.size() && total_ + i < head_.size(); ++i) {
    head_[total_ + i] = byte_at(block, i);
  }
  total_ += block.size();
  for (const char byte : block) {
    if (kKinds[static_cast<unsigned char>(byte)] == Kind::kText) {
      feed_text();
    } else {
      feed_other(static_cast<unsigned char>(byte));
    }
  }
}

void TextGauge::feed_text() {
  ++ascii_;
  ++ascii_run_;
  // A UTF-8 character that breaks off is no text.
  if (continuation_ > 0) break_run();
  ++run_;
  // Characters with exactly one (UTF-16) or three (UTF-32) zeros between them.
  if (zeros_ == 0) {
    wide_ = 1;
    return;
  }
  const bool goes_on = wide_ > 0 && (zeros_ == 1 || zeros_ == 3) && (wide_ == 1 || zeros_ == gap_);
  gap_ = zeros_;
  zeros_ = 0;
  wide_ = goes_on ? wide_ + 1 : 1;
  wide_longest_ = std::max(wide_longest_, wide_);
}

void TextGauge::break_run() {
  run_longest_ = std::max(run_longest_, run_);
  run_ = 0;
  continuation_ = 0;
}

void TextGauge::feed_other(unsigned char byte) {
  ascii_longest_ = std::max(ascii_longest_, ascii_run_);
  ascii_run_ = 0;
  const Kind kind = kKinds[byte];
  if (kind == Kind::kZero) {
    ++zeros_;
  } else {
    wide_ = 0;
    zeros_ = 0;
  }
  if (kind == Kind::kContinuation && continuation_ > 0) {
    --continuation_;
    ++run_;
    return;
  }
  if (kind != Kind::kLead || continuation_ > 0) break_run();
  if (kind == Kind::kLead) {
    ++run_;
    continuation_ = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
  }
}

bool TextGauge::is_container() const {
  const auto starts = [&](std::initializer_list<int> magic) {
    return total_ >= kContainerBytesMin && std::equal(magic.begin(), magic.end(), head_.begin());
  };
  if (starts({'P', 'K', 3, 4}) || starts({0x1F, 0x8B, 8}) || starts({0xFE, 0xED, 0xFE, 0xED}) ||
      starts({'7', 'z', 0xBC, 0xAF})) {
    return true;
  }
  // DER: a sequence whose length fits what is there (keys, certificates, PKCS #12).
  std::uint64_t length = 0;
  if (starts({0x30, 0x82})) length = 4 + ((std::uint64_t{head_[2]} << 8) | head_[3]);
  if (starts({0x30, 0x81})) length = 3 + std::uint64_t{head_[2]};
  return length >= 32 && length <= total_ && total_ - length <= 16;
}

bool TextGauge::plausible() const {
  if (total_ == 0) return false;
  if (std::max(ascii_longest_, ascii_run_) >= kPlausibleTextMin) return true;
  if (std::max(run_longest_, run_) >= kPlausibleUtf8Min) return true;
  if (wide_longest_ >= kPlausibleWideMin) return true;
  if (total_ < kPlausibleTextMin && ascii_ == total_) return true;
  if (is_mostly_text(ascii_, total_)) return true;
  // Short wide text: everything there is belongs to it.
  if (wide_longest_ >= 4 && total_ <= 32 &&
      (wide_longest_ * 2 + 2 >= total_ || wide_longest_ * 4 + 4 >= total_)) {
    return true;
  }
  return is_container();
}

namespace {

// False: no rule of TextGauge::plausible() can hold. One pass that keeps nothing but two rows.
bool may_be_plausible(Bytes all) {
  if (all.size() >= kContainerBytesMin && may_start_container(byte_at(all, 0))) return true;
  if (all.size() < kPlausibleTextMin) {
    // Too short for a row: all of it is text, or it is wide. No branch, for chance has no pattern.
    bool only_text = true;
    bool zero = false;
    for (const char byte : all) {
      const Kind kind = kKinds[static_cast<unsigned char>(byte)];
      only_text &= kind == Kind::kText;
      zero |= kind == Kind::kZero;
    }
    return only_text || zero;
  }
  std::size_t ascii = 0;
  std::size_t text_row = 0;
  std::size_t utf8_row = 0;
  for (const char byte : all) {
    const Kind kind = kKinds[static_cast<unsigned char>(byte)];
    if (kind == Kind::kText) {
      ++ascii;
      ++text_row;
      ++utf8_row;
      if (text_row >= kPlausibleTextMin || utf8_row >= kPlausibleUtf8Min) return true;
      continue;
    }
    text_row = 0;
    if (kind == Kind::kZero) return true;  // may be wide text
    utf8_row = kind == Kind::kOther ? 0 : utf8_row + 1;
    if (utf8_row >= kPlausibleUtf8Min) return true;
  }
  return is_mostly_text(ascii, all.size());
}

}  // namespace

bool is_plausible(Bytes all) {
  if (!may_be_plausible(all)) return false;
  TextGauge gauge;
  gauge.feed(all);
  return gauge.plausible();
}

}  // namespace nhi
