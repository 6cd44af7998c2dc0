// Attention of the rows of a sentence over its S positions: dot (Luong et al. 2015) and additive (Bahdanau et al. 2015).
//
// Keys are stored as (S / 16, H, 16), so that a vector holds the same number of 16 positions, no sum runs across lanes,
// and a step reads them from the first to the last. Sums over H run in four interleaved parts, added in one order.
#include "names.h"
#include "vector.h"

#define PARTS 4
// Rows whose sums the registers hold, so that what is read of a sentence serves them all.
#if defined(__AVX512F__)
#define MOST_ROWS 4
#else
#define MOST_ROWS 1
#endif

// Runs a function of a compile-time constant `rows` for blocks of `count` rows, the first of which is `row`.
#define EACH_BLOCK(row, rows, count, ...)                         \
    do {                                                          \
        int row = 0;                                              \
        for (; row + MOST_ROWS <= (count); row += MOST_ROWS) {    \
            enum { rows = MOST_ROWS };                            \
            __VA_ARGS__                                           \
        }                                                         \
        for (; row < (count); row++) {                            \
            enum { rows = 1 };                                    \
            __VA_ARGS__                                           \
        }                                                         \
    } while (0)

// Positions of padding get -infinity.
INLINE Floats inside(Floats scores, int first, int length) {
    const Integers lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return chosen(lanes < (Integers){0} + (length - first), scores, all(-__builtin_inff()));
}

// Specification: weights[j] = e^(scores[j] - max) / sum over j of e^(scores[j] - max).
INLINE void softmax(float *scores, int size) {
    Floats most = load(scores, LANES);
    for (int at = LANES; at < size; at += LANES) most = larger(load(scores + at, LANES), most);
    const Floats largest = all(maximum_of(most));
    Floats sums = all(0.0f);
    for (int at = 0; at < size; at += LANES) {
        Floats score = load(scores + at, LANES);
        // e^-87 is not zero, so padding is set to it.
        Floats value = chosen(score > all(-3e38f), exponential(score - largest), all(0.0f));
        sums = sums + value;
        store(scores + at, value, LANES);
    }
    const Floats total = all(sum_of(sums));
    for (int at = 0; at < size; at += LANES) store(scores + at, load(scores + at, LANES) / total, LANES);
}

// The scores of one head and 16 positions, for `rows` rows.
INLINE void dot_block(const int rows, const float *queries, size_t query_stride, const float *keys, int part, int at,
                      int length, float *scores, size_t score_stride) {
    Floats sums[MOST_ROWS][PARTS] = {{{0}}};
    int d = 0;
    for (; d + PARTS <= part; d += PARTS)
        for (int u = 0; u < PARTS; u++) {
            const Floats key = load(keys + (d + u) * LANES, LANES);
            for (int r = 0; r < rows; r++) sums[r][u] = sums[r][u] + all(queries[r * query_stride + d + u]) * key;
        }
    for (; d < part; d++)
        for (int r = 0; r < rows; r++)
            sums[r][0] = sums[r][0] + all(queries[r * query_stride + d]) * load(keys + d * LANES, LANES);
    for (int r = 0; r < rows; r++) {
        const Floats sum = (sums[r][0] + sums[r][1]) + (sums[r][2] + sums[r][3]);
        store(scores + r * score_stride + at, inside(sum, at, length), LANES);
    }
}

// Specification: scores[r][n][j] = sum over the n-th part of H of query[r][d] * keys[d][j]; then softmax over j.
void KERNEL(dot_attention)(const float *queries, int count, size_t query_stride, const float *keys, int length,
                           int hidden, int heads, float *weights) {
    const int size = whole(length), part = hidden / heads;
    const size_t stride = (size_t)heads * size;
    EACH_BLOCK(row, rows, count, {
        for (int head = 0; head < heads; head++) {
            const float *own = queries + row * query_stride + head * part;
            float *scores = weights + row * stride + head * size;
            for (int at = 0; at < size; at += LANES)
                dot_block(rows, own, query_stride, keys + (size_t)at * hidden + head * part * LANES, part, at, length,
                          scores, stride);
            for (int r = 0; r < rows; r++) softmax(scores + r * stride, size);
        }
    });
}

// Specification: scores[r][j] = sum over d of energy[d] * tanh(query[r][d] + keys[d][j]); then softmax over j.
void KERNEL(additive_attention)(const float *queries, int count, size_t query_stride, const float *keys,
                                const float *energy, int length, int hidden, float *weights) {
    const int size = whole(length);
    for (int row = 0; row < count; row++) {
        const float *query = queries + row * query_stride;
        float *scores = weights + (size_t)row * size;
        for (int at = 0; at < size; at += LANES) {
            Floats sums = all(0.0f);
            for (int d = 0; d < hidden; d++) {
                Floats summed = all(query[d]) + load(keys + (size_t)at * hidden + d * LANES, LANES);
                sums = sums + all(energy[d]) * hyperbolic_tangent(summed);
            }
            store(scores + at, inside(sums, at, length), LANES);
        }
        softmax(scores, size);
    }
}

// `width` numbers, `vectors` registers of each row, for `rows` rows.
INLINE void average_block(const int rows, const int vectors, const float *weights, size_t weight_stride,
                          const float *from, int length, size_t stride, int width, float *out, size_t out_stride) {
    Floats sums[MOST_ROWS][PARTS] = {{{0}}};
    for (int j = 0; j < length; j++)
        for (int v = 0; v < vectors; v++) {
            const Floats vector = load(from + j * stride + v * LANES, width - v * LANES);
            for (int r = 0; r < rows; r++) sums[r][v] = sums[r][v] + all(weights[r * weight_stride + j]) * vector;
        }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++)
            store(out + r * out_stride + v * LANES, sums[r][v], width - v * LANES);
}

// Specification: out[r][d] = sum over j, in order, of weights[r][j] * vectors[j][d].
void KERNEL(average)(const float *weights, int count, size_t weight_stride, const float *vectors, int length,
                     size_t stride, int width, float *out, size_t out_stride) {
    EACH_BLOCK(row, rows, count, {
        const float *own = weights + row * weight_stride;
        float *to = out + row * out_stride;
        int at = 0;
        for (; at + 4 * LANES <= width; at += 4 * LANES)
            average_block(rows, 4, own, weight_stride, vectors + at, length, stride, 4 * LANES, to + at, out_stride);
        for (; at + 3 * LANES <= width; at += 3 * LANES)
            average_block(rows, 3, own, weight_stride, vectors + at, length, stride, 3 * LANES, to + at, out_stride);
        for (; at + LANES <= width; at += LANES)
            average_block(rows, 1, own, weight_stride, vectors + at, length, stride, LANES, to + at, out_stride);
        if (at < width)
            average_block(rows, 1, own, weight_stride, vectors + at, length, stride, width - at, to + at, out_stride);
    });
}
