/* Hashes of shingles, four at a time where the processor can: their three multiplications are most of what sketches cost. */

#include "shingles.h"

#define FOUR_FACTOR 0x9E3779B97F4A7C15ULL
#define LAST_FACTOR 0xC2B2AE3D27D4EB4FULL
#define MIX_FACTOR 0xBF58476D1CE4E5B9ULL

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define PARTS __attribute__((target("avx2")))
#define WHOLE __attribute__((target("avx2,avx512dq,avx512vl")))

/* Four products of 64 bits, made of products of 32: of the lower halves, and of both halves crosswise. */
PARTS static inline __m256i product_of_parts(__m256i values, int64_t factor) {
    const __m256i crosswise = _mm256_set1_epi64x((int64_t)((uint64_t)factor << 32 | (uint64_t)factor >> 32));
    const __m256i upper = _mm256_mullo_epi32(values, crosswise);
    const __m256i sum = _mm256_slli_epi64(_mm256_add_epi32(upper, _mm256_srli_epi64(upper, 32)), 32);
    return _mm256_add_epi64(_mm256_mul_epu32(values, _mm256_set1_epi64x(factor)), sum);
}

WHOLE static inline __m256i product(__m256i values, int64_t factor) { return _mm256_mullo_epi64(values, _mm256_set1_epi64x(factor)); }

/* Of eight units four shingles begin: the first four units of each, and the last one. Returns how many are hashed. */
#define HASH_FOUR(NAME, WAY, PRODUCT) \
    WAY static int64_t NAME(const uint16_t *units, int64_t size, uint32_t *hashes) { \
        const __m256i fours = _mm256_setr_epi64x(0x0706050403020100, 0x0908070605040302, 0x0B0A090807060504, 0x0D0C0B0A09080706); \
        const __m256i lasts = _mm256_setr_epi64x(0xFFFF0908 | NONE, 0xFFFF0B0A | NONE, 0xFFFF0D0C | NONE, 0xFFFF0F0E | NONE); \
        int64_t i = 0; \
        for (; i + 4 <= size; i += 4) { \
            const __m256i eight = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(units + i))); \
            const __m256i four = _mm256_shuffle_epi8(eight, fours), last = _mm256_shuffle_epi8(eight, lasts); \
            __m256i mixed = _mm256_xor_si256(PRODUCT(four, (int64_t)FOUR_FACTOR), PRODUCT(last, (int64_t)LAST_FACTOR)); \
            mixed = PRODUCT(_mm256_xor_si256(mixed, _mm256_srli_epi64(mixed, 32)), (int64_t)MIX_FACTOR); \
            mixed = _mm256_permutevar8x32_epi32(mixed, _mm256_setr_epi32(1, 3, 5, 7, 1, 3, 5, 7)); \
            _mm_storeu_si128((__m128i *)(hashes + i), _mm256_castsi256_si128(mixed)); \
        } \
        return i; \
    }
#define NONE (int64_t)0xFFFFFFFF00000000

HASH_FOUR(hash_by_parts, PARTS, product_of_parts)
HASH_FOUR(hash_whole, WHOLE, product)
#endif

static int64_t hash_four_at_once(const uint16_t *units, int64_t size, int32_t ways, uint32_t *hashes) {
#ifdef PARTS
    if (ways > 1 && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) return hash_whole(units, size, hashes);
    if (ways > 0 && __builtin_cpu_supports("avx2")) return hash_by_parts(units, size, hashes);
#endif
    (void)units, (void)size, (void)ways, (void)hashes;
    return 0;
}

void shingle_hashes(const uint16_t *units, int64_t size, int32_t ways, uint32_t *hashes) {
    for (int64_t i = hash_four_at_once(units, size, ways, hashes); i < size; ++i) {
        uint64_t four;
        memcpy(&four, units + i, 8);
        uint64_t mixed = four * FOUR_FACTOR ^ units[i + WIDTH - 1] * LAST_FACTOR;
        mixed = (mixed ^ mixed >> 32) * MIX_FACTOR;
        hashes[i] = (uint32_t)(mixed >> 32);
    }
}
