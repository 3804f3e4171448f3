/* What is kept of the shingles of documents, and how similar two documents are by it: `sketching.py` and `sketches.py` without
   arrays between. */

#include "shingles.h"

#define BINS 1024
#define VALUES 128
#define EMPTY 0xFFFFFFFFu
#define DISTANCE 0x9E3779B1u
#define AT_ONCE 2048
#define HASHED 4096
#define SLOT_BITS 13
#define CELLS (1 << 16)

/* Texts as units, or shingles that are hashed already. */
typedef struct {
    const uint16_t *units;
    const uint32_t *hashes; /* NULL where there are units */
    const int64_t *starts, *lengths;
} Texts;

static inline int64_t shingles_of(const Texts *texts, int64_t text) {
    const int64_t less = texts->hashes ? 0 : WIDTH - 1;
    return texts->lengths[text] > less ? texts->lengths[text] - less : 0;
}

/* The next `size` hashes of a text, from the one numbered `at`; `room` is for as many. */
static inline const uint32_t *hashes_of(const Texts *texts, int64_t text, int64_t at, int64_t size, uint32_t *room) {
    if (texts->hashes) return texts->hashes + texts->starts[text] + at;
    shingle_hashes(texts->units + texts->starts[text] + at, size, ALL_WAYS, room);
    return room;
}

/* The different hashes of texts in the order in which they first stand; -1 where there are more than `most` (below 2^12).
   `found` has room for `AT_ONCE` more. */
static int64_t different_of(const Texts *texts, int64_t first, int64_t stop, int64_t most, uint16_t *found) {
    uint32_t slots[1 << SLOT_BITS] = {0}, room[AT_ONCE];
    int64_t own = 0;
    int zero = 0; /* whether a hash of 0 was there: a slot of 0 is an empty one */
    for (int64_t text = first; text < stop; ++text) {
        const int64_t count = shingles_of(texts, text);
        for (int64_t at = 0; at < count; at += AT_ONCE) {
            const int64_t size = count - at < AT_ONCE ? count - at : AT_ONCE;
            const uint32_t *hashes = hashes_of(texts, text, at, size, room);
            for (int64_t i = 0; i < size; ++i) {
                const uint32_t hash = hashes[i];
                uint32_t slot = hash >> (32 - SLOT_BITS);
                /* one branch instead of two, of which nobody could foretell the first: 0 where the slot is empty or holds this hash */
                while ((uint64_t)slots[slot] * (slots[slot] ^ hash) != 0) slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
                found[own] = (uint16_t)hash;
                if (hash) own += !slots[slot];
                else if (!zero) { zero = 1; ++own; }
                slots[slot] = hash;
            }
            if (own > most) return -1;
        }
    }
    return own;
}

/* The smallest hash of each bin, bins being named by the first bits; where `kept` is not NULL the last 16 bits of all hashes. */
static void fill(const Texts *texts, int64_t first, int64_t stop, int shift, uint32_t *registers, uint16_t *kept) {
    uint32_t room[AT_ONCE];
    for (int64_t text = first; text < stop; ++text) {
        const int64_t count = shingles_of(texts, text);
        for (int64_t at = 0; at < count; at += AT_ONCE) {
            const int64_t size = count - at < AT_ONCE ? count - at : AT_ONCE;
            const uint32_t *hashes = hashes_of(texts, text, at, size, room);
            for (int64_t i = 0; i < size; ++i) {
                uint32_t *bin = registers + (hashes[i] >> shift);
                *bin = hashes[i] < *bin ? hashes[i] : *bin;
            }
            if (!kept) continue;
            for (int64_t i = 0; i < size; ++i) kept[i] = (uint16_t)hashes[i];
            kept += size;
        }
    }
}

/* Empty values take that of the next filled one to their right, round the end, changed by the distance. */
static void fill_empty(uint32_t *values) {
    uint32_t first = 0;
    while (first < VALUES && values[first] == EMPTY) ++first;
    uint32_t value = (first < VALUES ? values[first] : EMPTY) + first * DISTANCE; /* a hash may itself be what stands for none */
    for (int i = VALUES - 1; i >= 0; --i) {
        const uint32_t empty = -(uint32_t)(values[i] == EMPTY); /* no branch: nobody could foretell it */
        value = ((value + DISTANCE) & empty) | (values[i] & ~empty);
        values[i] = value;
    }
}

static void band_keys(const uint32_t *values, int64_t bands, int64_t rows, uint64_t *keys) {
    for (int64_t band = 0; band < bands; ++band) {
        uint64_t key = (uint64_t)(band + 1) * 0xBF58476D1CE4E5B9ULL;
        for (int64_t row = 0; row < rows; ++row) {
            key = (key ^ *values++) * 0x9E3779B97F4A7C15ULL;
            key ^= key >> 29;
        }
        keys[band] = key;
    }
}

/* Of each document, whose texts are those from `firsts[i]` to `firsts[i + 1]` and have `counts[i]` shingles:
   `signatures` (128 values) or, where this is NULL, `keys` of the bands; nothing is written of a document without shingles.
   With `keys` also: `different`, how many different shingles it has, counted where more than `many` fill fewer than `sparse[i]`
   bins and are at most `few`; all its shingles, `sizes[i]` of them, where it has at most `few`; a row of `bins` where it has
   more than `many`. Returns how many such rows there are. */
