/* Letters of texts by kind, stretches of texts, and what an identifier reads in them: `languages/` without arrays between. */

#include "blocks.h"

#define HIGH 0xD800
#define REPLACEMENT 0xFFFD
#define WHITE 0x20
#define SCRIPTS 256

/* Which of the noted characters, in ascending `places`, is the first that does not stand before `at`. */
static int64_t first_noted(const int64_t *places, int64_t noted, int64_t at) {
    int64_t low = 0, high = noted;
    while (low < high) {
        const int64_t middle = (low + high) / 2;
        if (places[middle] < at) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Of stretches of at most 255 characters, from each of `starts` to the next, the last up to `size`: eight counts of one byte
   each, summed. `counts` has those of each unit, `beyond` those of the characters at `places`. */
void count_kinds(const uint16_t *units, int64_t size, const int64_t *starts, int64_t count, const uint64_t *counts,
                 const int64_t *places, const uint64_t *beyond, int64_t noted, uint64_t *sums) {
    int64_t note = count ? first_noted(places, noted, starts[0]) : 0;
    for (int64_t stretch = 0; stretch < count; ++stretch) {
        const int64_t stop = stretch + 1 < count ? starts[stretch + 1] : size;
        uint64_t sum = 0;
        for (int64_t at = starts[stretch]; at < stop; ++at) sum += counts[units[at]];
        for (; note < noted && places[note] < stop; ++note) sum += beyond[note] - counts[units[places[note]]];
        sums[stretch] = sum;
    }
}

/* How many characters of each script texts have, a row of 256 a text. */
void count_scripts(const uint16_t *units, const int64_t *starts, const int64_t *stops, int64_t count, const uint8_t *scripts,
                   const int64_t *places, const uint8_t *beyond, int64_t noted, int64_t *found) {
    for (int64_t text = 0; text < count; ++text, found += SCRIPTS) {
        int64_t note = first_noted(places, noted, starts[text]);
        memset(found, 0, SCRIPTS * sizeof *found);
        for (int64_t at = starts[text]; at < stops[text]; ++at)
            ++found[note < noted && places[note] == at ? beyond[note++] : scripts[units[at]]];
    }
}

static inline int is_white(uint16_t unit) { return unit == ' ' || (unit >= 9 && unit <= 13) || (unit >= 0x1C && unit <= 0x1F); }

/* Of texts the characters of one script, and ASCII of none; what lies between is one space, nothing at both ends. Those beyond 16
   bits become U+FFFD. `wanted` is the script of each text, `ends` are where each ends. Returns how many units there are. */
int64_t only_script(const uint16_t *units, const int64_t *starts, const int64_t *stops, const uint8_t *wanted, int64_t count,
                    const uint8_t *scripts, const int64_t *places, const uint8_t *beyond, int64_t noted, uint16_t *kept, int64_t *ends) {
    int64_t found = 0;
    for (int64_t text = 0; text < count; ++text) {
        const int64_t begin = found;
        int64_t note = first_noted(places, noted, starts[text]);
        for (int64_t at = starts[text]; at < stops[text]; ++at) {
            uint16_t unit = units[at];
            uint8_t script = scripts[unit];
            if (note < noted && places[note] == at) { script = beyond[note++]; unit = REPLACEMENT; }
            if (script != wanted[text] && (script || unit >= 0x80)) unit = WHITE;
            if (!is_white(unit)) kept[found++] = unit;
            else if (found > begin && kept[found - 1] != WHITE) kept[found++] = WHITE;
        }
        if (found > begin && kept[found - 1] == WHITE) --found;
        ends[text] = found;
    }
    return found;
}

static inline uint8_t *as_utf8(uint32_t code, uint8_t *to) {
    if (code < 0x80) { *to++ = (uint8_t)code; return to; }
    if (code < 0x800) *to++ = (uint8_t)(0xC0 | code >> 6);
    else {
        if (code < 0x10000) *to++ = (uint8_t)(0xE0 | code >> 12);
        else {
            *to++ = (uint8_t)(0xF0 | code >> 18);
            *to++ = (uint8_t)(0x80 | (code >> 12 & 0x3F));
        }
        *to++ = (uint8_t)(0x80 | (code >> 6 & 0x3F));
    }
    *to++ = (uint8_t)(0x80 | (code & 0x3F));
    return to;
}

/* Stretches as UTF-8 side by side, of ASCII (`bytes`) or of units; `ends` are where each ends. Returns how many bytes there are. */
int64_t gather(const uint8_t *bytes, const uint16_t *units, const int64_t *places, const int64_t *beyond, int64_t noted,
               const int64_t *starts, const int64_t *stops, int64_t count, uint8_t *data, int64_t *ends) {
    uint8_t *to = data;
    for (int64_t stretch = 0; stretch < count; ++stretch) {
        if (bytes) {
            memcpy(to, bytes + starts[stretch], (size_t)(stops[stretch] - starts[stretch]));
            to += stops[stretch] - starts[stretch];
        } else {
            int64_t note = first_noted(places, noted, starts[stretch]);
            for (int64_t at = starts[stretch]; at < stops[stretch]; ++at)
                to = as_utf8(note < noted && places[note] == at ? (uint32_t)beyond[note++] : units[at], to);
        }
        ends[stretch] = to - data;
    }
    return to - data;
}

/* The sum of what `table` has for each byte of stretches, which end at `ends`. */
void sum_bytes(const uint8_t *data, const int64_t *ends, int64_t count, const uint64_t *table, uint64_t *sums) {
    int64_t at = 0;
    for (int64_t stretch = 0; stretch < count; ++stretch) {
        uint64_t sum = 0;
        for (; at < ends[stretch]; ++at) sum += table[data[at]];
        sums[stretch] = sum;
    }
}

static inline int in_word(uint8_t byte) {
    return (uint8_t)((byte | 0x20) - 'a') < 26 || (uint8_t)(byte - '0') < 10 || byte == '_';
}

/* How often one of some words stands in each stretch, whole and apart; of several at one place the first counts. Words lie in
   `words` up to each of `limits`, and begin and end with a letter, digit or underscore. */
void count_words(const uint8_t *data, const int64_t *ends, int64_t count, const uint8_t *words, const int64_t *limits, int64_t known,
                 int64_t *hits) {
    uint8_t begins[256] = {0};
    for (int64_t word = 0; word < known; ++word) begins[words[word ? limits[word - 1] : 0]] = 1;
    int64_t at = 0;
    for (int64_t stretch = 0; stretch < count; ++stretch) {
        const int64_t stop = ends[stretch];
        int before = 0;
        hits[stretch] = 0;
        while (at < stop) {
            if (before || !begins[data[at]]) { before = in_word(data[at++]); continue; }
            int64_t size = 0;
            for (int64_t word = 0; word < known && !size; ++word) {
                const int64_t from = word ? limits[word - 1] : 0, length = limits[word] - from;
                if (words[from] != data[at] || at + length > stop || (at + length < stop && in_word(data[at + length]))) continue;
                if (!memcmp(words + from, data + at, (size_t)length)) size = length;
            }
            hits[stretch] += size > 0;
            at += size ? size : 1;
            before = 1;
        }
    }
}

#define LANES 8
#define MOST_SEEN 1024
#define CLASSES 16
#define FEATURES (1 << 18)

/* The automaton of an identifier, and how much each feature speaks for each class. */
typedef struct {
    const uint32_t *moves;
    const int64_t *rows;
    const int32_t *features;
    const float *table, *prior, *weights;
    int64_t classes;
} Model;

/* The features that the automaton sees in some stretches, one row of `seen` each, and how many: all stretches step by step, for
   a step waits for memory longer than it works. */
static void walk(const Model *model, const uint8_t *const *data, const int64_t *sizes, int lanes, int32_t (*seen)[MOST_SEEN], int64_t *found) {
    uint32_t states[LANES] = {0};
    int64_t least = sizes[0];
    for (int lane = 0; lane < lanes; ++lane) {
        found[lane] = 0;
        least = sizes[lane] < least ? sizes[lane] : least;
    }
    for (int64_t at = 0; at < least; ++at)
        for (int lane = 0; lane < lanes; ++lane) {
            states[lane] = model->moves[model->rows[states[lane]] + data[lane][at]];
            seen[lane][found[lane]] = model->features[states[lane]];
            found[lane] += seen[lane][found[lane]] >= 0;
        }
    for (int lane = 0; lane < lanes; ++lane)
        for (int64_t at = least; at < sizes[lane]; ++at) {
            states[lane] = model->moves[model->rows[states[lane]] + data[lane][at]];
            seen[lane][found[lane]] = model->features[states[lane]];
            found[lane] += seen[lane][found[lane]] >= 0;
        }
}

/* The different features that were seen, in their order, and how often each was; rows of the table are asked for already.
   `counts`, `bits` (one a feature) and `groups` (one a word of these) are all zero, and zero again at the end. */
static int64_t ordered(const Model *model, int32_t *seen, int64_t count, float *weights, uint16_t *counts, uint64_t *bits, uint64_t *groups) {
    int64_t found = 0, last = 0;
    for (int64_t at = 0; at < count; ++at) {
        const int32_t feature = seen[at];
        ++counts[feature];
        bits[feature >> 6] |= 1ULL << (feature & 63);
        groups[feature >> 12] |= 1ULL << (feature >> 6 & 63);
        last = feature > last ? feature : last;
    }
    for (int64_t group = 0; group <= last >> 12; groups[group++] = 0)
        for (; groups[group]; groups[group] &= groups[group] - 1) {
            const int64_t word = group << 6 | __builtin_ctzll(groups[group]);
            for (; bits[word]; bits[word] &= bits[word] - 1) {
                const int32_t feature = (int32_t)(word << 6 | __builtin_ctzll(bits[word]));
                const float *row = model->table + feature * model->classes;
                for (int64_t i = 0; i < model->classes; i += CLASSES) __builtin_prefetch(row + i);
                seen[found] = feature;
                weights[found++] = model->weights[counts[feature]];
                counts[feature] = 0;
            }
        }
    return found;
}

typedef float Four __attribute__((vector_size(16)));

static inline Four four(const float *at) { Four v; memcpy(&v, at, sizeof v); return v; }

/* What features speak for sixteen classes from `first` on, in their order. */
static void add_sixteen(const Model *model, const int32_t *seen, const float *weights, int64_t found, int64_t first, float *scores) {
    Four a = {0}, b = {0}, c = {0}, d = {0};
    for (int64_t n = 0; n < found; ++n) {
        const float *row = model->table + seen[n] * model->classes + first;
        const Four weight = {weights[n], weights[n], weights[n], weights[n]};
        a += weight * four(row);
        b += weight * four(row + 4);
        c += weight * four(row + 8);
        d += weight * four(row + 12);
    }
    const Four sums[] = {a + four(model->prior + first), b + four(model->prior + first + 4), c + four(model->prior + first + 8),
                         d + four(model->prior + first + 12)};
    memcpy(scores + first, sums, sizeof sums);
}

/* Log-likelihoods of stretches of at most 1,024 bytes, which end at `ends`: a row of `classes` each, of each feature in it the row of
   `table` as often as `weights` says, which has one for each number of times up to 1,024. There are fewer than 2^18 features, and
   `counts` has a zero for each; `classes` is a multiple of 16. */
void score_stretches(const uint8_t *data, const int64_t *ends, int64_t count, const uint32_t *moves, const int64_t *rows,
                     const int32_t *features, const float *table, const float *prior, int64_t classes, const float *weights,
                     uint16_t *counts, float *scores) {
    const Model model = {moves, rows, features, table, prior, weights, classes};
    uint64_t bits[FEATURES >> 6] = {0}, groups[FEATURES >> 12] = {0};
    for (int64_t stretch = 0; stretch < count; stretch += LANES) {
        int32_t seen[LANES][MOST_SEEN];
        float often[LANES][MOST_SEEN];
        const uint8_t *begins[LANES];
        int64_t sizes[LANES], found[LANES];
        const int lanes = count - stretch < LANES ? (int)(count - stretch) : LANES;
        for (int lane = 0; lane < lanes; ++lane) {
            const int64_t begin = stretch + lane ? ends[stretch + lane - 1] : 0;
            begins[lane] = data + begin;
            sizes[lane] = ends[stretch + lane] - begin;
        }
        walk(&model, begins, sizes, lanes, seen, found);
        for (int lane = 0; lane < lanes; ++lane) found[lane] = ordered(&model, seen[lane], found[lane], often[lane], counts, bits, groups);
        for (int lane = 0; lane < lanes; ++lane, scores += classes)
            for (int64_t first = 0; first < classes; first += CLASSES) add_sixteen(&model, seen[lane], often[lane], found[lane], first, scores);
    }
}
