#include "scanner/decode/plausible.hpp"

#include <algorithm>
#include <initializer_list>

#include "scanner/decode/utf8.hpp"

namespace nhi {

void TextGauge::feed(Bytes block) {
  for (const char byte : block) feed_byte(static_cast<unsigned char>(byte));
}

void TextGauge::feed_byte(unsigned char byte) {
  if (total_ < head_.size()) head_[total_] = byte;
  ++total_;
  feed_wide(byte);
  bool text = false;
  // A UTF-8 character that breaks off is no text.
  if (continuation_ > 0 && (byte & 0xC0) != 0x80) run_ = 0;
  if (byte < 0x80) {
    text = is_ascii_text(byte);
    continuation_ = 0;
    if (text) ++ascii_;
  } else if (byte < 0xC0) {
    text = continuation_ > 0;
    if (text) --continuation_;
  } else {
    text = byte >= 0xC2 && byte < 0xF5;
    continuation_ = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
  }
  ascii_run_ = byte < 0x80 && text ? ascii_run_ + 1 : 0;
  ascii_longest_ = std::max(ascii_longest_, ascii_run_);
  run_ = text ? run_ + 1 : 0;
  run_longest_ = std::max(run_longest_, run_);
}

// Characters with exactly one (UTF-16) or three (UTF-32) zeros between them.
void TextGauge::feed_wide(unsigned char byte) {
  if (byte == 0) {
    ++zeros_;
    return;
  }
  if (!is_ascii_text(byte)) {
    wide_ = 0;
    zeros_ = 0;
    return;
  }
  const bool goes_on = wide_ > 0 && (zeros_ == 1 || zeros_ == 3) && (wide_ == 1 || zeros_ == gap_);
  gap_ = zeros_;
  zeros_ = 0;
  wide_ = goes_on ? wide_ + 1 : 1;
  wide_longest_ = std::max(wide_longest_, wide_);
}

bool TextGauge::is_container() const {
  const auto starts = [&](std::initializer_list<int> magic) {
    return total_ >= 32 && std::equal(magic.begin(), magic.end(), head_.begin());
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
  if (ascii_longest_ >= kPlausibleTextMin || run_longest_ >= kPlausibleUtf8Min) return true;
  if (wide_longest_ >= kPlausibleWideMin) return true;
  if (total_ < kPlausibleTextMin && ascii_ == total_) return true;
  if (total_ >= 24 && ascii_ * 100 >= total_ * 85) return true;
  // Short wide text: everything there is belongs to it.
  if (wide_longest_ >= 4 && total_ <= 32 &&
      (wide_longest_ * 2 + 2 >= total_ || wide_longest_ * 4 + 4 >= total_)) {
    return true;
  }
  return is_container();
}

}  // namespace nhi
