// One step of the recurrent cells, after the products: gates of R rows -> their next states, in place.
//
// Gates lie side by side, H each: input, forget, output and candidate of an LSTM (Hochreiter & Schmidhuber 1997); reset,
// update and candidate of a GRU (Cho et al. 2014).
#include "names.h"
#include "vector.h"

// The part of a row's gate that comes from the table of its word.
INLINE Floats read_table(const _Float16 *row, int at, int n) { return row ? load_halves(row + at, n) : all(0.0f); }

// sigmoid(x) tanh(y) with one division: (e^2y - 1) / ((1 + e^-x) (e^2y + 1)). Where the divisor overflows, it is 0.
INLINE Floats gated(Floats x, Floats y) {
    Floats opened = exponential(-x), double_y = exponential(y + y);
    return (double_y - all(1.0f)) / ((all(1.0f) + opened) * (double_y + all(1.0f)));
}

// c' = f c + i tanh(g), h' = o tanh(c'), for n of H numbers.
INLINE void lstm_part(const float *gates, const _Float16 *row, int hidden, int n, float *h, float *c) {
    Floats gate[4];
    for (int number = 0; number < 4; number++)
        gate[number] = load(gates + number * hidden, n) + read_table(row, number * hidden, n);
    Floats after = sigmoid(gate[1]) * load(c, n) + gated(gate[0], gate[3]);
    store(c, after, n);
    store(h, gated(gate[2], after), n);
}

void KERNEL(lstm)(const float *gates, const _Float16 *const *brought, int count, int hidden, size_t gate_stride,
                  float *h, float *c, size_t stride) {
    for (int r = 0; r < count; r++) {
        const float *own = gates + r * gate_stride;
        const _Float16 *row = brought ? brought[r] : NULL;
        EACH_PART(at, n, hidden, lstm_part(own + at, row ? row + at : NULL, hidden, n, h + r * stride + at,
                                           c + r * stride + at););
    }
}

// n = tanh(input + r recurrent), h' = n + z (h - n).
INLINE void gru_part(const float *gates, const _Float16 *row, const float *input, int hidden, int n, float *h) {
    Floats recurrent[3], read[3];
    for (int number = 0; number < 3; number++) {
        recurrent[number] = load(gates + number * hidden, n);
        read[number] = input ? load(input + number * hidden, n) : read_table(row, number * hidden, n);
    }
    Floats reset = sigmoid(read[0] + recurrent[0]);
    Floats update = sigmoid(read[1] + recurrent[1]);
    Floats candidate = hyperbolic_tangent(read[2] + reset * recurrent[2]);
    store(h, candidate + update * (load(h, n) - candidate), n);
}

void KERNEL(gru)(const float *gates, const _Float16 *const *brought, const float *input, int count, int hidden,
                 size_t gate_stride, float *h, size_t stride) {
    for (int r = 0; r < count; r++) {
        const float *own = gates + r * gate_stride, *read = input ? input + r * gate_stride : NULL;
        const _Float16 *row = brought ? brought[r] : NULL;
        EACH_PART(at, n, hidden, gru_part(own + at, row ? row + at : NULL, read ? read + at : NULL, hidden, n,
                                          h + r * stride + at););
    }
}

// h' = tanh(gates).
void KERNEL(rnn)(const float *gates, const _Float16 *const *brought, int count, int hidden, size_t gate_stride,
                 float *h, size_t stride) {
    for (int r = 0; r < count; r++) {
        const float *own = gates + r * gate_stride;
        const _Float16 *row = brought ? brought[r] : NULL;
        float *to = h + r * stride;
        EACH_PART(at, n, hidden, {
            store(to + at, hyperbolic_tangent(load(own + at, n) + read_table(row ? row + at : NULL, 0, n)), n);
        });
    }
}

INLINE void tanh_part(float *to, const float *plus, int n) {
    Floats x = load(to, n);
    if (plus) x = x + load(plus, n);
    store(to, hyperbolic_tangent(x), n);
}

void KERNEL(tanh_of)(float *to, const float *plus, int size) {
    EACH_PART(at, n, size, tanh_part(to + at, plus ? plus + at : NULL, n););
}

INLINE void highway_part(float *to, const float *below, const float *gate, int n) {
    Floats low = load(below, n);
    Floats change = sigmoid(load(gate, n)) * (load(to, n) - low);
    store(to, low + change, n);
}

void KERNEL(highway)(float *to, const float *below, const float *gate, int size) {
    EACH_PART(at, n, size, highway_part(to + at, below + at, gate + at, n););
}
