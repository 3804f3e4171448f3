/* Literals in folded text, many thousands at once, without a call back for each hit.

   A literal is looked up by what it begins with, its key. Of bytes: all of a word of up to seven; else its first
   sixteen, or eight, six, four, three, two, one; of units: its first four, or three, or two. Literals of one kind stand in the order of the hash
   of their keys, and `first` leads from a hash to them; what is there is then compared with the text in full.

   Text is gone through 64 characters at a time. Whether a literal may begin at a place is told first, by filters and
   without branches, which a processor would guess wrong at every other word. `native.py` lays the tables out.

   A hit is `end << 24 | number`. Both functions return how many hits there are, also when more than `room`. */

#include "blocks.h"

#define NUMBER_BITS 24
#define APART 4

typedef struct {
    uint64_t key;
    uint32_t number, size, place; /* place: where its characters stand in `characters` */
    uint32_t whole;               /* 1: may not begin within a word, 2: may not end within one, 4: its words may be apart */
} Literal;

typedef struct {
    int32_t bits, filter_bits; /* of the hash that `first` takes, and of that of `filter` */
    const uint32_t *first;     /* 2^bits + 1 */
    const Literal *literals;   /* in the order of hashes */
    const uint8_t *filter;     /* a bit for each hash that a key has */
} Kind;

typedef struct {
    const uint8_t *text, *lane; /* the same where characters are bytes */
    int64_t size, width;
    const uint8_t *characters;
    int anywhere;               /* words do not matter */
    int64_t *hits, room, count;
} Search;

static inline uint64_t listed(const Kind *kind, uint64_t key) { return bit(kind->filter, hashed(key, kind->filter_bits)); }
static inline uint64_t ahead(const uint8_t *text, int64_t left) { /* what is beyond the end is zero */
    if (left >= 8) return eight(text);
    uint64_t v = 0;
    for (int64_t i = 0; i < left; ++i) v |= (uint64_t)text[i] << 8 * i;
    return v;
}

/* Of 64 characters, a bit each: those of words, those of them that are letters or digits, those among `few` others. */
typedef struct { uint64_t word, plain, others; } Marks;

static inline Marks marks_of(const uint8_t *text, int64_t size, int64_t begin, const uint8_t *few, int count) {
    uint8_t rest[BLOCK];
    const uint8_t *from = block_at(text, size, begin, rest);
    Marks found = {0, 0, among(from, few, count)};
    for (int part = 0; part < BLOCK; part += 16) {
        const Vector bytes = sixteen(from + part), plain = are_plain(bytes);
        found.plain |= bits_of(plain) << part;
        found.word |= bits_of(plain | (Vector)(bytes == '_') | (Vector)(bytes == 0x84)) << part;
    }
    return found;
}

/* Where a literal that begins at `at` ends if its blanks are anything between two words; -1 where it does not stand there. */
static int64_t apart(const Search *search, const Literal *known, int64_t at) {
    const uint8_t *text = search->text, *next = search->characters + known->place, *last = next + known->size;
    if (at && is_plain(text[at - 1])) return -1;
    for (; next < last; ++next) {
        const int64_t from = at;
        if (*next == ' ')
            while (at < search->size && !is_plain(text[at]) && text[at] != BORDER) ++at;
        else if (at < search->size && text[at] == *next)
            ++at;
        if (at == from) return -1;
    }
    return at;
}

static inline void note(Search *search, const Literal *known, int64_t end) {
    if (search->count < search->room) search->hits[search->count] = end << NUMBER_BITS | known->number;
    ++search->count;
}

/* Literals of one kind at one place; `bytes` of them are in the key, `opens`: no word goes on here. */
static inline void compare(Search *search, const Kind *kind, uint64_t key, size_t bytes, int64_t at, int opens) {
    const uint64_t hash = hashed(key, kind->bits);
    for (uint32_t i = kind->first[hash]; i < kind->first[hash + 1]; ++i) {
        const Literal *known = kind->literals + i;
        const int64_t width = search->width;
        int64_t end = at + known->size;
        if (known->key != key || end > search->size) continue;
        if (known->whole & APART) {
            end = apart(search, known, at);
            if (end >= 0) note(search, known, end);
            continue;
        }
        if (known->whole & 1 && !opens) continue;
        if (known->whole & 2 && !search->anywhere && end < search->size && is_word(search->lane[end])) continue;
        const size_t size = known->size * (size_t)width;
        if (size > bytes && memcmp(search->text + at * width, search->characters + known->place * width, size)) continue;
        note(search, known, end);
    }
}

static const uint64_t KEYS[9] = {0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFF, 0xFFFFFFFFFFFF, 0xFFFFFFFFFFFFFF, ~0ULL};

/* Kinds of literals of bytes: whole words of up to seven; literals by how many bytes their key has. All of eight bytes and
   more are in the filter of EIGHT. */
enum { SHORT, EIGHT, SIX, FOUR, THREE, TWO, ONE, SIXTEEN, KINDS };
static const int SIZES[KINDS] = {0, 8, 6, 4, 3, 2, 1};

