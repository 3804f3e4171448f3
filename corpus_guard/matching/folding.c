/* Texts folded and laid end to end: one pass over each character. `views.py` does the same without it.

   Texts are the bytes from `offsets[i]` to `offsets[i + 1]` of `data`. */

#include "at_once.h"

#define HIGH 0xD800

/* How many characters each text has, as UTF-8 begins them, and whether all of its bytes are ASCII. */
void measure(const uint8_t *data, const int64_t *offsets, int64_t count, int64_t *characters, uint8_t *ascii) {
    for (int64_t text = 0; text < count; ++text) {
        int64_t found = 0;
        uint8_t any = 0;
        for (int64_t at = offsets[text]; at < offsets[text + 1];) {
            const int64_t left = offsets[text + 1] - at;
            const int size = left < 255 ? (int)left : 255; /* as many as a byte can count */
            uint8_t some = 0;
            for (int i = 0; i < size; ++i) {
                some += (uint8_t)((int8_t)data[at + i] > (int8_t)0xBF);
                any |= data[at + i];
            }
            found += some;
            at += size;
        }
        characters[text] = found;
        ascii[text] = any < 0x80;
    }
}

/* Texts of ASCII alone in lower case, each followed by a border. */
void fold_ascii(const uint8_t *data, const int64_t *offsets, const int64_t *texts, int64_t count, uint8_t *lane) {
    for (int64_t n = 0; n < count; ++n) {
        const uint8_t *from = data + offsets[texts[n]];
        const int64_t size = offsets[texts[n] + 1] - offsets[texts[n]];
        for (int64_t i = 0; i < size; ++i) lane[i] = from[i] + (uint8_t)((uint8_t)(from[i] - 'A') < 26) * 32;
        lane[size] = BORDER;
        lane += size + 1;
    }
}

static inline int follows(uint8_t byte) { return (byte & 0xC0) == 0x80; }

/* The character at `at`, and how many bytes it takes; 0 where these are no UTF-8. */
static inline int decoded(const uint8_t *at, int64_t left, uint32_t *code) {
    const uint8_t first = at[0];
    if (first < 0x80) { *code = first; return 1; }
    if (first < 0xC2) return 0;
    if (first < 0xE0) {
        if (left < 2 || !follows(at[1])) return 0;
        *code = (uint32_t)(first & 0x1F) << 6 | (at[1] & 0x3F);
        return 2;
    }
    if (first < 0xF0) {
        if (left < 3 || !follows(at[1]) || !follows(at[2])) return 0;
        *code = (uint32_t)(first & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
        return *code < 0x800 || (*code & 0xF800) == HIGH ? 0 : 3;
    }
    if (first > 0xF4 || left < 4 || !follows(at[1]) || !follows(at[2]) || !follows(at[3])) return 0;
    *code = (uint32_t)(first & 0x07) << 18 | (uint32_t)(at[1] & 0x3F) << 12 | (uint32_t)(at[2] & 0x3F) << 6 | (at[3] & 0x3F);
    return *code < 0x10000 || *code > 0x10FFFF ? 0 : 4;
}

/* Where folded texts go, and the tables that say what to. */
typedef struct {
    const uint16_t *fold;
    const uint8_t *classes;
    uint16_t *codes, *units;
    uint8_t *lane;
    int64_t at;
    int plain; /* ASCII folds to lower case */
} Folded;

static int folds_plainly(const uint16_t *fold, const uint8_t *classes) {
    for (int code = 0; code < 0x80; ++code) {
        const int lower = code + ((uint8_t)(code - 'A') < 26) * 32;
        if (fold[code] != lower || classes[code] != lower) return 0;
    }
    return 1;
}

#ifdef AT_ONCE
/* Characters from `from` on, many at once: up to sixteen of ASCII, or up to four of three bytes each; stops before any others.
   What it reads and writes beyond the characters it has folded counts for nothing: texts may be read up to `limit`. */
BYTES_MOVED static const uint8_t *folded_at_once(Folded *to, const uint8_t *from, const uint8_t *end, const uint8_t *limit) {
    const Folded known = *to; /* not asked for again after each store, which might be to anything */
    int64_t at = to->at;
    const __m128i zero = _mm_setzero_si128(), below_a = _mm_set1_epi8('A' - 1), above_z = _mm_set1_epi8('Z' + 1), bit = _mm_set1_epi8(32);
    const __m128i spread = _mm_setr_epi8(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1), narrow = _mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1);
    while (from < end && limit - from >= 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)from);
        const int wide = _mm_movemask_epi8(bytes);
        uint16_t *codes = known.codes + at, *units = known.units + at;
        uint8_t *lane = known.lane + at;
        if (!(wide & 1)) {
            const __m128i upper = _mm_and_si128(_mm_cmpgt_epi8(bytes, below_a), _mm_cmplt_epi8(bytes, above_z));
            const __m128i lower = _mm_add_epi8(bytes, _mm_and_si128(upper, bit));
            _mm_storeu_si128((__m128i *)codes, _mm_unpacklo_epi8(bytes, zero));
            _mm_storeu_si128((__m128i *)(codes + 8), _mm_unpackhi_epi8(bytes, zero));
            _mm_storeu_si128((__m128i *)units, _mm_unpacklo_epi8(lower, zero));
            _mm_storeu_si128((__m128i *)(units + 8), _mm_unpackhi_epi8(lower, zero));
            _mm_storeu_si128((__m128i *)lane, lower);
            if (!wide && end - from >= 16) { /* a constant, so that what follows need not wait for it */
                at += 16;
                from += 16;
                continue;
            }
            const int64_t run = __builtin_ctz((unsigned)wide | 0x10000), left = end - from, count = run < left ? run : left;
            at += count;
            from += count;
            continue;
        }
        const __m128i three = _mm_shuffle_epi8(bytes, spread);
        const __m128i form = _mm_cmpeq_epi32(_mm_and_si128(three, _mm_set1_epi32(0xF0C0C0)), _mm_set1_epi32(0xE08080));
        const __m128i code = _mm_or_si128(_mm_and_si128(three, _mm_set1_epi32(0x3F)),
                                          _mm_or_si128(_mm_and_si128(_mm_srli_epi32(three, 2), _mm_set1_epi32(0xFC0)),
                                                       _mm_and_si128(_mm_srli_epi32(three, 4), _mm_set1_epi32(0xF000))));
        const __m128i other = _mm_or_si128(_mm_cmplt_epi32(code, _mm_set1_epi32(0x800)),
                                           _mm_cmpeq_epi32(_mm_and_si128(code, _mm_set1_epi32(0xF800)), _mm_set1_epi32(HIGH)));
        const unsigned sound = (unsigned)_mm_movemask_epi8(_mm_andnot_si128(other, form));
        const __m128i four = _mm_shuffle_epi8(code, narrow);
        _mm_storel_epi64((__m128i *)codes, four);
        const int c0 = _mm_extract_epi16(four, 0), c1 = _mm_extract_epi16(four, 1), c2 = _mm_extract_epi16(four, 2), c3 = _mm_extract_epi16(four, 3);
        lane[0] = known.classes[c0]; lane[1] = known.classes[c1]; lane[2] = known.classes[c2]; lane[3] = known.classes[c3];
        units[0] = known.fold[c0]; units[1] = known.fold[c1]; units[2] = known.fold[c2]; units[3] = known.fold[c3];
        if (sound == 0xFFFF && end - from >= 12) {
            at += 4;
            from += 12;
            continue;
        }
        const int64_t run = __builtin_ctz(~sound) / 4, left = (end - from) / 3, count = run < left ? run : left;
        if (!count) break;
        at += count;
        from += 3 * count;
    }
    to->at = at;
    return from;
}
#endif

