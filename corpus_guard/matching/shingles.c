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