/* The key of sixteen bytes: what they are is compared in full later. */
static inline uint64_t sixteen_as_one(uint64_t first, uint64_t second) { return first ^ second * MIX; }

/* Literals of some kinds, a bit each, at one place; `word` is how long the word here is. */
static inline void of_kinds(Search *search, const Kind *kinds, uint32_t which, int64_t at, int opens, int word) {
    const uint64_t key = ahead(search->text + at, search->size - at);
    for (; which; which &= which - 1) {
        const int kind = __builtin_ctz(which);
        const int bytes = kind == SHORT ? word : SIZES[kind];
        const uint64_t own = key & KEYS[bytes];
        if (kind >= THREE && !listed(kinds + kind, own)) continue;
        compare(search, kinds + kind, own, (size_t)bytes, at, opens);
        if (kind != EIGHT || at + 16 > search->size) continue;
        const uint64_t longer = sixteen_as_one(key, eight(search->text + at + 8));
        if (listed(kinds + SIXTEEN, longer)) compare(search, kinds + SIXTEEN, longer, 0, at, opens);
    }
}

/* Literals of all kinds at one place, also near the end of the text. */
static void at_byte(Search *search, const Kind *kinds, int64_t at, int opens, int word) {
    const uint64_t key = ahead(search->text + at, search->size - at);
    for (int size = search->anywhere ? 1 : word; size && size < 8 && at + size <= search->size; size = search->anywhere ? size + 1 : 8)
        if (opens && listed(kinds, key & KEYS[size])) of_kinds(search, kinds, 1 << SHORT, at, 1, size);
    uint32_t which = 1 << THREE | 1 << TWO | 1 << ONE;
    for (int kind = EIGHT; kind <= FOUR; ++kind) which |= (uint32_t)listed(kinds + kind, key & KEYS[SIZES[kind]]) << kind;
    of_kinds(search, kinds, which, at, opens, word);
}

/* Places where filters say that literals of some kinds may begin, and how long the word there is. */
#define LIKELY 512
typedef struct {
    int count;
    int64_t at[LIKELY];
    uint8_t which[LIKELY], length[LIKELY], opens[LIKELY];
} Likely;

/* One kind at all of these places, then the next: a processor guesses better what comes after what. */
static inline void of_kind(Search *search, const Kind *kinds, const Likely *likely, int kind) {
    uint16_t chosen[LIKELY];
    int count = 0;
    for (int n = 0; n < likely->count; ++n) {
        chosen[count] = (uint16_t)n;
        count += likely->which[n] >> kind & 1;
    }
    for (int i = 0; i < count; ++i) {
        const int n = chosen[i], bytes = kind == SHORT ? likely->length[n] : SIZES[kind];
        const uint64_t key = eight(search->text + likely->at[n]) & KEYS[bytes];
        if (kind < TWO || listed(kinds + kind, key)) compare(search, kinds + kind, key, (size_t)bytes, likely->at[n], likely->opens[n]);
    }
    for (int i = 0; kind == EIGHT && i < count; ++i) {
        const int n = chosen[i];
        const int64_t at = likely->at[n];
        if (at + 16 > search->size) continue;
        const uint64_t longer = sixteen_as_one(eight(search->text + at), eight(search->text + at + 8));
        if (listed(kinds + SIXTEEN, longer)) compare(search, kinds + SIXTEEN, longer, 0, at, likely->opens[n]);
    }
}

static void look_at(Search *search, const Kind *kinds, Likely *likely) {
    for (int kind = SHORT; kind < SIXTEEN; ++kind) of_kind(search, kinds, likely, kind);
    likely->count = 0;
}

/* `pairs` has a bit for the first two bytes of each literal of TWO and ONE; `begins` are characters that begin literals
   and are no part of words. */
int64_t find_bytes(const uint8_t *text, int64_t size, const Kind *kinds, const uint8_t *pairs, const uint8_t *begins,
                   int32_t count_begins, const uint8_t *characters, int32_t anywhere, int64_t *hits, int64_t room) {
    Search search = {text, text, size, 1, characters, anywhere, hits, room, 0};
    Likely likely = {.count = 0};
    uint64_t before = 0, plain_before = 0;
    Marks next = marks_of(text, size, 0, begins, count_begins);
    for (int64_t begin = 0; begin < size; begin += BLOCK) {
        const uint64_t word = next.word, plain = next.plain, opens = ~(word << 1 | before);
        uint64_t places = (anywhere ? word : (word & opens) | (plain & ~(plain << 1 | plain_before))) | next.others;
        next = marks_of(text, size, begin + BLOCK, begins, count_begins);
        before = word >> 63;
        plain_before = plain >> 63;
        if (anywhere || begin + BLOCK + 8 > size) {
            for (; places; places &= places - 1) {
                const int i = __builtin_ctzll(places);
                const uint64_t rest = i ? word >> i | next.word << (BLOCK - i) : word;
                const int length = ~rest ? __builtin_ctzll(~rest) : BLOCK;
                at_byte(&search, kinds, begin + i, anywhere || opens >> i & 1, length);
            }
            continue;
        }
        for (; places; places &= places - 1) {
            const int i = __builtin_ctzll(places);
            const uint64_t rest = i ? word >> i | next.word << (BLOCK - i) : word, key = eight(text + begin + i);
            const int length = __builtin_ctzll(~rest | 0x80);
            const uint64_t few = bit(pairs, (uint16_t)key);
            const uint64_t which = listed(kinds, key & KEYS[length]) << SHORT | listed(kinds + EIGHT, key) << EIGHT
                                   | listed(kinds + SIX, key & KEYS[6]) << SIX | listed(kinds + FOUR, (uint32_t)key) << FOUR
                                   | listed(kinds + THREE, key & KEYS[3]) << THREE | few << TWO | few << ONE;
            likely.at[likely.count] = begin + i;
            likely.which[likely.count] = (uint8_t)which;
            likely.length[likely.count] = (uint8_t)length;
            likely.opens[likely.count] = opens >> i & 1;
            likely.count += which != 0;
        }
        if (likely.count > LIKELY - BLOCK) look_at(&search, kinds, &likely);
    }
    look_at(&search, kinds, &likely);
    return search.count;
}

