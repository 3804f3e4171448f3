/* Shingles: every five units in a row, hashed to 32 bits; `shingles.py` does the same without it. */

#include <stdint.h>
#include <string.h>

#define WIDTH 5

#define ALL_WAYS 2

/* The hashes of `size` shingles, of which the first begins at `units`: one at a time where `ways` is 0, else as wide as that allows
   and the processor can. */
void shingle_hashes(const uint16_t *units, int64_t size, int32_t ways, uint32_t *hashes);
