/* Many characters at once, where the processor can move bytes within a register. */

#include "blocks.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define AT_ONCE
#define BYTES_MOVED __attribute__((target("ssse3,popcnt")))
#include <tmmintrin.h>
static inline int moves_bytes(void) { return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt"); }
#endif

#define FIRST_HAN 0x4E00
#define AFTER_HAN 0xA000
