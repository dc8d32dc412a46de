// changed_views.cpp - what a change of a text makes of what is encoded in it: for_each_new_view().
//
// Escapes are carried over from the old text and sought anew in the gaps, from where a search goes
// the same way in both texts. Frames and regions are made of all of them; a region is passed over
// if the old text had the same one, byte by byte and escape by escape. Rows of digits hang together
// only over white space: they are sought in the gaps and as far around as such rows reach.

#include <algorithm>
#include <limits>
#include <utility>

#include "scanner/base/result.hpp"
#include "scanner/decode/based.hpp"
#include "scanner/decode/based_rows.hpp"
#include "scanner/decode/frames.hpp"
#include "scanner/decode/sequences.hpp"
#include "scanner/decode/view_walker.hpp"

namespace nhi {
namespace {

// By number, as in a trace.
constexpr std::array<Encoding, DecodeTrace::kSequenceKinds> kEncodings = {
    Encoding::kXmlEntity, Encoding::kPercent, Encoding::kStringEscape, Encoding::kCdata};
constexpr std::array<SequenceKind, 3> kKinds = {SequenceKind::kEntity, SequenceKind::kPercent,
                                                SequenceKind::kEscape};
constexpr std::size_t kCdataNumber = 3;

TracedSequence traced(const Hit& hit) {
  return {static_cast<std::uint32_t>(hit.span.start), static_cast<std::uint16_t>(hit.span.size()),
          hit.text.length, hit.opens, hit.text.bytes};
}

Hit hit_of(const TracedSequence& sequence) {
  return {{sequence.start, std::uint64_t{sequence.start} + sequence.size},
          {sequence.text, sequence.text_size},
          sequence.opens};
}

// Of the sequences of a region, as they stand in it.
std::uint64_t hash_of(Span region, const std::vector<Hit>& hits) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = hits.size();
  const auto mix = [&](std::uint64_t value) {
    hash = (hash ^ value) * kFactor;
    hash ^= hash >> 29U;
  };
  for (const Hit& hit : hits) {
    std::uint64_t text = hit.text.length;
    for (std::size_t i = 0; i < hit.text.length; ++i) {
      text = text << 8U | static_cast<unsigned char>(hit.text.bytes.at(i));
    }
    mix(hit.span.start - region.start);
    mix(hit.span.end - region.start);
    mix(text << 1U | (hit.opens ? 1U : 0U));
  }
  return hash;
}

// What may stand in and between the rows of one base64 text, and what it looks at beside them.
bool joins_rows(char c) {
  return is_base64_digit(c) || c == '=' || c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
         c == '\\';
}

// The sequences of the new text, as a search through all of it would find them.
class Sequences {
 public:
  Sequences(Bytes text, SequenceKind kind, const TextChange& change,
            const std::vector<TracedSequence>& before, std::vector<TracedSequence>& after)
      : text_(text), kind_(kind), change_(change), before_(before), after_(after) {}

  void find() {
    for (const KeptRange& range : change_.kept()) {
      if (at_ > range.end) continue;
      search_to(static_cast<std::size_t>(range.start));
      if (meet(range)) carry(range);
    }
    search_to(text_.size());
  }

 private:
  // Finds all that start before `limit`, and stands there or behind the last one.
  void search_to(std::size_t limit) {
    while (const auto hit = next_sequence(text_, kind_, at_, limit)) {
      after_.push_back(traced(*hit));
      at_ = static_cast<std::size_t>(hit->span.end);
    }
    at_ = std::max(at_, limit);
  }

  // Goes on until the search stands, in both texts, at a place that is within no sequence.
  bool meet(const KeptRange& range) {
    while (at_ <= range.end) {
      const std::uint64_t old = range.to_old(at_);
      const auto next = first_from(old);
      if (next == before_.begin()) return true;
      const std::uint64_t end = std::uint64_t{(next - 1)->start} + (next - 1)->size;
      if (end <= old) return true;
      search_to(static_cast<std::size_t>(range.to_new(end)));
    }
    return false;
  }

  void carry(const KeptRange& range) {
    const std::uint64_t look = range.closes ? 0 : kSequenceLook;
    if (range.end - at_ < look) return;
    const std::uint64_t limit = range.end - look;
    const std::uint64_t old_limit = range.to_old(limit);
    for (auto old = first_from(range.to_old(at_)); old != before_.end() && old->start < old_limit;
         ++old) {
      TracedSequence kept = *old;
      kept.start = static_cast<std::uint32_t>(range.to_new(old->start));
      after_.push_back(kept);
      at_ = kept.start + kept.size;
    }
    at_ = std::max(at_, static_cast<std::size_t>(limit));
  }

