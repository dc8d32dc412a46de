// processor.hpp - what the processor can do: the program runs on many ages of them.
#pragma once

namespace nhi {

/// Has it instructions on 32 bytes at once (AVX2, with BMI and POPCNT)? Asked once.
[[nodiscard]] inline bool has_wide_instructions() {
#ifdef __x86_64__
  static const bool kHas = __builtin_cpu_supports("avx2") != 0 &&
                           __builtin_cpu_supports("bmi") != 0 &&
                           __builtin_cpu_supports("popcnt") != 0;
  return kHas;
#else
  return false;
#endif
}

}  // namespace nhi
