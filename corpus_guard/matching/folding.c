/* Texts folded and laid end to end, and what of them counts for duplicates: one pass over each character.

   `views.py` does the same without it. Texts are the bytes from `offsets[i]` to `offsets[i + 1]` of `data`. */

#include "blocks.h"

#define HIGH 0xD800
#define BORDER_UNIT 0xFFFF

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

/* Texts as code points, as folded units and as bytes of the lane, each followed by a border. Of a character beyond 16 bits
   its place and its code are noted; `codes` has the first half of its pair there, and the two tables say nothing of it.
   Returns how many were noted (also when more than `room`), or -1 where a text is no UTF-8. */
int64_t fold_wide(const uint8_t *data, const int64_t *offsets, const int64_t *texts, int64_t count, const uint16_t *fold,
                  const uint8_t *classes, uint16_t *codes, uint16_t *units, uint8_t *lane, int64_t *places, int64_t *beyond,
                  int64_t room) {
    int64_t at = 0, noted = 0;
    for (int64_t n = 0; n < count; ++n) {
        const uint8_t *from = data + offsets[texts[n]], *end = data + offsets[texts[n] + 1];
        while (from < end) {
            uint32_t code;
            const int size = decoded(from, end - from, &code);
            if (!size) return -1;
            from += size;
            if (size == 4) {
                if (noted < room) { places[noted] = at; beyond[noted] = code; }
                ++noted;
                code = HIGH + ((code - 0x10000) >> 10);
            }
            codes[at] = (uint16_t)code;
            units[at] = fold[code];
            lane[at] = classes[code];
            ++at;
        }
        codes[at] = BORDER;
        units[at] = fold[BORDER];
        lane[at] = classes[BORDER];
        ++at;
    }
    return noted;
}

/* Of each text what `table` leaves of it, each followed by a border: `ends` are where each ends. For the characters at
   `places` the table has no entry, `beyond` has what stands for them. `mixed` is 1 for texts with a character of which
   the table says only that it is not enough. Returns how many units there are. */
int64_t normal_wide(const uint16_t *codes, const int64_t *starts, const int64_t *stops, int64_t count, const uint16_t *table,
                    uint16_t special, const int64_t *places, const uint16_t *beyond, int64_t noted, uint16_t *kept,
                    int64_t *ends, uint8_t *mixed) {
    int64_t found = 0, note = 0;
    for (int64_t text = 0; text < count; ++text) {
        uint8_t any = 0;
        int64_t at = starts[text];
        for (const int64_t plain = note < noted && places[note] < stops[text] ? places[note] : stops[text]; at < plain; ++at) {
            const uint16_t unit = table[codes[at]];
            kept[found] = unit;
            found += (unit != 0) & (unit != BORDER_UNIT);
            any |= unit == special;
        }
        for (; at < stops[text]; ++at) {
            uint16_t unit = table[codes[at]];
            if (note < noted && places[note] == at) unit = beyond[note++];
            kept[found] = unit;
            found += (unit != 0) & (unit != BORDER_UNIT);
            any |= unit == special;
        }
        ends[text] = found;
        mixed[text] = any;
        kept[found++] = BORDER_UNIT;
    }
    return found;
}

#define GROUP 8

/* The same of ASCII in lower case: its letters and digits. */
static int64_t plain_ascii(const uint8_t *lane, const int64_t *starts, const int64_t *stops, int64_t count, uint16_t *kept, int64_t *ends) {
    int64_t found = 0;
    for (int64_t text = 0; text < count; ++text) {
        for (int64_t at = starts[text]; at < stops[text]; ++at) {
            const uint8_t byte = lane[at];
            kept[found] = byte;
            found += (uint8_t)(byte - 'a') < 26 || (uint8_t)(byte - '0') < 10;
        }
        ends[text] = found;
        kept[found++] = BORDER_UNIT;
    }
    return found;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <tmmintrin.h>

/* Eight bytes at a time: those that stay are moved to the front by one instruction, and written as units. `moves` says for each
   set of eight which go where. `kept` has room for eight more than there are. */
__attribute__((target("ssse3,popcnt"))) static int64_t moved_ascii(const uint8_t *lane, int64_t size, const int64_t *starts, const int64_t *stops,
                                                                   int64_t count, uint16_t *kept, int64_t *ends) {
    uint8_t moves[256][GROUP] = {{0}};
    for (int set = 0; set < 256; ++set)
        for (int i = 0, to = 0; i < GROUP; ++i)
            if (set >> i & 1) moves[set][to++] = (uint8_t)i;
    const __m128i zero = _mm_setzero_si128(), below_a = _mm_set1_epi8('a' - 1), above_z = _mm_set1_epi8('z' + 1),
                  below_0 = _mm_set1_epi8('0' - 1), above_9 = _mm_set1_epi8('9' + 1);
    int64_t found = 0;
    for (int64_t text = 0; text < count; ++text) {
        for (int64_t at = starts[text]; at < stops[text]; at += GROUP) {
            uint8_t rest[GROUP] = {0};
            const uint8_t *from = lane + at;
            if (at + GROUP > size) { memcpy(rest, from, (size_t)(size - at)); from = rest; }
            const __m128i bytes = _mm_loadl_epi64((const __m128i *)from);
            const __m128i letters = _mm_and_si128(_mm_cmpgt_epi8(bytes, below_a), _mm_cmplt_epi8(bytes, above_z));
            const __m128i digits = _mm_and_si128(_mm_cmpgt_epi8(bytes, below_0), _mm_cmplt_epi8(bytes, above_9));
            int set = _mm_movemask_epi8(_mm_or_si128(letters, digits)) & 0xFF;
            if (stops[text] - at < GROUP) set &= (1 << (stops[text] - at)) - 1;
            const __m128i moved = _mm_shuffle_epi8(bytes, _mm_loadl_epi64((const __m128i *)moves[set]));
            _mm_storeu_si128((__m128i *)(kept + found), _mm_unpacklo_epi8(moved, zero));
            found += __builtin_popcount((unsigned)set);
        }
        ends[text] = found;
        kept[found++] = BORDER_UNIT;
    }
    return found;
}
#endif

int64_t normal_ascii(const uint8_t *lane, int64_t size, const int64_t *starts, const int64_t *stops, int64_t count, uint16_t *kept, int64_t *ends) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt")) return moved_ascii(lane, size, starts, stops, count, kept, ends);
#endif
    (void)size;
    return plain_ascii(lane, starts, stops, count, kept, ends);
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
