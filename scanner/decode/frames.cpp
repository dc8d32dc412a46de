#include "scanner/decode/frames.hpp"

#include <algorithm>

#include "scanner/base/chars.hpp"

namespace nhi {
namespace {

// A setting on one line: longer ones without a blank are rather encoded data.
constexpr std::size_t kSettingBytesMin = 8;
constexpr std::size_t kSettingBytesMax = 256;

bool is_line_end(const Hit& hit) {
  return hit.text.length == 1 && (hit.text.bytes[0] == '\n' || hit.text.bytes[0] == '\r');
}

// The frame's character with a line end on its inner side; no reason of its own to decode.
Hit frame(std::size_t at, char first, char second) {
  Hit hit{{at, at + 1}, {}, false};
  hit.text.bytes[0] = first;
  hit.text.bytes[1] = second;
  hit.text.length = 2;
  return hit;
}

}  // namespace

std::optional<std::size_t> FrameFinder::find_opening(std::size_t from, std::size_t end) const {
  const std::size_t lowest = std::max(from, end > kFrameReachBytes ? end - kFrameReachBytes : 0);
  for (std::size_t i = end; i-- > lowest;) {
    const char c = bytes_[i];
    const char before = i > 0 ? bytes_[i - 1] : '\0';
    if (c == '\n') return std::nullopt;  // the text has a line start here already
    if (kind_ == FrameKind::kMarkup) {
      if (c == '<') return std::nullopt;
      if (c == '>' || ((c == '"' || c == '\'') && before == '=')) return i;
    } else if (chars::is_quote(c) && (c != '\'' || !chars::is_word(before))) {
      return i;  // not the apostrophe of `don't`
    }
  }
  return std::nullopt;
}

std::size_t FrameFinder::find_closing(std::size_t from, std::size_t end) const {
  const char open = bytes_[*open_];
  const Bytes gap = bytes_.substr(from, std::min(end - from, kFrameReachBytes));
  const std::size_t found = gap.find(open == '>' ? '<' : open);
  return found == Bytes::npos ? found : from + found;
}

bool FrameFinder::holds_setting(std::size_t end) const {
  if (!open_ || kind_ != FrameKind::kLiteral) return false;
  const Bytes text = bytes_.substr(*open_ + 1, end - *open_ - 1);
  return text.size() >= kSettingBytesMin && text.size() <= kSettingBytesMax &&
         text.find_first_of("=:") != Bytes::npos && text.find_first_of(" \t%") == Bytes::npos;
}

void FrameFinder::hand_over() {
  for (const Hit& hit : held_) visit_(hit);
  held_.clear();
}

// What stands between two hits may close a frame and open another.
void FrameFinder::pass_gap(std::size_t end) {
  std::size_t from = at_;
  if (open_) {
    const std::size_t close = find_closing(from, end);
    if (close == Bytes::npos && end - from <= kFrameReachBytes) return;
    hand_over();
    if (close != Bytes::npos) {
      if (framed_) visit_(frame(close, '\n', bytes_[close]));
      from = close + 1;
    }
    open_.reset();
    framed_ = false;
  }
  open_ = find_opening(from, end);
}

void FrameFinder::add(Hit hit) {
  const auto start = static_cast<std::size_t>(hit.span.start);
  pass_gap(start);
  at_ = static_cast<std::size_t>(hit.span.end);
  if (!open_ || framed_) {
    visit_(hit);
    return;
  }
  if (!is_line_end(hit)) {
    held_.push_back(hit);
    if (held_.size() <= kFrameHitsMax) return;
    hand_over();
    open_.reset();
    return;
  }
  // `"DB_PASS=x\n"` is worth a look, the `"done\n"` of every program is not.
  hit.opens = hit.opens || holds_setting(start);
  visit_(frame(*open_, bytes_[*open_], '\n'));
  framed_ = true;
  hand_over();
  visit_(hit);
}

void FrameFinder::finish() {
  pass_gap(bytes_.size());
  hand_over();
}

FramedRegions::FramedRegions(const View& view, Encoding encoding, const RegionVisitor& visit)
    : builder_(view, visit), take_([this](const Hit& hit) { builder_.add(hit); }) {
  if (encoding == Encoding::kXmlEntity) frames_.emplace(view.bytes, FrameKind::kMarkup, take_);
  if (encoding == Encoding::kStringEscape) frames_.emplace(view.bytes, FrameKind::kLiteral, take_);
}

void FramedRegions::finish() {
  if (frames_) frames_->finish();
  builder_.finish();
}

}  // namespace nhi
