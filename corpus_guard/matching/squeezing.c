/* Where characters stand that were put inside words to hide them. `squeezed.py` does the same without it. */

#include <stdint.h>
#include <string.h>

#define MIX 0x9E3779B97F4A7C15ULL

enum { GAP = 1, HAN = 2, WORD = 4, UNSEEN = 8, MARK = 16, LATIN = 32 };

typedef struct {
    const uint8_t *lane;
    const uint16_t *units; /* NULL where every text is ASCII */
    int64_t size;
    const uint8_t *kinds;  /* what each byte of the lane is */
    const uint8_t *pairs;  /* a bit for the hash of each two units that follow each other in some word */
    int32_t bits;
} Text;

static inline int is(const Text *text, int64_t at, int kind) { return at >= 0 && at < text->size && text->kinds[text->lane[at]] & kind; }

/* Whether some word goes on with the unit at `next` after that at `last`. */
static inline int joins(const Text *text, int64_t last, int64_t next) {
    if (last < 0 || next >= text->size) return 0;
    const uint64_t before = text->units ? text->units[last] : text->lane[last], after = text->units ? text->units[next] : text->lane[next];
    const uint64_t hash = ((after << 16 | before) * MIX) >> (64 - text->bits);
    return text->pairs[hash >> 3] >> (hash & 7) & 1;
}

/* A mark between two single letters. */
static inline int is_lone(const Text *text, int64_t at) {
    return is(text, at, MARK) && is(text, at - 1, LATIN) && is(text, at + 1, LATIN) && !is(text, at - 2, LATIN) && !is(text, at + 2, LATIN);
}

/* A single letter, a mark, a letter, a mark and a letter, this being the first mark. */
static inline int begins_spelling(const Text *text, int64_t at) {
    return is(text, at, MARK) && is(text, at - 1, LATIN) && !is(text, at - 2, LATIN) && is(text, at + 1, LATIN) && is(text, at + 2, MARK)
           && is(text, at + 3, LATIN);
}

/* Invisible characters; up to `most` separators between word characters of which one is Chinese; marks between letters of a
   word that is spelled: all where some word may go on behind them. Returns how many there are, also when more than `room`. */
int64_t removable(const uint8_t *lane, const uint16_t *units, int64_t size, const uint8_t *kinds, int64_t most, const uint8_t *pairs,
                  int32_t bits, int64_t *places, int64_t room) {
    const Text text = {lane, units, size, kinds, pairs, bits};
    int64_t found = 0;
    for (int64_t at = 0; at < size;) {
        const int kind = kinds[lane[at]];
        if (!(kind & (GAP | UNSEEN | MARK))) { ++at; continue; }
        int64_t stop = at + 1;
        int goes = 0;
        if (units && kind & (GAP | UNSEEN)) {
            while (stop < size && kinds[lane[stop]] & kind & (GAP | UNSEEN)) ++stop;
            if (kind & UNSEEN) goes = 1;
            else goes = stop - at <= most && is(&text, at - 1, WORD) && is(&text, stop, WORD) && (is(&text, at - 1, HAN) || is(&text, stop, HAN));
        }
        if (!goes && stop == at + 1) goes = is_lone(&text, at) && (begins_spelling(&text, at) || begins_spelling(&text, at - 2));
        if (goes && joins(&text, at - 1, stop))
            for (int64_t place = at; place < stop; ++place, ++found)
                if (found < room) places[found] = place;
        at = stop;
    }
    return found;
}