/* Texts as code points, as folded units and as bytes of the lane, each followed by a border. Of a character beyond 16 bits
   its place and its code are noted; `codes` has the first half of its pair there, and the two tables say nothing of it.
   Returns how many were noted (also when more than `room`), or -1 where a text is no UTF-8. */
int64_t fold_wide(const uint8_t *data, const int64_t *offsets, const int64_t *texts, int64_t count, const uint16_t *fold,
                  const uint8_t *classes, uint16_t *codes, uint16_t *units, uint8_t *lane, int64_t *places, int64_t *beyond,
                  int64_t room) {
    Folded to = {fold, classes, codes, units, lane, 0, 0};
    int64_t noted = 0;
#ifdef AT_ONCE
    to.plain = moves_bytes() && folds_plainly(fold, classes);
    const uint8_t *limit = count ? data + offsets[texts[count - 1] + 1] : data;
#endif
    for (int64_t n = 0; n < count; ++n) {
        const uint8_t *from = data + offsets[texts[n]], *end = data + offsets[texts[n] + 1];
        while (from < end) {
#ifdef AT_ONCE
            if (to.plain && (from = folded_at_once(&to, from, end, limit)) == end) break;
#endif
            uint32_t code;
            const int size = decoded(from, end - from, &code);
            if (!size) return -1;
            from += size;
            if (size == 4) {
                if (noted < room) { places[noted] = to.at; beyond[noted] = code; }
                ++noted;
                code = HIGH + ((code - 0x10000) >> 10);
            }
            codes[to.at] = (uint16_t)code;
            units[to.at] = fold[code];
            lane[to.at++] = classes[code];
        }
        codes[to.at] = BORDER;
        units[to.at] = fold[BORDER];
        lane[to.at++] = classes[BORDER];
    }
    return noted;
}

/* Where the units stand that `wanted` marks; returns how many do, also when more than `room`. */
int64_t places_of(const uint16_t *units, int64_t size, const uint8_t *wanted, int64_t *places, int64_t room) {
    int64_t found = 0, at = 0;
    for (; at < size && found < room; ++at) {
        places[found] = at;
        found += wanted[units[at]] != 0;
    }
    for (; at < size; ++at) found += wanted[units[at]] != 0;
    return found;
}
