/* What of texts counts for duplicates: letters and digits, folded further. `views.py` does the same without it. */

#include "at_once.h"

#define BORDER_UNIT 0xFFFF

#define GROUP 8

/* What normal forms are made of and written to. */
typedef struct {
    const uint16_t *codes, *table;
    uint16_t special, *kept;
    int64_t found;
    uint8_t any; /* `special` came up */
} Normal;

static inline void kept_one(Normal *to, uint16_t unit) {
    to->kept[to->found] = unit;
    to->found += (unit != 0) & (unit != BORDER_UNIT);
    to->any |= unit == to->special;
}

static void kept_each(Normal *to, int64_t at, int64_t stop) {
    for (; at < stop; ++at) kept_one(to, to->table[to->codes[at]]);
}

#ifdef AT_ONCE
/* Marks that Chinese texts are full of and of which nothing stays: first, and how many. */
static const int MARKS[][2] = {{0x2010, 7}, {0x2018, 16}, {0x3000, 4}, {0x3008, 0x19}, {0xFF01, 15}, {0xFF1A, 7}};
#define MARKS_COUNT ((int)(sizeof MARKS / sizeof *MARKS))

/* Whether `table` keeps of ASCII letters, in lower case, and digits, all of `FIRST_HAN` on, and nothing of `MARKS`. */
static int keeps_plainly(const uint16_t *table) {
    for (int code = 0; code < 0x80; ++code) {
        const int lower = code + ((uint8_t)(code - 'A') < 26) * 32;
        if (code != BORDER && table[code] != (is_plain((uint8_t)lower) ? lower : 0)) return 0;
    }
    for (int code = FIRST_HAN; code < AFTER_HAN; ++code)
        if (table[code] != code) return 0;
    for (int n = 0; n < MARKS_COUNT; ++n)
        for (int i = 0; i < MARKS[n][1]; ++i)
            if (table[MARKS[n][0] + i]) return 0;
    return 1;
}

static inline __m128i between(__m128i values, int first, int count) { /* of 16 bits, without a sign */
    const __m128i sign = _mm_set1_epi16((short)0x8000);
    return _mm_cmplt_epi16(_mm_xor_si128(_mm_sub_epi16(values, _mm_set1_epi16((short)first)), sign), _mm_set1_epi16((short)(count ^ 0x8000)));
}

/* The same as `kept_each`, eight characters at a time where all of them are plain. */
BYTES_MOVED static void kept_at_once(Normal *to, uint8_t moves[256][2 * GROUP], int64_t at, int64_t stop) {
    const uint16_t *from = to->codes; /* not asked for again after each store, which might be to anything */
    uint16_t *kept = to->kept;
    int64_t found = to->found;
    for (; at + GROUP <= stop; at += GROUP) {
        const __m128i codes = _mm_loadu_si128((const __m128i *)(from + at));
        const __m128i han = between(codes, FIRST_HAN, AFTER_HAN - FIRST_HAN), ascii = between(codes, 0, 0x80),
                      border = _mm_cmpeq_epi16(codes, _mm_set1_epi16(BORDER));
        const __m128i lower = _mm_or_si128(codes, _mm_and_si128(between(codes, 'A', 26), _mm_set1_epi16(32)));
        const __m128i keep = _mm_or_si128(han, _mm_or_si128(between(lower, 'a', 26), between(codes, '0', 10)));
        __m128i known = _mm_andnot_si128(border, _mm_or_si128(han, ascii));
        for (int n = 0; n < MARKS_COUNT; ++n) known = _mm_or_si128(known, between(codes, MARKS[n][0], MARKS[n][1]));
        if (_mm_movemask_epi8(known) != 0xFFFF) {
            to->found = found;
            kept_each(to, at, at + GROUP);
            found = to->found;
            continue;
        }
        const int set = _mm_movemask_epi8(_mm_packs_epi16(keep, _mm_setzero_si128()));
        _mm_storeu_si128((__m128i *)(kept + found), _mm_shuffle_epi8(lower, _mm_loadu_si128((const __m128i *)moves[set])));
        found += __builtin_popcount((unsigned)set);
    }
    to->found = found;
    kept_each(to, at, stop);
}
#endif

/* Of each text what `table` leaves of it, each followed by a border: `ends` are where each ends. For the characters at
   `places` the table has no entry, `beyond` has what stands for them. `mixed` is 1 for texts with a character of which
   the table says only that it is not enough. `kept` has room for eight more than there are, whose number is returned. */
int64_t normal_wide(const uint16_t *codes, const int64_t *starts, const int64_t *stops, int64_t count, const uint16_t *table,
                    uint16_t special, const int64_t *places, const uint16_t *beyond, int64_t noted, uint16_t *kept,
                    int64_t *ends, uint8_t *mixed) {
    Normal to = {codes, table, special, kept, 0, 0};
    int64_t note = 0;
#ifdef AT_ONCE
    const int plain = moves_bytes() && keeps_plainly(table);
    uint8_t moves[256][2 * GROUP] = {{0}};
    for (int set = 0; set < 256; ++set)
        for (int i = 0, unit = 0; i < GROUP; ++i)
            if (set >> i & 1) { moves[set][unit++] = (uint8_t)(2 * i); moves[set][unit++] = (uint8_t)(2 * i + 1); }
#endif
    for (int64_t text = 0; text < count; ++text) {
        to.any = 0;
        for (int64_t at = starts[text]; at < stops[text]; ++at) {
            const int64_t stop = note < noted && places[note] < stops[text] ? places[note] : stops[text];
#ifdef AT_ONCE
            if (plain)
                kept_at_once(&to, moves, at, stop);
            else
#endif
                kept_each(&to, at, stop);
            if ((at = stop) < stops[text]) kept_one(&to, beyond[note++]);
        }
        ends[text] = to.found;
        mixed[text] = to.any;
        kept[to.found++] = BORDER_UNIT;
    }
    return to.found;
}

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

#ifdef AT_ONCE
/* Eight bytes at a time: those that stay are moved to the front by one instruction, and written as units. `moves` says for each
   set of eight which go where. `kept` has room for eight more than there are. */
BYTES_MOVED static int64_t moved_ascii(const uint8_t *lane, int64_t size, const int64_t *starts, const int64_t *stops,
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
#ifdef AT_ONCE
    if (moves_bytes()) return moved_ascii(lane, size, starts, stops, count, kept, ends);
#endif
    (void)size;
    return plain_ascii(lane, starts, stops, count, kept, ends);
}
