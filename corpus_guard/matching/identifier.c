/* Naive Bayes over n-grams of bytes: how much stretches of text speak for each language (`languages/identifier.py`). */

#include "blocks.h"

#define LANES 8
#define MOST_SEEN 1024
#define CLASSES 32 /* of a row that lie in one line of the cache */
#define FEATURES (1 << 18)

/* The automaton of an identifier, and how much each feature speaks for each class, in 16 bits: there is less to wait for. */
typedef struct {
    const uint32_t *moves;
    const uint16_t *rows;
    const int32_t *features;
    const uint16_t *table;
    const float *prior, *weights;
    int64_t classes;
} Model;

/* The features that the automaton sees in some stretches, one row of `seen` each, and how many: all stretches step by step, for
   a step waits for memory longer than it works. */
static void walk(const Model *model, const uint8_t *const *data, const int64_t *sizes, int lanes, int32_t (*seen)[MOST_SEEN], int64_t *found) {
    uint32_t states[LANES] = {0};
    int64_t least = sizes[0];
    for (int lane = 0; lane < lanes; ++lane) {
        found[lane] = 0;
        least = sizes[lane] < least ? sizes[lane] : least;
    }
    for (int64_t at = 0; at < least; ++at)
        for (int lane = 0; lane < lanes; ++lane) {
            states[lane] = model->moves[(uint32_t)model->rows[states[lane]] << 8 | data[lane][at]];
            seen[lane][found[lane]] = model->features[states[lane]];
            found[lane] += seen[lane][found[lane]] >= 0;
        }
    for (int lane = 0; lane < lanes; ++lane)
        for (int64_t at = least; at < sizes[lane]; ++at) {
            states[lane] = model->moves[(uint32_t)model->rows[states[lane]] << 8 | data[lane][at]];
            seen[lane][found[lane]] = model->features[states[lane]];
            found[lane] += seen[lane][found[lane]] >= 0;
        }
}

/* The different features that were seen, in their order, and how often each was; rows of the table are asked for already.
   `counts`, `bits` (one a feature) and `groups` (one a word of these) are all zero, and zero again at the end. */
static int64_t ordered(const Model *model, int32_t *seen, int64_t count, float *weights, uint16_t *counts, uint64_t *bits, uint64_t *groups) {
    int64_t found = 0, last = 0;
    for (int64_t at = 0; at < count; ++at) {
        const int32_t feature = seen[at];
        ++counts[feature];
        bits[feature >> 6] |= 1ULL << (feature & 63);
        groups[feature >> 12] |= 1ULL << (feature >> 6 & 63);
        last = feature > last ? feature : last;
    }
    for (int64_t group = 0; group <= last >> 12; groups[group++] = 0)
        for (; groups[group]; groups[group] &= groups[group] - 1) {
            const int64_t word = group << 6 | __builtin_ctzll(groups[group]);
            for (; bits[word]; bits[word] &= bits[word] - 1) {
                const int32_t feature = (int32_t)(word << 6 | __builtin_ctzll(bits[word]));
                const uint16_t *row = model->table + feature * model->classes;
                for (int64_t i = 0; i < model->classes; i += CLASSES) __builtin_prefetch(row + i);
                seen[found] = feature;
                weights[found++] = model->weights[counts[feature]];
                counts[feature] = 0;
            }
        }
    return found;
}

typedef float Four __attribute__((vector_size(16)));
typedef uint32_t Ints __attribute__((vector_size(16)));

/* Numbers of 16 bits, none of them infinite, as those of 32: eight bits of exponent instead of five. */
static inline Four widened(const uint16_t *at) {
    const Ints half = {at[0], at[1], at[2], at[3]}, magnitude = (half & 0x7FFF) << 13;
    const Four value = (Four)magnitude * 0x1p112f;
    return (Four)((Ints)value | (half & 0x8000) << 16);
}

/* What features speak for classes from `first` on, in their order: four, or 32 where the processor widens eight at a time. */
static void add_four(const Model *model, const int32_t *seen, const float *weights, int64_t found, int64_t first, float *scores) {
    Four sum = {0}, prior;
    for (int64_t n = 0; n < found; ++n) {
        const Four weight = {weights[n], weights[n], weights[n], weights[n]};
        sum += weight * widened(model->table + seen[n] * model->classes + first);
    }
    memcpy(&prior, model->prior + first, sizeof prior);
    sum += prior;
    memcpy(scores + first, &sum, sizeof sum);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define WIDENS __attribute__((target("avx,f16c")))

WIDENS static inline __m256 eight_more(__m256 sum, __m256 weight, const uint16_t *at) {
    return _mm256_add_ps(sum, _mm256_mul_ps(weight, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)at))));
}

