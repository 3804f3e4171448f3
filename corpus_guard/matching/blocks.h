/* Text 64 characters at a time, a bit for each; hashes, and filters of bits that hashes lead into (`hashing.py`). */

#include <stdint.h>
#include <string.h>

#define BLOCK 64
#define BORDER 0x1E /* stands between two texts */
#define MIX 0x9E3779B97F4A7C15ULL

typedef uint8_t Vector __attribute__((vector_size(16)));
typedef char Signed __attribute__((vector_size(16)));

static inline uint64_t hashed(uint64_t key, int32_t bits) { return (key * MIX) >> (64 - bits); }
static inline uint64_t bit(const uint8_t *bits, uint64_t number) { return bits[number >> 3] >> (number & 7) & 1; }
static inline uint64_t eight(const void *at) { uint64_t v; memcpy(&v, at, 8); return v; }
static inline Vector sixteen(const void *at) { Vector v; memcpy(&v, at, 16); return v; }

/* 64 bytes from `begin` on; what is beyond the end is zero, and copied to `rest`. */
static inline const uint8_t *block_at(const uint8_t *text, int64_t size, int64_t begin, uint8_t *rest) {
    if (begin + BLOCK <= size) return text + begin;
    memset(rest, 0, BLOCK);
    if (begin < size) memcpy(rest, text + begin, (size_t)(size - begin));
    return rest;
}

/* What English words are made of: `tables.WORD`. */
static inline int is_word(uint8_t byte) {
    return (uint8_t)(byte - 'a') < 26 || (uint8_t)(byte - '0') < 10 || byte == '_' || byte == 0x84;
}
static inline int is_plain(uint8_t byte) { return (uint8_t)(byte - 'a') < 26 || (uint8_t)(byte - '0') < 10; }
static inline Vector are_digits(Vector bytes) { return (Vector)((bytes - '0') < 10); }
static inline Vector are_plain(Vector bytes) { return (Vector)((bytes - 'a') < 26) | are_digits(bytes); }

/* 16 flags, each with all of its bits set or none, as bits. */
static inline uint64_t bits_of(Vector flags) {
#ifdef __SSE2__
    return (uint16_t)__builtin_ia32_pmovmskb128((Signed)flags);
#endif
    const Vector ones = flags & 1;
    const uint64_t low = eight(&ones), high = eight((const uint8_t *)&ones + 8), gather = 0x0102040810204080ULL;
    return (low * gather) >> 56 | (high * gather) >> 56 << 8;
}

/* Which of 64 bytes are among `few`. */
static inline uint64_t among(const uint8_t *from, const uint8_t *few, int count) {
    uint64_t found = 0;
    if (!count) return 0;
    for (int part = 0; part < BLOCK; part += 16) {
        Vector same = {0}, bytes = sixteen(from + part);
        for (int n = 0; n < count; ++n) same |= (Vector)(bytes == few[n]);
        found |= bits_of(same) << part;
    }
    return found;
}
