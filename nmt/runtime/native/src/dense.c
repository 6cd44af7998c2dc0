// A layer in float32 whose weights are stored in 8 bits, for inputs without a bound.
//
// Specification: out[r][o] = (sum over i, in order, of row[r][i] * weight[i][o]) * scale[o] + bias[o].
#include "names.h"
#include "vector.h"

#define MOST_ROWS 8

INLINE void block(const int rows, const Dense *layer, int first, const float *from, size_t stride, float *out,
                  size_t out_stride) {
    const int8_t *panel = layer->weights + (size_t)first * layer->inputs;
    Floats sums[MOST_ROWS];
    for (int r = 0; r < rows; r++) sums[r] = all(0.0f);
    for (int i = 0; i < layer->inputs; i++) {
        Bytes bytes;
        memcpy(&bytes, panel + (size_t)i * LANES, sizeof bytes);
        Floats weights = __builtin_convertvector(bytes, Floats);
        for (int r = 0; r < rows; r++) sums[r] = sums[r] + all(from[r * stride + i]) * weights;
    }
    for (int r = 0; r < rows; r++) {
        Floats value = sums[r] * load(layer->scales + first, LANES) + load(layer->bias + first, LANES);
        store(out + r * out_stride + first, value, layer->outputs - first);
    }
}

void KERNEL(dense)(const Dense *layer, const float *rows, int count, size_t stride, float *out, size_t out_stride) {
    for (int first = 0; first < layer->outputs; first += LANES) {
        int row = 0;
        for (; row + MOST_ROWS <= count; row += MOST_ROWS)
            block(MOST_ROWS, layer, first, rows + row * stride, stride, out + row * out_stride, out_stride);
        for (; row < count; row++)
            block(1, layer, first, rows + row * stride, stride, out + row * out_stride, out_stride);
    }
}