  [[nodiscard]] std::vector<TracedSequence>::const_iterator first_from(std::uint64_t old) const {
    return std::lower_bound(
        before_.begin(), before_.end(), old,
        [](const TracedSequence& one, std::uint64_t offset) { return one.start < offset; });
  }

  Bytes text_;
  SequenceKind kind_;
  const TextChange& change_;
  const std::vector<TracedSequence>& before_;
  std::vector<TracedSequence>& after_;
  std::size_t at_ = 0;
};

class ChangeWalker {
 public:
  ChangeWalker(Bytes text, const TextChange& change, const DecodeTrace& before, DecodeTrace& after,
               const DecodeLimits& limits, const NewViewVisitor& visit)
      : text_(text),
        change_(change),
        before_(before),
        after_(after),
        visit_([this, &visit](const View& view) {
          live_ = visit(view) || live_;
          return true;
        }),
        walker_(text, limits, visit_) {}
  ChangeWalker(const ChangeWalker&) = delete;
  ChangeWalker& operator=(const ChangeWalker&) = delete;

  NewViews run() {
    after_ = {};
    if (text_.size() > std::numeric_limits<std::uint32_t>::max() || !is_plain()) return {};
    for (std::size_t number = 0; number < kKinds.size(); ++number) {
      Sequences(text_, kKinds.at(number), change_, before_.sequences.at(number),
                after_.sequences.at(number))
          .find();
    }
    find_cdata();
    for (std::size_t number = 0; number < kEncodings.size(); ++number) regions(number);
    based();
    const DecodeStats& stats = walker_.stats();
    out_.plain = !over_ && stats.dropped_by_depth == 0 && stats.dropped_by_expansion == 0;
    out_.alike = !out_.found && carries_what_lived();
    return out_;
  }

 private:
  // In the gaps, for the rest is of a plain text.
  [[nodiscard]] bool is_plain() const {
    if (detect_charset(text_) != Encoding::kNone) return false;
    return std::none_of(change_.gaps().begin(), change_.gaps().end(),
                        [&](Span gap) { return slice(text_, gap).find('\0') != Bytes::npos; });
  }

  // What a frame is depends on all that stand before it: where there are any, all are sought.
  void find_cdata() {
    const auto& gaps = change_.gaps();
    const bool any =
        !before_.sequences.at(kCdataNumber).empty() ||
        std::any_of(gaps.begin(), gaps.end(), [&](Span gap) {
          const std::uint64_t beside = kCdataOpen.size() - 1;
          const std::uint64_t start = gap.start > beside ? gap.start - beside : 0;
          return slice(text_, {start, gap.end + beside}).find(kCdataOpen) != Bytes::npos;
        });
    if (!any) return;
    find_cdata_frames(
        text_, [&](const Hit& hit) { after_.sequences.at(kCdataNumber).push_back(traced(hit)); });
  }

  void regions(std::size_t number) {
    const Encoding encoding = kEncodings.at(number);
    const RegionVisitor visit = [&](Span region, const std::vector<Hit>& hits) {
      const std::uint64_t hash = hash_of(region, hits);
      const TracedPart* const old = same_region(number, region, hash);
      if (old != nullptr) return carry(after_.regions.at(number), *old, region);
      const DecodedSums then = walker_.allowance().used();
      if (walker_.admit(walker_.blob(), decoded_size(region, hits))) {
        walker_.descend(walker_.blob(), encoding, decode_region(text_, region, hits));
      }
      after_.regions.at(number).push_back(visited(region, hash, then));
    };
    FramedRegions found(walker_.blob(), encoding, visit);
    for (const TracedSequence& sequence : after_.sequences.at(number)) {
      found.add(hit_of(sequence));
    }
    found.finish();
  }

  [[nodiscard]] const TracedPart* same_region(std::size_t number, Span region,
                                              std::uint64_t hash) const {
    const KeptRange* const range = change_.holding(region, 0, 0);
    if (range == nullptr) return nullptr;
    const Span span{range->to_old(region.start), range->to_old(region.end)};
    const auto& regions = before_.regions.at(number);
    const auto old = first_from(regions, span.start);
    const bool same = old != regions.end() && old->span == span && old->hash == hash;
    return same ? &*old : nullptr;
  }

  [[nodiscard]] static std::vector<TracedPart>::const_iterator first_from(
      const std::vector<TracedPart>& parts, std::uint64_t start) {
    return std::lower_bound(
        parts.begin(), parts.end(), start,
        [](const TracedPart& part, std::uint64_t offset) { return part.span.start < offset; });
  }

