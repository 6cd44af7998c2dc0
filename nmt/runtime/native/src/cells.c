// One step of the recurrent cells, after the products: gates of R rows -> their next states, in place.
//
// Gates are input, forget, output and candidate of an LSTM (Hochreiter & Schmidhuber 1997); reset, update and candidate
// of a GRU (Cho et al. 2014). Those of 16 units lie side by side, (H / 16, G, 16), so that a cell reads one stretch of
// memory. Units beyond H have gates of zero, and with them their states stay zero.
#include "names.h"
#include "vector.h"

// Gate `number` as the product gives it, and the part of it that comes from the table of the row's word.
INLINE Floats gate_of(const float *gates, int number) { return load(gates + number * LANES, LANES); }
INLINE Floats brought_to(const _Float16 *row, int number) {
    return row ? load_halves(row + number * LANES, LANES) : all(0.0f);
}

// Starts to load what the next units will read of a table: its rows lie anywhere, and each is read in small parts.
INLINE void fetch(const _Float16 *row, int gates) {
    for (int number = 0; number < gates; number += 2) __builtin_prefetch(row + number * LANES);
}

// sigmoid(x) tanh(y) with one division: (e^2y - 1) / ((1 + e^-x) (e^2y + 1)). Where the divisor overflows, it is 0.
INLINE Floats gated(Floats x, Floats y) {
    Floats opened = power_of_two(x * all(-LOG2_E)), double_y = power_of_two(y * all(2.0f * LOG2_E));
    return (double_y - all(1.0f)) / ((all(1.0f) + opened) * (double_y + all(1.0f)));
}

// Specification: c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c').
void KERNEL(lstm)(const float *gates, const int32_t *gates_of, const _Float16 *const *brought, int count, int units,
                  size_t gate_stride, size_t from, float *h, float *c, size_t stride) {
    for (int r = 0; r < count; r++) {
        const float *own = gates + (gates_of ? gates_of[r] : r) * gate_stride;
        const _Float16 *row = brought ? brought[r] + from : NULL;
        for (int unit = 0; unit < units; unit += LANES, own += 4 * LANES) {
            Floats gate[4];
            for (int number = 0; number < 4; number++) gate[number] = gate_of(own, number) + brought_to(row, number);
            if (row) fetch(row += 4 * LANES, 4);
            float *state = c + r * stride + unit;
            const Floats after = sigmoid(gate[1]) * load(state, LANES) + gated(gate[0], gate[3]);
            store(state, after, LANES);
            store(h + r * stride + unit, gated(gate[2], after), LANES);
        }
    }
}

// Specification: n = tanh(input + sigmoid(r) recurrent), h' = n + sigmoid(z) (h - n).
void KERNEL(gru)(const float *gates, const int32_t *gates_of, const _Float16 *const *brought, const float *input,
                 int count, int units, size_t gate_stride, size_t from, float *h, size_t stride) {
    for (int r = 0; r < count; r++) {
        const float *own = gates + (gates_of ? gates_of[r] : r) * gate_stride;
        const float *read = input ? input + r * gate_stride : NULL;
        const _Float16 *row = brought ? brought[r] + from : NULL;
        for (int unit = 0; unit < units; unit += LANES, own += 3 * LANES) {
            Floats recurrent[3], input_part[3];
            for (int number = 0; number < 3; number++) {
                recurrent[number] = gate_of(own, number);
                input_part[number] = read ? gate_of(read, number) : brought_to(row, number);
            }
            if (read) read += 3 * LANES;
            if (row) fetch(row += 3 * LANES, 3);
            const Floats reset = sigmoid(input_part[0] + recurrent[0]);
            const Floats update = sigmoid(input_part[1] + recurrent[1]);
            const Floats candidate = hyperbolic_tangent(input_part[2] + reset * recurrent[2]);
            float *state = h + r * stride + unit;
            store(state, candidate + update * (load(state, LANES) - candidate), LANES);
        }
    }
}

// Specification: h' = tanh(gates).
void KERNEL(rnn)(const float *gates, const int32_t *gates_of, const _Float16 *const *brought, int count, int units,
                 size_t gate_stride, size_t from, float *h, size_t stride) {
    for (int r = 0; r < count; r++) {
        const float *own = gates + (gates_of ? gates_of[r] : r) * gate_stride;
        const _Float16 *row = brought ? brought[r] + from : NULL;
        for (int unit = 0; unit < units; unit += LANES) {
            const Floats gate = gate_of(own + unit, 0) + brought_to(row ? row + unit : NULL, 0);
            store(h + r * stride + unit, hyperbolic_tangent(gate), LANES);
        }
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
