/* What is near digits: all that a pattern has to see which matches nothing without one. `digits.py` does the same without it. */

#include "blocks.h"

/* Copies the stretches of `lane` within `reach` of a digit, each followed by a border. `begins` says where each stretch begins
   in the lane, `places` where its copy does, and one more where the copies end. Returns how many there are: one for each
   2 * reach + 1 characters at most, and two more. */
int64_t near_digits(const uint8_t *lane, int64_t size, int64_t reach, uint8_t *copied, int64_t *begins, int64_t *places) {
    int64_t count = 0, end = -1, made = 0;
    for (int64_t block = 0; block < size; block += BLOCK) {
        uint8_t rest[BLOCK];
        const uint8_t *from = block_at(lane, size, block, rest);
        uint64_t digits = 0;
        for (int part = 0; part < BLOCK; part += 16) digits |= bits_of(are_digits(sixteen(from + part))) << part;
        for (; digits; digits &= digits - 1) {
            const int64_t at = block + __builtin_ctzll(digits), begin = at < reach ? 0 : at - reach;
            if (begin > end) {
                if (count) {
                    memcpy(copied + made, lane + begins[count - 1], (size_t)(end - begins[count - 1]));
                    made += end - begins[count - 1];
                    copied[made++] = BORDER;
                }
                places[count] = made;
                begins[count++] = begin;
            }
            end = at + reach + 1 < size ? at + reach + 1 : size;
        }
    }
    if (count) {
        memcpy(copied + made, lane + begins[count - 1], (size_t)(end - begins[count - 1]));
        made += end - begins[count - 1];
        copied[made++] = BORDER;
    }
    places[count] = made;
    return count;
}

/* Which stretches of `lane`, from `begins[i]` to `ends[i]`, have a digit. */
void hold_digit(const uint8_t *lane, const int64_t *begins, const int64_t *ends, int64_t count, uint8_t *found) {
    for (int64_t n = 0; n < count; ++n) {
        int64_t at = begins[n];
        Vector digits = {0};
        uint8_t rest = 0;
        for (; at + 16 <= ends[n]; at += 16) digits |= are_digits(sixteen(lane + at));
        for (; at < ends[n]; ++at) rest |= (uint8_t)(lane[at] - '0') < 10;
        found[n] = rest || bits_of(digits);
    }
}
