// Runs every kernel of two instruction sets on the same random numbers; prints the names of those that differ.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels.h"

#define JOIN(set) kernels_##set
#define SET(set) JOIN(set)

extern const Kernels SET(FIRST), SET(SECOND);

enum { ROOM = 1 << 14, ROUNDS = 40 };

static uint32_t state = 1;

static uint32_t drawn(uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

static float a[ROOM], b[ROOM], c[ROOM], one[2][ROOM], other[2][ROOM];
static uint8_t bytes[ROOM], byte_results[2][ROOM];
static _Float16 halves[ROOM], half_results[2][ROOM];
static int32_t ids[ROOM];

static void draw_all(void) {
    float *const all[] = {a, b, c};
    for (int i = 0; i < ROOM; i++) {
        for (int which = 0; which < 3; which++) all[which][i] = ((int)drawn(20001) - 10000) / 1000.0f;
        bytes[i] = drawn(256);
        halves[i] = (_Float16)a[i];
        ids[i] = drawn(9) ? i : -1;
        one[0][i] = one[1][i] = b[i];
        other[0][i] = other[1][i] = c[i];
    }
}

static void report(const char *name) {
    if (memcmp(one[0], one[1], sizeof one[0]) || memcmp(other[0], other[1], sizeof other[0]) ||
        memcmp(byte_results[0], byte_results[1], sizeof byte_results[0]) ||
        memcmp(half_results[0], half_results[1], sizeof half_results[0]))
        printf("%s\n", name);
}

#define COMPARE(name, ...)                                      \
    do {                                                        \
        draw_all();                                             \
        for (int set = 0; set < 2; set++) {                     \
            const Kernels *k = set ? &SET(SECOND) : &SET(FIRST); \
            __VA_ARGS__                                         \
        }                                                       \
        report(name);                                           \
    } while (0)

int main(void) {
    for (int round = 0; round < ROUNDS; round++) {
        const int hidden = 4 * (1 + drawn(20)), length = 1 + drawn(40), rows = 1 + drawn(9), size = (length + 15) / 16 * 16;
        const int units = 16 * (1 + drawn(5));
        const int groups = 1 + drawn(20), panels = 1 + drawn(5);
        static int8_t weights[ROOM];
        static int32_t offsets[ROOM];
        memset(offsets, 0, sizeof offsets);
        for (int i = 0; i < groups * 4 * panels * 16; i++) {
            weights[i] = (int)drawn(2 * WEIGHT_LIMIT + 1) - WEIGHT_LIMIT;
            offsets[i / (groups * 64) * 16 + i % 64 / 4] -= 128 * weights[i];
        }
        const Linear linear = {groups * 4, panels * 16, groups, panels, weights, offsets, b, c};
        const Dense dense = {groups * 4, panels * 16, weights, b, c};
        const Matrix matrix = {length, panels * 16, (panels + 3) / 4, c, b};
        const int tenths = drawn(20);
        const float top_p = 0.25f * (1 + drawn(4));
        const double uniform = drawn(1 << 20) / (double)(1 << 20);
        const _Float16 *brought[16];
        const int32_t gates_of[16] = {0, 0, 1, 0, 2, 1, 3, 3, 0, 4};
        for (int row = 0; row < 16; row++) brought[row] = halves + row * 4 * units;
        COMPARE("product", k->product(&linear, bytes, rows, groups * 4, one[set], panels * 16););
        COMPARE("quantize", k->quantize(a, length, 0.05f, byte_results[set]););
        COMPARE("halve", k->halve(a, b, 0.37f, length, half_results[set]););
        COMPARE("add halves", k->add_halves(a, halves, length, one[set]););
        COMPARE("widen", k->add_halves(NULL, halves, length, one[set]););
        COMPARE("dense", k->dense(&dense, a, rows, groups * 4, one[set], panels * 16););
        COMPARE("multiply", k->multiply(&matrix, a, rows, length, one[set], matrix.panels * MATRIX_PANEL););
        COMPARE("lstm", k->lstm(a, NULL, brought, rows, units, 4 * units, 32, one[set], other[set], units););
        COMPARE("gru", k->gru(a, gates_of, brought, NULL, rows, units, 4 * units, 32, one[set], units););
        COMPARE("gru above", k->gru(a, NULL, NULL, b, rows, units, 4 * units, 0, one[set], units););
        COMPARE("rnn", k->rnn(a, gates_of, brought, rows, units, units, 32, one[set], units););
        COMPARE("tanh", k->tanh_of(one[set], a, hidden););
        COMPARE("highway", k->highway(one[set], a, b, hidden););
        COMPARE("dot attention", k->dot_attention(a, rows, hidden, b, length, hidden, 4, one[set]););
        COMPARE("additive attention", k->additive_attention(a, rows, hidden, b, c, length, hidden, one[set]););
        COMPARE("average", k->average(a, rows, size, b, length, hidden, hidden, one[set], hidden););
        COMPARE("choose", Choice best[8]; memset(best, 0, sizeof best);
                const int found = k->choose(a, size, ids, 8, best); one[set][0] = found;
                for (int i = 0; i < found; i++) one[set][1 + i] = best[i].place, other[set][i] = best[i].log_prob;);
        COMPARE("normaliser", k->normaliser(a, size, &one[set][0], &one[set][1]););
        COMPARE("draw", other[set][0] = k->draw(one[set], size, 0.1f * tenths, top_p, uniform););
    }
    puts("done");
    return 0;
}