WIDENS static void add_32(const Model *model, const int32_t *seen, const float *weights, int64_t found, int64_t first, float *scores) {
    __m256 a = _mm256_setzero_ps(), b = a, c = a, d = a;
    for (int64_t n = 0; n < found; ++n) {
        const uint16_t *row = model->table + seen[n] * model->classes + first;
        const __m256 weight = _mm256_set1_ps(weights[n]);
        a = eight_more(a, weight, row);
        b = eight_more(b, weight, row + 8);
        c = eight_more(c, weight, row + 16);
        d = eight_more(d, weight, row + 24);
    }
    const __m256 sums[] = {a, b, c, d};
    for (int part = 0; part < 4; ++part)
        _mm256_storeu_ps(scores + first + 8 * part, _mm256_add_ps(sums[part], _mm256_loadu_ps(model->prior + first + 8 * part)));
}
#endif

static void add_all(const Model *model, const int32_t *seen, const float *weights, int64_t found, int32_t wide, float *scores) {
#ifdef WIDENS
    if (wide && __builtin_cpu_supports("avx2")) { /* what has that widens too, which not every compiler can ask */
        for (int64_t first = 0; first < model->classes; first += CLASSES) add_32(model, seen, weights, found, first, scores);
        return;
    }
#endif
    (void)wide;
    for (int64_t first = 0; first < model->classes; first += 4) add_four(model, seen, weights, found, first, scores);
}

/* Log-likelihoods of stretches of at most 1,024 bytes, which end at `ends`: a row of `classes` each, of each feature in it the row of
   `table` as often as `weights` says, which has one for each number of times up to 1,024. There are fewer than 2^18 features, and
   `counts` has a zero for each; `classes` is a multiple of 32. Unless `wide`, only what every processor can is used. */
void score_stretches(const uint8_t *data, const int64_t *ends, int64_t count, const uint32_t *moves, const uint16_t *rows,
                     const int32_t *features, const uint16_t *table, const float *prior, int64_t classes, const float *weights,
                     int32_t wide, uint16_t *counts, float *scores) {
    const Model model = {moves, rows, features, table, prior, weights, classes};
    uint64_t bits[FEATURES >> 6] = {0}, groups[FEATURES >> 12] = {0};
    for (int64_t stretch = 0; stretch < count; stretch += LANES) {
        int32_t seen[LANES][MOST_SEEN];
        float often[LANES][MOST_SEEN];
        const uint8_t *begins[LANES];
        int64_t sizes[LANES], found[LANES];
        const int lanes = count - stretch < LANES ? (int)(count - stretch) : LANES;
        for (int lane = 0; lane < lanes; ++lane) {
            const int64_t begin = stretch + lane ? ends[stretch + lane - 1] : 0;
            begins[lane] = data + begin;
            sizes[lane] = ends[stretch + lane] - begin;
        }
        walk(&model, begins, sizes, lanes, seen, found);
        for (int lane = 0; lane < lanes; ++lane) found[lane] = ordered(&model, seen[lane], found[lane], often[lane], counts, bits, groups);
        for (int lane = 0; lane < lanes; ++lane, scores += classes) add_all(&model, seen[lane], often[lane], found[lane], wide, scores);
    }
}

/* Sums of rows, which begin at each of `firsts`: rounded as numpy rounds them, which adds to the first row the sum of the others, of
   more than seven in eight parts. `classes` of the `width` numbers of a row count; fewer than 128 rows belong together. */
void sum_rows(const float *rows, int64_t count, int64_t width, int64_t classes, const int64_t *firsts, int64_t sets, float *sums) {
    for (int64_t set = 0; set < sets; ++set, sums += classes) {
        const int64_t others = (set + 1 < sets ? firsts[set + 1] : count) - firsts[set] - 1, parts = others & ~7;
        const float *own = rows + firsts[set] * width, *next = own + width;
        for (int64_t i = 0; i < classes && others > 0; ++i) {
            if (!parts) { sums[i] = next[i]; continue; }
            float part[8] = {0};
            for (int64_t row = 0; row < parts; ++row) part[row & 7] += next[row * width + i];
            sums[i] = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
        }
        for (int64_t row = parts ? parts : 1; row < others; ++row)
            for (int64_t i = 0; i < classes; ++i) sums[i] += next[row * width + i];
        for (int64_t i = 0; i < classes; ++i) sums[i] = others > 0 ? own[i] + sums[i] : own[i];
    }
}
