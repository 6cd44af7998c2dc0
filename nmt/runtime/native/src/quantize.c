// Floats to 8-bit rows, and to the half-precision rows of a table and back.
#include "names.h"
#include "vector.h"

INLINE void quantize_part(const float *from, float scale, uint8_t *to, int n) {
    Floats units = clamped(load(from, n) / all(scale), -128.0f, 127.0f);
    Unsigned bytes = __builtin_convertvector(rounded_bits(units + all(ROUNDING)) + 128, Unsigned);
    memcpy(to, &bytes, n);
}

// Specification: to[i] = clamp(round(from[i] / scale), -128, 127) + 128, ties to even, NaN to 0.
void KERNEL(quantize)(const float *from, int size, float scale, uint8_t *to) {
    EACH_PART(at, n, size, quantize_part(from + at, scale, to + at, n););
}

// Specification: to[i] = from[i] * scale + bias[i], rounded to half precision.
void KERNEL(halve)(const float *from, const float *bias, float scale, int size, _Float16 *to) {
    for (int i = 0; i < size; i++) to[i] = (_Float16)(from[i] * scale + bias[i]);
}

INLINE void add_part(const float *from, const _Float16 *plus, float *to, int n) {
    Floats more = load_halves(plus, n);
    store(to, from ? load(from, n) + more : more, n);
}

void KERNEL(add_halves)(const float *from, const _Float16 *plus, int size, float *to) {
    EACH_PART(at, n, size, add_part(from ? from + at : NULL, plus + at, to + at, n););
}