static inline uint64_t beyond_ascii(const uint8_t *lane, int64_t size, int64_t begin) {
    uint8_t rest[BLOCK];
    const uint8_t *from = block_at(lane, size, begin, rest);
    uint64_t found = 0;
    for (int part = 0; part < BLOCK; part += 16) found |= bits_of((Vector)(sixteen(from + part) >= 0x80)) << part;
    return found;
}

/* These of 64 characters, and those at most `lead` before them or before one of `next`; some more are not ruled out. */
static inline uint64_t before_these(uint64_t these, uint64_t next, int lead) {
    if (lead >= BLOCK) return ~0ULL;
    for (int by = 1; by <= lead; by *= 2) {
        these |= these >> by | next << (BLOCK - by);
        next |= next >> by;
    }
    return these;
}

/* Literals of units at all of these places, in their order; what is to be read is called for first, all of it at once. */
static void look_at_units(Search *search, const Kind *kinds, Likely *likely) {
    for (int step = 0; step < 3; ++step) {
        for (int n = 0; n < likely->count; ++n) {
            const int64_t at = likely->at[n];
            const uint64_t eight_bytes = ahead(search->text + 2 * at, 2 * (search->size - at));
            for (uint32_t which = likely->which[n]; which; which &= which - 1) {
                const int number = __builtin_ctz(which), bytes = 2 * number + 4;
                const Kind *kind = kinds + number;
                const uint64_t key = eight_bytes & KEYS[bytes], hash = hashed(key, kind->bits);
                if (step == 0)
                    __builtin_prefetch(kind->first + hash);
                else if (step == 1)
                    __builtin_prefetch(kind->literals + kind->first[hash]);
                else
                    compare(search, kind, key, (size_t)bytes, at, search->anywhere || !at || !is_word(search->lane[at - 1]));
            }
        }
    }
    likely->count = 0;
}

/* Units: `kinds` are literals of two, of three, and of four or more units; `pairs` has a bit for the hash of the first two units of
   each; `lane` are the same characters as bytes. Each literal has a character that is no ASCII among its first `lead` and one. */
int64_t find_units(const uint16_t *text, const uint8_t *lane, int64_t size, const Kind *kinds, const uint8_t *pairs,
                   int32_t pair_bits, int32_t lead, const uint8_t *characters, int32_t anywhere, int64_t *hits, int64_t room) {
    Search search = {(const uint8_t *)text, lane, size, 2, characters, anywhere, hits, room, 0};
    Likely likely = {.count = 0};
    uint64_t next = beyond_ascii(lane, size, 0);
    for (int64_t begin = 0; begin < size; begin += BLOCK) {
        const uint64_t here = next;
        next = beyond_ascii(lane, size, begin + BLOCK);
        const uint64_t may_begin = before_these(here, next, lead);
        if (!may_begin) continue;
        const int count = size - begin < BLOCK ? (int)(size - begin) : BLOCK;
        uint64_t places = may_begin & ~0ULL >> (BLOCK - count);
        if (begin + BLOCK + 4 <= size) {
            places = 0;
            for (int i = BLOCK - 1; i >= 0; --i) {
                uint32_t two;
                memcpy(&two, text + begin + i, sizeof two);
                places = places << 1 | bit(pairs, hashed(two, pair_bits));
            }
            places &= may_begin;
        }
        for (; places; places &= places - 1) {
            const int64_t at = begin + __builtin_ctzll(places);
            const uint64_t key = ahead((const uint8_t *)(text + at), 2 * (size - at));
            likely.at[likely.count] = at;
            likely.which[likely.count] = (uint8_t)(listed(kinds, (uint32_t)key) | listed(kinds + 1, key & KEYS[6]) << 1 | listed(kinds + 2, key) << 2);
            likely.count += likely.which[likely.count] != 0;
        }
        if (likely.count > LIKELY - BLOCK) look_at_units(&search, kinds, &likely);
    }
    look_at_units(&search, kinds, &likely);
    return search.count;
}
