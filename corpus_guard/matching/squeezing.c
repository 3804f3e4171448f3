/* Where characters stand that were put inside words to hide them. `squeezed.py` does the same without it. */

#include "blocks.h"

enum { GAP = 1, HAN = 2, WORD = 4, UNSEEN = 8, MARK = 16, LATIN = 32 };

typedef struct {
    const uint8_t *lane;
    const uint16_t *units; /* NULL where every text is ASCII */
    int64_t size;
    const uint8_t *kinds;  /* what each byte of the lane is */
    const uint8_t *pairs;  /* a bit for the hash of each two units that follow each other in some word */
    int32_t bits;
    const uint8_t *triples; /* the same of three units, and of the two of a word of two */
    int32_t triple_bits;
} Text;

/* Of 64 characters, a bit each: Chinese ones, Latin letters, these and digits, invisible ones. */
typedef struct {
    uint64_t han, latin, word, unseen;
} Letters;

static inline int is(const Text *text, int64_t at, int kind) { return at >= 0 && at < text->size && text->kinds[text->lane[at]] & kind; }

static inline uint64_t unit(const Text *text, int64_t at) { return text->units ? text->units[at] : text->lane[at]; }

/* Whether some word goes on with the unit at `next` after that at `last`. */
static inline int joins(const Text *text, int64_t last, int64_t next) {
    if (last < 0 || next >= text->size) return 0;
    return (int)bit(text->pairs, hashed(unit(text, next) << 16 | unit(text, last), text->bits));
}

static inline int is_triple(const Text *text, uint64_t one, uint64_t two, uint64_t three) {
    return (int)bit(text->triples, hashed(three << 32 | two << 16 | one, text->triple_bits));
}

/* Whether that word is these two or has one more on either side, as far as what is there may not go as well. */
static int joins_more(const Text *text, int64_t last, int64_t next) {
    if (is(text, last - 1, GAP | UNSEEN | MARK) || is(text, next + 1, GAP | UNSEEN | MARK)) return 1;
    const uint64_t before = unit(text, last), after = unit(text, next);
    return is_triple(text, 0, before, after) || (last && is_triple(text, unit(text, last - 1), before, after))
           || (next + 1 < text->size && is_triple(text, before, after, unit(text, next + 1)));
}

/* A mark between two single letters. */
static int is_lone(const Text *text, int64_t at) {
    return is(text, at, MARK) && is(text, at - 1, LATIN) && is(text, at + 1, LATIN) && !is(text, at - 2, LATIN) && !is(text, at + 2, LATIN);
}

/* A single letter, a mark, a letter, a mark and a letter, this being the first mark. */
static int begins_spelling(const Text *text, int64_t at) {
    return is(text, at, MARK) && is(text, at - 1, LATIN) && !is(text, at - 2, LATIN) && is(text, at + 1, LATIN) && is(text, at + 2, MARK)
           && is(text, at + 3, LATIN);
}

/* Whether what stands from `at` to `stop` (exclusive), all of one kind, was put inside a word. */
static int hides(const Text *text, int64_t at, int64_t stop, int64_t most) {
    if (!joins(text, at - 1, stop) || !joins_more(text, at - 1, stop)) return 0;
    if (is(text, at, UNSEEN)) return 1;
    if (text->units && is(text, at, GAP) && stop - at <= most && is(text, at - 1, WORD) && is(text, stop, WORD)
        && (is(text, at - 1, HAN) || is(text, stop, HAN))) return 1;
    return stop == at + 1 && is_lone(text, at) && (begins_spelling(text, at) || begins_spelling(text, at - 2));
}

static inline Letters letters(const Text *text, int64_t begin) {
    uint8_t rest[BLOCK];
    const uint8_t *from = block_at(text->lane, text->size, begin, rest);
    Letters found = {0, 0, 0, 0};
    for (int part = 0; part < BLOCK; part += 16) {
        const Vector bytes = sixteen(from + part);
        if (text->units) {
            found.han |= bits_of((Vector)(bytes == 0x81)) << part;
            found.unseen |= bits_of((Vector)(bytes == 0x83)) << part;
        }
        found.latin |= bits_of((Vector)((bytes - 'a') < 26) | (Vector)(bytes == 0x84)) << part;
        found.word |= bits_of(are_digits(bytes)) << part;
    }
    found.word |= found.latin | found.han;
    return found;
}

static inline uint64_t before(uint64_t bits, uint64_t last, int by) { return bits << by | last >> (BLOCK - by); }
static inline uint64_t behind(uint64_t bits, uint64_t next, int by) { return bits >> by | next << (BLOCK - by); }

/* Invisible characters; up to `most` separators between word characters of which one is Chinese; marks between letters of a
   word that is spelled: all where some word may go on behind them. Returns how many there are, also when more than `room`. */
int64_t removable(const uint8_t *lane, const uint16_t *units, int64_t size, const uint8_t *kinds, int64_t most, const uint8_t *pairs,
                  int32_t bits, const uint8_t *triples, int32_t triple_bits, int64_t *places, int64_t room) {
    const Text text = {lane, units, size, kinds, pairs, bits, triples, triple_bits};
    int64_t found = 0, done = 0;
    Letters last = {0, 0, 0, 0}, here = letters(&text, 0);
    for (int64_t begin = 0; begin < size; begin += BLOCK) {
        const Letters next = letters(&text, begin + BLOCK);
        uint64_t likely = before(here.latin, last.latin, 1) & behind(here.latin, next.latin, 1) & ~before(here.latin, last.latin, 2)
                          & ~behind(here.latin, next.latin, 2) & ~here.latin;
        if (units) likely |= here.unseen | ((before(here.han, last.han, 1) | behind(here.han, next.han, 1)) & ~here.han & ~here.latin);
        const uint64_t alone = before(here.word, last.word, 1) & behind(here.word, next.word, 1);
        uint8_t chosen[BLOCK];
        int count = 0;
        for (; likely; likely &= likely - 1) { /* without a branch that a processor would guess wrong */
            const int i = __builtin_ctzll(likely);
            chosen[count] = (uint8_t)i;
            count += (alone >> i & 1) ? joins(&text, begin + i - 1, begin + i + 1) : 1;
        }
        for (int n = 0; n < count; ++n) {
            int64_t at = begin + chosen[n], stop = at + 1;
            if (at < done) continue;
            const int kind = kinds[lane[at]] & (GAP | UNSEEN);
            if (!kind && !(kinds[lane[at]] & MARK)) continue;
            if (units && kind) {
                while (at > done && kinds[lane[at - 1]] & kind) --at;
                while (stop < size && kinds[lane[stop]] & kind) ++stop;
            }
            done = stop;
            if (!hides(&text, at, stop, most)) continue;
            for (int64_t place = at; place < stop; ++place, ++found)
                if (found < room) places[found] = place;
        }
        last = here;
        here = next;
    }
    return found;
}