int64_t sketch(const uint16_t *units, const uint32_t *hashes, const int64_t *starts, const int64_t *lengths, const int64_t *firsts,
               int64_t documents, const int64_t *counts, const int64_t *sparse, int64_t many, int64_t few, int64_t bands, int64_t rows,
               uint32_t *signatures, uint64_t *keys, int64_t *different, uint16_t *shingles, int64_t *sizes, uint8_t *bins) {
    const Texts texts = {units, hashes, starts, lengths};
    const int64_t nothing = 0;
    uint32_t room[HASHED];
    int64_t found = 0;
    for (int64_t document = 0; document < documents; ++document) {
        const int64_t count = counts[document];
        int64_t first = firsts[document], stop = firsts[document + 1];
        const int whole = keys && count > many;
        uint32_t registers[BINS], *values = registers, merged[VALUES];
        if (keys) { different[document] = count; sizes[document] = 0; }
        if (!count) continue;
        memset(registers, 0xFF, whole ? sizeof registers : sizeof merged);
        Texts own_texts = texts;
        if (units && count <= HASHED) { /* hashed once, though some are gone through again */
            int64_t done = 0;
            for (int64_t text = first; text < stop; ++text) {
                hashes_of(&texts, text, 0, shingles_of(&texts, text), room + done);
                done += shingles_of(&texts, text);
            }
            own_texts = (Texts){NULL, room, &nothing, counts + document};
            first = 0;
            stop = 1;
        }
        fill(&own_texts, first, stop, whole ? 22 : 25, registers, keys && count <= few ? shingles : NULL);
        if (whole) {
            int64_t filled = 0;
            for (int i = 0; i < BINS; ++i) filled += registers[i] != EMPTY;
            for (int i = 0; i < VALUES; ++i) {
                uint32_t least = EMPTY;
                for (int j = 0; j < BINS / VALUES; ++j) {
                    const uint32_t one = registers[i * (BINS / VALUES) + j];
                    least = one < least ? one : least;
                }
                merged[i] = least;
            }
            values = merged;
            uint16_t own[(1 << 12) + AT_ONCE];
            const int64_t size = filled < sparse[document] ? different_of(&own_texts, first, stop, few, own) : -1;
            if (size >= 0) {
                different[document] = size;
                memcpy(shingles, own, (size_t)size * sizeof *own);
            }
            if (different[document] > many) {
                for (int i = 0; i < BINS; ++i) {
                    const uint32_t byte = (registers[i] * DISTANCE) >> 24;
                    bins[i] = registers[i] == EMPTY ? 0 : (uint8_t)(byte ? byte : 1);
                }
                bins += BINS;
                ++found;
            }
        }
        fill_empty(values);
        if (!keys) {
            memcpy(signatures + document * VALUES, values, sizeof merged);
            continue;
        }
        band_keys(values, bands, rows, keys + document * bands);
        if (different[document] <= few) {
            sizes[document] = different[document];
            shingles += sizes[document];
        }
    }
    return found;
}

/* Stretches of bytes, one behind the other. */
void put_together(const uint8_t *from, const int32_t *starts, const int32_t *sizes, int64_t count, uint8_t *into) {
    for (int64_t i = 0; i < count; into += sizes[i++]) memcpy(into, from + starts[i], (size_t)sizes[i]);
}

/* How many cells the sets of a pair have: the first, the second, both together. Set i are the cells from `ends[i]` to
   `ends[i + 1]`, each perhaps several times. */
void set_sizes(const uint16_t *cells, const int64_t *ends, const int64_t *some, const int64_t *others, int64_t pairs, int64_t *sizes) {
    uint64_t one[CELLS / 64] = {0}, other[CELLS / 64] = {0};
    int64_t own = 0;
    for (int64_t pair = 0; pair < pairs; ++pair, sizes += 3) {
        if (!pair || some[pair] != some[pair - 1]) {
            if (pair) for (int64_t at = ends[some[pair - 1]]; at < ends[some[pair - 1] + 1]; ++at) one[cells[at] >> 6] = 0;
            own = 0;
            for (int64_t at = ends[some[pair]]; at < ends[some[pair] + 1]; ++at) {
                const uint64_t bit = 1ULL << (cells[at] & 63);
                own += !(one[cells[at] >> 6] & bit);
                one[cells[at] >> 6] |= bit;
            }
        }
        int64_t second = 0, shared = 0;
        for (int64_t at = ends[others[pair]]; at < ends[others[pair] + 1]; ++at) {
            const uint64_t bit = 1ULL << (cells[at] & 63), seen = other[cells[at] >> 6];
            second += !(seen & bit);
            shared += (one[cells[at] >> 6] & ~seen & bit) != 0;
            other[cells[at] >> 6] = seen | bit;
        }
        for (int64_t at = ends[others[pair]]; at < ends[others[pair] + 1]; ++at) other[cells[at] >> 6] = 0;
        sizes[0] = own;
        sizes[1] = second;
        sizes[2] = own + second - shared;
    }
}

/* How many bins of a pair are filled in either row, are filled in both, and are filled and equal; rows begin at `ends`. */
void bin_counts(const uint8_t *bins, const int64_t *ends, const int64_t *some, const int64_t *others, int64_t pairs, int64_t *counts) {
    for (int64_t pair = 0; pair < pairs; ++pair, counts += 3) {
        const uint8_t *one = bins + ends[some[pair]], *other = bins + ends[others[pair]];
        int64_t either = 0, both = 0, equal = 0;
        for (int part = 0; part < BINS; part += 128) { /* as many as a byte can count */
            uint8_t any = 0, two = 0, same = 0;
            for (int i = part; i < part + 128; ++i) {
                any += (one[i] | other[i]) != 0;
                two += (one[i] != 0) & (other[i] != 0);
                same += (one[i] == other[i]) & (one[i] != 0);
            }
            either += any;
            both += two;
            equal += same;
        }
        counts[0] = either;
        counts[1] = both;
        counts[2] = equal;
    }
}
