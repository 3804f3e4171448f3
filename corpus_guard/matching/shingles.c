/* Hashes of every five units in a row, and the smallest of each bin: `shingles.py` and `sketches.py` without arrays between. */

#include <stdint.h>
#include <string.h>

#define WIDTH 5

/* Text i is the next `lengths[i]` units, after which `between` units are passed over. Returns how many hashes there are. */
int64_t hash_shingles(const uint16_t *units, const int64_t *lengths, int64_t count, int64_t between, uint32_t *hashes) {
    int64_t found = 0;
    for (int64_t text = 0; text < count; ++text) {
        for (int64_t at = 0; at + WIDTH <= lengths[text]; ++at) {
            uint64_t four;
            memcpy(&four, units + at, 8);
            uint64_t mixed = four * 0x9E3779B97F4A7C15ULL ^ units[at + 4] * 0xC2B2AE3D27D4EB4FULL;
            mixed = (mixed ^ mixed >> 32) * 0xBF58476D1CE4E5B9ULL;
            hashes[found++] = (uint32_t)(mixed >> 32);
        }
        units += lengths[text] + between;
    }
    return found;
}

/* The smallest of the next `counts[i]` hashes in each of the bins that their first bits name, a row of bins a document. */
void smallest(const uint32_t *hashes, const int64_t *counts, int64_t count, int32_t shift, uint32_t *registers) {
    for (int64_t document = 0; document < count; ++document, registers += 1LL << (32 - shift))
        for (int64_t i = 0; i < counts[document]; ++i) {
            const uint32_t hash = *hashes++;
            uint32_t *bin = registers + (hash >> shift);
            *bin = hash < *bin ? hash : *bin;
        }
}

#define SLOT_BITS 13

/* The different hashes of some documents, those of each in the order in which they first stand: `rows` says which documents,
   whose hashes begin at `begins`. A document that has more than `most` (below 2^12) has size -1. Returns how many there are. */
int64_t different(const uint32_t *hashes, const int64_t *begins, const int64_t *rows, int64_t count, int64_t most, uint32_t *found, int64_t *sizes) {
    uint32_t slots[1 << SLOT_BITS];
    uint8_t used[1 << SLOT_BITS];
    int64_t all = 0;
    for (int64_t row = 0; row < count; ++row) {
        int64_t own = 0;
        memset(used, 0, sizeof used);
        for (int64_t at = begins[rows[row]]; at < begins[rows[row] + 1] && own <= most; ++at) {
            uint32_t slot = hashes[at] >> (32 - SLOT_BITS);
            while (used[slot] && slots[slot] != hashes[at]) slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
            if (used[slot]) continue;
            used[slot] = 1;
            slots[slot] = hashes[at];
            if (own < most) found[all + own] = hashes[at];
            ++own;
        }
        sizes[row] = own > most ? -1 : own;
        if (own <= most) all += own;
    }
    return all;
}
