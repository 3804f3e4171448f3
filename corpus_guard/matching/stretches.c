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
   each, summed. `counts` has those of each kind, `kinds` the kind of each unit, `beyond` the counts of the characters at `places`. */
void count_kinds(const uint16_t *units, int64_t size, const int64_t *starts, int64_t count, const uint8_t *kinds,
                 const uint64_t *counts, const int64_t *places, const uint64_t *beyond, int64_t noted, uint64_t *sums) {
    int64_t note = count ? first_noted(places, noted, starts[0]) : 0;
    for (int64_t stretch = 0; stretch < count; ++stretch) {
        const int64_t stop = stretch + 1 < count ? starts[stretch + 1] : size;
        uint64_t sum = 0;
        for (int64_t at = starts[stretch]; at < stop; ++at) sum += counts[kinds[units[at]]];
        for (; note < noted && places[note] < stop; ++note) sum += beyond[note] - counts[kinds[units[places[note]]]];
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

/* Of texts what `read` has for each unit, of several spaces one, none at both ends; of the characters at `places`, which are beyond 16
   bits, U+FFFD where `beyond` says that they are of the `wanted` script. `ends` are where each text ends. Returns how many units there
   are. */
int64_t only_script(const uint16_t *units, const int64_t *starts, const int64_t *stops, int64_t count, const uint16_t *read, int32_t wanted,
                    const int64_t *places, const uint8_t *beyond, int64_t noted, uint16_t *kept, int64_t *ends) {
    int64_t found = 0;
    for (int64_t text = 0; text < count; ++text) {
        const int64_t begin = found, stop = stops[text];
        int64_t note = first_noted(places, noted, starts[text]);
        int before = 1; /* white space */
        for (int64_t at = starts[text]; at < stop; ++at) {
            uint16_t unit = read[units[at]];
            if (note < noted && places[note] == at) unit = beyond[note++] == wanted ? REPLACEMENT : WHITE;
            const int white = unit == WHITE;
            kept[found] = unit;
            found += 1 - (white & before); /* nobody could foretell where a branch goes */
            before = white;
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
   `words` up to each of `limits`, those of one first byte side by side, and begin and end with a letter, digit or underscore. */
void count_words(const uint8_t *data, const int64_t *ends, int64_t count, const uint8_t *words, const int64_t *limits, int64_t known,
                 int64_t *hits) {
    int64_t first[256] = {0}, after[256] = {0}; /* of the words that begin with a byte */
    uint8_t part[256]; /* whether a byte is part of words */
    for (int byte = 0; byte < 256; ++byte) part[byte] = (uint8_t)in_word((uint8_t)byte);
    for (int64_t word = known - 1; word >= 0; --word) {
        const uint8_t byte = words[word ? limits[word - 1] : 0];
        first[byte] = word;
        if (!after[byte]) after[byte] = word + 1;
    }
    int64_t at = 0;
    for (int64_t stretch = 0; stretch < count; ++stretch) {
        const int64_t stop = ends[stretch];
        int before = 0;
        hits[stretch] = 0;
        while (at < stop) {
            const uint8_t byte = data[at];
            if (before || !after[byte]) {
                before = part[byte];
                ++at;
                continue;
            }
            int64_t size = 0;
            for (int64_t word = first[byte]; word < after[byte] && !size; ++word) {
                const int64_t from = word ? limits[word - 1] : 0, length = limits[word] - from;
                if (at + length > stop || words[from + length / 2] != data[at + length / 2]) continue;
                if (memcmp(words + from, data + at, (size_t)length) || (at + length < stop && part[data[at + length]])) continue;
                size = length;
            }
            hits[stretch] += size > 0;
            at += size ? size : 1;
            before = 1;
        }
    }
}