  // A change may put one stretch of the old text in many places, or in none.
  [[nodiscard]] bool carries_what_lived() {
    std::vector<const TracedPart*> lived;
    const auto take = [&](const std::vector<TracedPart>& parts) {
      for (const TracedPart& part : parts) {
        if (part.live) lived.push_back(&part);
      }
    };
    std::for_each(before_.regions.begin(), before_.regions.end(), take);
    take(before_.texts);
    std::sort(lived.begin(), lived.end());
    std::sort(carried_.begin(), carried_.end());
    return lived == carried_;
  }

  void carry(std::vector<TracedPart>& parts, const TracedPart& old, Span span) {
    if (old.live) carried_.push_back(&old);
    if (!walker_.allowance().take_all(old.sums)) over_ = true;
    out_.as_kept = out_.as_kept || old.live;
    parts.push_back({span, old.hash, old.sums, old.live});
  }

  // A part that was visited just now; `then` was used before it.
  [[nodiscard]] TracedPart visited(Span span, std::uint64_t hash, const DecodedSums& then) {
    const bool live = std::exchange(live_, false);
    out_.found = out_.found || live;
    const DecodedSums& now = walker_.allowance().used();
    const DecodedSums sums{now.first - then.first, now.deeper - then.deeper,
                           now.deepest - then.deepest};
    return {span, hash, sums, live};
  }

  // The gaps with all that hangs together with what is at their edges.
  [[nodiscard]] std::vector<Span> windows() const {
    std::vector<Span> out;
    std::uint64_t done = 0;
    for (const Span gap : change_.gaps()) {
      std::uint64_t start = std::max(gap.start, done);
      if (gap.end < done) continue;
      while (start > done && joins_rows(text_[static_cast<std::size_t>(start - 1)])) --start;
      if (start > done) --start;
      std::uint64_t end = std::max(gap.end, done);
      while (end < text_.size() && joins_rows(text_[static_cast<std::size_t>(end)])) ++end;
      if (end < text_.size()) ++end;
      if (!out.empty() && start <= out.back().end) {
        out.back().end = end;
      } else {
        out.push_back({start, end});
      }
      done = end;
    }
    return out;
  }

  void based() {
    const std::vector<Span> looked_at = windows();
    for (const KeptRange& range : change_.kept()) {
      auto window =
          std::lower_bound(looked_at.begin(), looked_at.end(), range.start,
                           [](Span one, std::uint64_t offset) { return one.end <= offset; });
      const std::uint64_t old_end = range.to_old(range.end);
      auto old = first_from(before_.texts, range.from);
      for (; old != before_.texts.end() && old->span.start < old_end; ++old) {
        if (old->span.end > old_end) continue;
        const Span span{range.to_new(old->span.start), range.to_new(old->span.end)};
        while (window != looked_at.end() && window->end <= span.start) ++window;
        if (window == looked_at.end() || !window->overlaps(span)) carry(after_.texts, *old, span);
      }
    }
    for (const Span window : looked_at) look_in(window);
    std::sort(after_.texts.begin(), after_.texts.end(),
              [](const TracedPart& a, const TracedPart& b) { return a.span < b.span; });
  }

  void look_in(Span window) {
    find_based(slice(text_, window), walker_.limits().view_bytes_min, [&](const EncodedText& text) {
      EncodedText found = text;
      for (Span& line : found.lines) line = {line.start + window.start, line.end + window.start};
      const DecodedSums then = walker_.allowance().used();
      if (!walker_.admit(walker_.blob(), found.decoded_size)) return;
      walker_.descend(walker_.blob(), found.encoding, decode_based(text_, found));
      after_.texts.push_back(visited(found.hull(), 0, then));
    });
  }

  Bytes text_;
  const TextChange& change_;
  const DecodeTrace& before_;
  DecodeTrace& after_;
  const ViewVisitor visit_;
  ViewWalker walker_;
  NewViews out_;
  std::vector<const TracedPart*> carried_;  // in which something stands
  bool live_ = false;                       // something stands in the part at hand
  bool over_ = false;  // what is carried over is more than the new text may yield
};

}  // namespace

NewViews for_each_new_view(Bytes text, const TextChange& change, const DecodeTrace& before,
                           DecodeTrace& after, const DecodeLimits& limits,
                           const NewViewVisitor& visit) {
  return ChangeWalker(text, change, before, after, limits, visit).run();
}

}  // namespace nhi
