// Attention of one row over a sentence of S positions: dot (Luong et al. 2015) and additive (Bahdanau et al. 2015).
//
// Keys are stored with positions adjacent, (H, whole S), so that a vector holds the same number of 16 positions and no
// sum runs across lanes. Sums over H run in four interleaved parts, added in one order.
#include "names.h"
#include "vector.h"

#define PARTS 4

// Positions of padding get -infinity.
INLINE Floats inside(Floats scores, int first, int length) {
    for (int lane = 0; lane < LANES; lane++)
        if (first + lane >= length) scores[lane] = -__builtin_inff();
    return scores;
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

// Specification: scores[n][j] = sum over the n-th part of H of query[d] * keys[d][j]; then softmax over j.
void KERNEL(dot_attention)(const float *query, const float *keys, int length, int hidden, int heads, float *weights) {
    const int size = whole(length), part = hidden / heads;
    for (int head = 0; head < heads; head++) {
        const float *own = query + head * part;
        float *scores = weights + head * size;
        for (int at = 0; at < size; at += LANES) {
            const float *column = keys + (size_t)head * part * size + at;
            Floats sums[PARTS] = {{0}};
            int d = 0;
            for (; d + PARTS <= part; d += PARTS)
                for (int u = 0; u < PARTS; u++)
                    sums[u] = sums[u] + all(own[d + u]) * load(column + (size_t)(d + u) * size, LANES);
            for (; d < part; d++) sums[0] = sums[0] + all(own[d]) * load(column + (size_t)d * size, LANES);
            store(scores + at, inside((sums[0] + sums[1]) + (sums[2] + sums[3]), at, length), LANES);
        }
        softmax(scores, size);
    }
}

// Specification: scores[j] = sum over d of energy[d] * tanh(query[d] + keys[d][j]); then softmax over j.
void KERNEL(additive_attention)(const float *query, const float *keys, const float *energy, int length, int hidden,
                                float *weights) {
    const int size = whole(length);
    for (int at = 0; at < size; at += LANES) {
        Floats sums = all(0.0f);
        for (int d = 0; d < hidden; d++) {
            Floats summed = all(query[d]) + load(keys + (size_t)d * size + at, LANES);
            sums = sums + all(energy[d]) * hyperbolic_tangent(summed);
        }
        store(weights + at, inside(sums, at, length), LANES);
    }
    softmax(weights, size);
}

INLINE void average_block(const int vectors, const float *weights, const float *from, int length, size_t stride, int n,
                          float *out) {
    Floats sums[PARTS] = {{0}};
    for (int j = 0; j < length; j++)
        for (int v = 0; v < vectors; v++)
            sums[v] = sums[v] + all(weights[j]) * load(from + j * stride + v * LANES, n - v * LANES);
    for (int v = 0; v < vectors; v++) store(out + v * LANES, sums[v], n - v * LANES);
}

// Specification: out[d] = sum over j, in order, of weights[j] * vectors[j][d].
void KERNEL(average)(const float *weights, const float *vectors, int length, size_t stride, int width, float *out) {
    int at = 0;
    for (; at + 4 * LANES <= width; at += 4 * LANES)
        average_block(4, weights, vectors + at, length, stride, 4 * LANES, out + at);
    for (; at + 3 * LANES <= width; at += 3 * LANES)
        average_block(3, weights, vectors + at, length, stride, 3 * LANES, out + at);
    for (; at + LANES <= width; at += LANES) average_block(1, weights, vectors + at, length, stride, LANES, out + at);
    if (at < width) average_block(1, weights, vectors + at, length, stride, width - at, out + at);
}
