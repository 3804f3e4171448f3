/* Hits of the shared pass as rows: whose they are, and where in which text. `matcher.py` does the same without it. */

#include <stdint.h>

/* Of hits of `expression` from `start` to `end` those that lie within one text, a row for each gate that shares the expression.
   Texts stand from `starts` to `ends`, ascending, and are called `texts`; `first` leads from an expression to its part of
   `owner`, which says what gate of what detector it is. Where `squeezed` is set, only those that `opts_in` marks. Columns
   detector, gate, text, start, end are `room` apart. Returns how many rows there are, also when more than `room`. */
int64_t place_hits(const int64_t *expression, const int64_t *start, const int64_t *end, int64_t hits, const int64_t *starts,
                   const int64_t *ends, const int64_t *texts, int64_t count, const int64_t *first, const int64_t *owner,
                   const int64_t *detector, const int64_t *gate, const uint8_t *opts_in, int32_t squeezed, int64_t *columns,
                   int64_t room) {
    int64_t found = 0, local = 0;
    for (int64_t hit = 0; hit < hits; ++hit) {
        const int64_t at = start[hit] < end[hit] ? start[hit] : end[hit] - 1;
        while (local + 1 < count && starts[local + 1] <= at) ++local; /* hits come nearly in order */
        while (local && starts[local] > at) --local;
        if (at < starts[local] || end[hit] > ends[local]) continue;
        for (int64_t n = first[expression[hit]]; n < first[expression[hit] + 1]; ++n) {
            if (squeezed && !opts_in[owner[n]]) continue;
            if (found < room) {
                int64_t *row = columns + found;
                row[0] = detector[owner[n]];
                row[room] = gate[owner[n]];
                row[2 * room] = texts[local];
                row[3 * room] = start[hit] - starts[local];
                row[4 * room] = end[hit] - starts[local];
            }
            ++found;
        }
    }
    return found;
}
