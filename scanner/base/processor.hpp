// processor.hpp - what the processor can do: the program runs on many ages of them.
#pragma once

namespace nhi {

// Each has what those before it have.
enum class Instructions : unsigned char {
  kPlain,
  kWide,    // on 32 bytes at once: AVX2, BMI, POPCNT
  kWidest,  // on 64 bytes at once, tables of bytes in registers: AVX-512 with BW, VBMI, VBMI2; BMI2
};

/// The most that this processor has. Asked once.
[[nodiscard]] inline Instructions best_instructions() {
#ifdef __x86_64__
  static const Instructions kBest = [] {
    const bool wide = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                      __builtin_cpu_supports("popcnt") != 0;
    const bool widest =
        wide && __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("bmi2") != 0 &&
        __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0;
    return widest ? Instructions::kWidest : wide ? Instructions::kWide : Instructions::kPlain;
  }();
  return kBest;
#else
  return Instructions::kPlain;
#endif
}

}  // namespace nhi

/// For functions that are called where the processor has Instructions::kWide or kWidest.
#ifdef __x86_64__
#define NHI_WIDE gnu::target("avx2,bmi,popcnt")
#define NHI_WIDEST gnu::target("avx2,avx512f,avx512bw,avx512vbmi,avx512vbmi2,bmi,bmi2,popcnt")
#endif
