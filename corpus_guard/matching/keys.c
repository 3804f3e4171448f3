/* Keys that stand several times, told from the others by some of their bits: only they are sorted (`duplicates/shared_keys.py`). */

#include <stdint.h>

typedef struct {
    uint64_t *word;
    int shift;
} Place;

static inline Place place_of(uint64_t *seen, uint64_t key, int32_t bits) {
    const uint64_t slot = key & ((1ULL << bits) - 1);
    return (Place){seen + (slot >> 5), (int)(slot & 31) << 1};
}

/* Notes keys: of each slot one bit says that one of its keys was there, the other that one was there again. */
void note_keys(const uint64_t *keys, int64_t count, int32_t bits, uint64_t *seen) {
    for (int64_t i = 0; i < count; ++i) {
        const Place at = place_of(seen, keys[i], bits);
        *at.word |= (1 | (*at.word >> at.shift & 1) << 1) << at.shift;
    }
}

/* The keys whose slot says that; all that stand several times are among them. `kept` has room for one more than there are. */
int64_t noted_again(const uint64_t *keys, int64_t count, int32_t bits, uint64_t *seen, uint64_t *kept) {
    int64_t found = 0;
    for (int64_t i = 0; i < count; ++i) {
        const Place at = place_of(seen, keys[i], bits);
        kept[found] = keys[i];
        found += *at.word >> at.shift >> 1 & 1;
    }
    return found;
}

/* Where a key stands of whose last bits, which `mask` has, one of `bits` says that some known key has them. `places` has room for one
   more than there are. */
int64_t likely_keys(const uint64_t *keys, int64_t count, uint64_t mask, const uint8_t *bits, int64_t *places) {
    int64_t found = 0;
    for (int64_t i = 0; i < count; ++i) {
        const uint64_t slot = keys[i] & mask;
        places[found] = i;
        found += bits[slot >> 3] >> (slot & 7) & 1;
    }
    return found;
}
