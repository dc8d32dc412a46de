#include "scanner/base/offset_map.hpp"

#include <algorithm>

#include "scanner/base/result.hpp"

namespace nhi {

OffsetMap OffsetMap::identity(std::uint64_t length) {
  OffsetMap map;
  map.copy(0, length);
  return map;
}

void OffsetMap::copy(std::uint64_t source_start, std::uint64_t length) {
  repeat(source_start, 1, 1, length);
}

void OffsetMap::replace(Span source, std::uint64_t view_length) {
  if (view_length == 0) return;
  NHI_ASSERT(source.size() <= UINT32_MAX && view_length <= UINT32_MAX);
  repeat(source.start, static_cast<std::uint32_t>(source.size()),
         static_cast<std::uint32_t>(view_length), 1);
}

void OffsetMap::repeat(std::uint64_t source_start, std::uint32_t source_unit,
                       std::uint32_t view_unit, std::uint64_t count) {
  if (count == 0 || view_unit == 0) return;
  if (!runs_.empty()) {
    Run& last = runs_.back();
    const std::uint64_t last_end = last.source_start + last.count * last.source_unit;
    NHI_ASSERT(source_start >= last_end);
    if (last_end == source_start && last.source_unit == source_unit &&
        last.view_unit == view_unit) {
      last.count += count;
      view_length_ += count * view_unit;
      return;
    }
  }
  runs_.push_back({view_length_, source_start, count, source_unit, view_unit});
  view_length_ += count * view_unit;
}

const OffsetMap::Run& OffsetMap::run_at(std::uint64_t view_offset) const {
  auto after = std::upper_bound(
      runs_.begin(), runs_.end(), view_offset,
      [](std::uint64_t offset, const Run& run) { return offset < run.view_start; });
  NHI_ASSERT(after != runs_.begin());
  return *(after - 1);
}

Span OffsetMap::to_source(Span view) const {
  NHI_ASSERT(view.end <= view_length_ && view.start <= view.end);
  if (runs_.empty()) return {};
  if (view.empty()) {
    if (view.start == view_length_) {
      const Run& last = runs_.back();
      const std::uint64_t end = last.source_start + last.count * last.source_unit;
      return {end, end};
    }
    const Run& run = run_at(view.start);
    const std::uint64_t at =
        run.source_start + (view.start - run.view_start) / run.view_unit * run.source_unit;
    return {at, at};
  }
  const Run& first = run_at(view.start);
  const Run& last = run_at(view.end - 1);
  const std::uint64_t first_unit = (view.start - first.view_start) / first.view_unit;
  const std::uint64_t last_unit = (view.end - 1 - last.view_start) / last.view_unit;
  return {first.source_start + first_unit * first.source_unit,
          last.source_start + (last_unit + 1) * last.source_unit};
}

bool OffsetMap::is_copy(Span view) const {
  if (view.empty()) return true;
  const Run& first = run_at(view.start);
  return first.source_unit == 1 && first.view_unit == 1 &&
         view.end <= first.view_start + first.count;
}

}  // namespace nhi
