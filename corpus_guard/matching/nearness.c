/* Words that say something only together: where each group of words stands, and where words of every group of a clause
   stand within reach of each other. `nearness.py` does the same without it, and says what the columns mean. */

#include <stdint.h>
#include <string.h>

typedef struct {
    int32_t reach, first, gated, count; /* its groups are `groups[first]` to `groups[first + count]`, gated ones first */
} Clause;

typedef struct {
    const int64_t *first, *starts; /* where the words of each group begin, ascending */
    const uint16_t *units;
    int64_t size;
    const uint16_t *character; /* a number for each unit that is a word by itself in some group, else 0 */
    const int32_t *row;        /* of `single` for each group that has such words, else -1 */
    const uint8_t *single;     /* rows of `width`: which numbers are words of the group */
    int64_t width;
    int64_t *hints;            /* room for a number for each group of a clause */
} Text;

typedef struct {
    int64_t *found, room, count; /* clause, first and last place of a stretch */
} Stretches;

/* Lays out hits of gates as words of the groups that hold them, group by group, each in the order of the hits. `origin`
   says where each text begins, -1 for those of another view. Returns how many words there are, also when more than `room`. */
int64_t place_words(const int64_t *gate, const int64_t *text, const int64_t *start, const int64_t *end, const uint8_t *squeezed,
                    int64_t hits, const int64_t *origin, const int64_t *members, const int64_t *member, int64_t gates,
                    const int64_t *group, const uint8_t *opts_in, int64_t groups, int64_t *first, int64_t *starts,
                    int64_t *ends, int64_t room) {
    memset(first, 0, (size_t)(groups + 1) * sizeof *first);
    for (int pass = 0; pass < 2; ++pass) {
        for (int64_t hit = 0; hit < hits; ++hit) {
            if (gate[hit] >= gates || origin[text[hit]] < 0) continue;
            for (int64_t n = members[gate[hit]]; n < members[gate[hit] + 1]; ++n) {
                if (squeezed[hit] && !opts_in[member[n]]) continue;
                int64_t *place = &first[group[member[n]] + !pass];
                if (pass) {
                    starts[*place] = origin[text[hit]] + start[hit];
                    ends[*place] = origin[text[hit]] + end[hit];
                }
                ++*place;
            }
        }
        if (!pass) {
            for (int64_t n = 0; n < groups; ++n) first[n + 1] += first[n];
            if (first[groups] > room) return first[groups];
        }
    }
    memmove(first + 1, first, (size_t)groups * sizeof *first); /* each had moved on to where the next begins */
    first[0] = 0;
    return first[groups];
}

/* Whether `group` has a word of a gate that begins within reach of `place`; `hint` is where the last look ended. */
static int has_word(const Text *text, int32_t group, int64_t place, int64_t reach, int64_t *hint) {
    int64_t low = *hint, high, step = 1;
    const int64_t stop = text->first[group + 1], least = place - reach;
    while (low + step < stop && text->starts[low + step] < least) { low += step; step *= 2; }
    high = low + step < stop ? low + step : stop;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (text->starts[middle] < least) low = middle + 1; else high = middle;
    }
    *hint = low;
    return low < stop && text->starts[low] <= place + reach;
}

/* The same of its words of one character, looked for from `place` outwards. */
static int has_single(const Text *text, int32_t group, int64_t place, int64_t reach) {
    if (text->row[group] < 0 || !text->units) return 0;
    const uint8_t *single = text->single + text->row[group] * text->width;
    const int64_t before = place < reach ? place : reach, left = text->size - 1 - place, after = left < reach ? left : reach;
    const uint16_t *at = text->units + place;
    for (int64_t n = 0; n <= after; ++n) if (single[text->character[at[n]]]) return 1;
    for (int64_t n = 1; n <= before; ++n) if (single[text->character[at[-n]]]) return 1;
    return 0;
}

static int is_near(const Text *text, const Clause *clause, const int32_t *groups, int32_t driver, int64_t place) {
    for (int32_t n = 0; n < clause->count; ++n) {
        const int32_t group = groups[n];
        if (group == driver || has_word(text, group, place, clause->reach, text->hints + clause->first + n)) continue;
        if (n < clause->gated || !has_single(text, group, place, clause->reach)) return 0;
    }
    return 1;
}

/* A stretch of a clause, as long as places go on that are within reach of its reach; none where `begin` is below 0. */
typedef struct {
    int64_t begin, last;
} Open;

static void note(Stretches *stretches, int64_t clause, int64_t reach, int64_t place, Open *open) {
    if (open->begin >= 0 && place >= 0 && place - open->last <= 2 * reach + 1) { open->last = place; return; }
    if (open->begin >= 0) {
        if (stretches->count < stretches->room) {
            int64_t *to = stretches->found + 3 * stretches->count;
            to[0] = clause; to[1] = open->begin; to[2] = open->last;
        }
        ++stretches->count;
    }
    open->begin = open->last = place;
}

