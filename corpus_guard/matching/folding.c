/* Texts folded and laid end to end, and what of them counts for duplicates: one pass over each character.

   `views.py` does the same without it. Texts are the bytes from `offsets[i]` to `offsets[i + 1]` of `data`. */

#include "blocks.h"

#define BORDER 0x1E
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

#define RUN 16

/* Which of up to 64 bytes are letters in lower case or digits. */
static inline uint64_t letters_and_digits(const uint8_t *from, int64_t size) {
    uint64_t found = 0;
    for (int part = 0; part < BLOCK; part += 16) {
        const Vector bytes = sixteen(from + part);
        found |= bits_of((Vector)((bytes - 'a') < 26) | (Vector)((bytes - '0') < 10)) << part;
    }
    return size < BLOCK ? found & ((1ULL << size) - 1) : found;
}

/* The same of ASCII in lower case: its letters and digits, copied 16 at a time. `kept` has room for 16 more than there are. */
int64_t normal_ascii(const uint8_t *lane, int64_t size, const int64_t *starts, const int64_t *stops, int64_t count, uint16_t *kept,
                     int64_t *ends) {
    int64_t found = 0;
    for (int64_t text = 0; text < count; ++text) {
        for (int64_t at = starts[text]; at < stops[text]; at += BLOCK) {
            uint8_t rest[BLOCK + RUN] = {0};
            const uint8_t *from = lane + at;
            if (at + BLOCK + RUN > size) { memcpy(rest, from, (size_t)(size - at)); from = rest; }
            for (uint64_t left = letters_and_digits(from, stops[text] - at); left;) {
                const int begin = __builtin_ctzll(left), run = ~(left >> begin) ? __builtin_ctzll(~(left >> begin)) : BLOCK;
                for (int done = 0; done < run; done += RUN)
                    for (int i = 0; i < RUN; ++i) kept[found + done + i] = from[begin + done + i];
                found += run;
                left = begin + run < BLOCK ? left >> (begin + run) << (begin + run) : 0;
            }
        }
        ends[text] = found;
        kept[found++] = BORDER_UNIT;
    }
    return found;
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
