/* Hosts of addresses, hashed from their ends so that each domain above them is hashed on the way, and looked up in sorted
   hashes. `opt_outs/` does the same without it. Text i is the bytes from `offsets[i]` to `offsets[i + 1]` of `data`. */

#include <stdint.h>
#include <string.h>

#define START 0xCBF29CE484222325ULL
#define PRIME 0x100000001B3ULL
#define LONGEST 253 /* bytes of a name, of which DNS knows no longer one */
#define AT_ONCE 64
enum { FREE, BARRED, UNREAD };

static inline uint64_t mixed(uint64_t hash) {
    hash = (hash ^ hash >> 32) * 0xBF58476D1CE4E5B9ULL;
    return hash ^ hash >> 29;
}

static inline uint8_t lower(uint8_t byte) { return byte + (uint8_t)((uint8_t)(byte - 'A') < 26) * 32; }
static inline int is_letter(uint8_t byte) { return (uint8_t)(lower(byte) - 'a') < 26; }
static inline int is_of_scheme(uint8_t byte) {
    return is_letter(byte) || (uint8_t)(byte - '0') < 10 || byte == '+' || byte == '.' || byte == '-';
}
static inline int is_blank(uint8_t byte) { return byte == ' ' || (uint8_t)(byte - '\t') < 5; }

static inline int is_of_name(uint8_t byte) {
    return is_letter(byte) || (uint8_t)(byte - '0') < 10 || byte == '.' || byte == '-' || byte == '_';
}

/* A hash of each whole text, and whether it is a name and nothing else. */
void hash_names(const uint8_t *data, const int64_t *offsets, int64_t count, uint64_t *hashes, uint8_t *plain) {
    for (int64_t text = 0; text < count; ++text) {
        const int64_t start = offsets[text], end = offsets[text + 1];
        uint64_t hash = START;
        int named = start < end && end - start <= LONGEST && data[start] != '.' && data[end - 1] != '.';
        for (int64_t at = end; at-- > start;) {
            named &= is_of_name(data[at]);
            hash = (hash ^ lower(data[at])) * PRIME;
        }
        hashes[text] = mixed(hash);
        plain[text] = (uint8_t)named;
    }
}

/* Where the host of an address lies: 1, with `start` and `end`; 0 where there is none, -1 where more must be known to say. */
static int host_of(const uint8_t *data, int64_t from, int64_t to, int64_t *start, int64_t *end) {
    while (from < to && is_blank(data[from])) ++from;
    if (from == to) return 0;
    if (data[from] >= 0x80) return -1;
    if (!is_letter(data[from])) return 0;
    while (from < to && is_of_scheme(data[from])) ++from;
    if (to - from < 3 || memcmp(data + from, "://", 3)) return 0;
    *start = from += 3;
    int64_t colon = -1;
    for (; from < to; ++from) {
        const uint8_t byte = data[from];
        if (byte == '/' || byte == '?' || byte == '#') break;
        if (byte >= 0x80 || byte == '@' || byte == '[') return -1;
        if (byte == ':' && colon < 0) colon = from;
    }
    *end = colon < 0 ? from : colon;
    while (*end > *start && data[*end - 1] == '.') --*end;
    return *end > *start;
}

typedef struct {
    const uint64_t *hashes; /* sorted */
    const uint32_t *starts; /* where those begin whose first bits are 0, 1, 2 and so on */
    int64_t shift;
    uint8_t *answers;
    int count;
    uint64_t asked[AT_ONCE];
    int64_t owner[AT_ONCE];
} Table;

/* Look up what is asked: what lies far apart in memory is fetched for all of it before any is waited for. */
static void answer(Table *table) {
    for (int i = 0; i < table->count; ++i)
        __builtin_prefetch(table->hashes + table->starts[table->asked[i] >> table->shift]);
    for (int i = 0; i < table->count; ++i) {
        const uint32_t *part = table->starts + (table->asked[i] >> table->shift);
        for (uint32_t at = part[0]; at < part[1]; ++at)
            if (table->hashes[at] == table->asked[i]) { table->answers[table->owner[i]] = BARRED; break; }
    }
    table->count = 0;
}

static inline void ask(Table *table, uint64_t hash, int64_t owner) {
    __builtin_prefetch(table->starts + (hash >> table->shift));
    table->asked[table->count] = hash;
    table->owner[table->count++] = owner;
    if (table->count == AT_ONCE) answer(table);
}

/* For each address whether its host or a domain above it is in the table; UNREAD where others must say. */
void look_up(const uint8_t *data, const int64_t *offsets, int64_t count, const uint64_t *hashes, const uint32_t *starts,
             int64_t shift, uint8_t *answers) {
    Table table = {hashes, starts, shift, answers, 0, {0}, {0}};
    for (int64_t text = 0; text < count; ++text) {
        int64_t start, end;
        const int found = host_of(data, offsets[text], offsets[text + 1], &start, &end);
        answers[text] = found < 0 ? UNREAD : FREE;
        if (found <= 0) continue;
        uint64_t hash = START;
        int64_t at = end;
        while (at > start && end - at <= LONGEST) {
            const uint8_t byte = lower(data[--at]);
            if (byte == '.') ask(&table, mixed(hash), text);
            hash = (hash ^ byte) * PRIME;
        }
        if (at == start && end - at <= LONGEST) ask(&table, mixed(hash), text);
    }
    answer(&table);
}