/* Places of words of `driver` that have a word of every other group near. */
static void along_words(const Text *text, const Clause *clause, int64_t number, const int32_t *groups, int32_t driver, Stretches *stretches) {
    Open open = {-1, -1};
    for (int64_t n = text->first[driver]; n < text->first[driver + 1]; ++n)
        if (is_near(text, clause, groups, driver, text->starts[n])) note(stretches, number, clause->reach, text->starts[n], &open);
    note(stretches, number, clause->reach, -1, &open);
}

/* The same along words of one character, for all clauses at once that have no gated group. Such a clause is driven by its
   first group; `drives` has a bit for each unit that is a word of one of these. */
static void along_singles(const Text *text, const Clause *clauses, int64_t count, const int32_t *groups, const uint8_t *drives,
                          Open *open, Stretches *stretches) {
    for (int64_t place = 0; place < text->size; ++place) {
        const uint16_t unit = text->units[place];
        if (!(drives[unit >> 3] >> (unit & 7) & 1)) continue;
        for (int64_t number = 0; number < count; ++number) {
            const Clause *clause = clauses + number;
            const int32_t *own = groups + clause->first;
            if (clause->gated || !text->single[text->row[own[0]] * text->width + text->character[unit]]) continue;
            if (is_near(text, clause, own, own[0], place)) note(stretches, number, clause->reach, place, open + number);
        }
    }
    for (int64_t number = 0; number < count; ++number) note(stretches, number, clauses[number].reach, -1, open + number);
}

/* The gated group of a clause with the fewest words, or its first group when none is gated; -1 where one has no word. */
static int32_t driver_of(const Text *text, const Clause *clause, const int32_t *groups) {
    int32_t driver = groups[0];
    for (int32_t n = 0; n < clause->gated; ++n) {
        const int64_t words = text->first[groups[n] + 1] - text->first[groups[n]];
        if (!words) return -1;
        if (words < text->first[driver + 1] - text->first[driver]) driver = groups[n];
    }
    return driver;
}

static void restart(const Text *text, const Clause *clauses, int64_t count, const int32_t *groups) {
    for (int64_t n = 0; n < count; ++n)
        for (int32_t g = clauses[n].first; g < clauses[n].first + clauses[n].count; ++g) text->hints[g] = text->first[groups[g]];
}

/* Stretches of places with words of every group of a clause within its reach: clause, first place, last place. `hints` has room for a number for each of `groups`,
   `open` for a stretch of each clause. Returns how many there are, also when more than `room`. */
int64_t near_words(const Clause *clauses, int64_t count, const int32_t *groups, const int64_t *first, const int64_t *starts,
                   const uint16_t *units, int64_t size, const uint16_t *character, const int32_t *row,
                   const uint8_t *single, int64_t width, const uint8_t *drives, int64_t *hints, Open *open, int64_t *found,
                   int64_t room) {
    const Text text = {first, starts, units, size, character, row, single, width, hints};
    Stretches stretches = {found, room, 0};
    int without_gates = 0;
    restart(&text, clauses, count, groups);
    for (int64_t number = 0; number < count; ++number) {
        const int32_t *own = groups + clauses[number].first, driver = driver_of(&text, clauses + number, own);
        if (driver >= 0) along_words(&text, clauses + number, number, own, driver, &stretches);
        without_gates |= !clauses[number].gated;
    }
    if (!units || !without_gates) return stretches.count;
    restart(&text, clauses, count, groups);
    for (int64_t number = 0; number < count; ++number) open[number].begin = -1;
    along_singles(&text, clauses, count, groups, drives, open, &stretches);
    return stretches.count;
}

/* The words of the groups of each clause that begin in its stretches: stretch, which of its groups, begin, end. `asked` are the
   groups of each clause in their order, from `begins[clause]` on. Returns how many there are, also when more than `room`. */
int64_t words_within(const int64_t *stretches, int64_t count, const int64_t *begins, const int32_t *asked, const int64_t *first,
                     const int64_t *starts, const int64_t *ends, const uint16_t *units, int64_t size, const uint16_t *character,
                     const int32_t *row, const uint8_t *single, int64_t width, int64_t *found, int64_t room) {
    int64_t words = 0;
    for (int64_t n = 0; n < count; ++n) {
        const int64_t clause = stretches[3 * n], begin = stretches[3 * n + 1], stop = stretches[3 * n + 2];
        for (int64_t g = begins[clause]; g < begins[clause + 1]; ++g) {
            const int32_t group = asked[g];
            int64_t low = first[group], high = first[group + 1];
            while (low < high) {
                const int64_t middle = low + (high - low) / 2;
                if (starts[middle] < begin) low = middle + 1; else high = middle;
            }
            for (; low < first[group + 1] && starts[low] <= stop; ++low, ++words) {
                if (words >= room) continue;
                int64_t *to = found + 4 * words;
                to[0] = n; to[1] = g - begins[clause]; to[2] = starts[low]; to[3] = ends[low];
            }
            if (row[group] < 0 || !units) continue;
            for (int64_t at = begin < 0 ? 0 : begin; at <= stop && at < size; ++at) {
                if (!single[row[group] * width + character[units[at]]]) continue;
                if (words < room) {
                    int64_t *to = found + 4 * words;
                    to[0] = n; to[1] = g - begins[clause]; to[2] = at; to[3] = at + 1;
                }
                ++words;
            }
        }
    }
    return words;
}
