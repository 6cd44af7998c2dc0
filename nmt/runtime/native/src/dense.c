// A layer in float32 whose weights are stored in 8 bits, for inputs without a bound.
//
// Specification: out[r][o] = (sum over i, in order, of row[r][i] * weight[i][o]) * scale[o] + bias[o].
#include "names.h"
#include "vector.h"

// Rows and panels whose sums the registers hold.
#if defined(__AVX512F__)
#define MOST_ROWS 8
#define MOST_PANELS 3
#else
#define MOST_ROWS 6
#define MOST_PANELS 1
#endif

INLINE Floats weights_at(const int8_t *from) {
    Bytes bytes;
    memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, Floats);
}

INLINE void block(const int rows, const int panels, const Dense *layer, int first, const float *from, size_t stride,
                  float *out, size_t out_stride) {
    const size_t panel_size = (size_t)layer->inputs * LANES;
    const int8_t *panel = layer->weights + (size_t)first * layer->inputs;
    Floats sums[MOST_ROWS][MOST_PANELS];
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels; p++) sums[r][p] = all(0.0f);
    for (int i = 0; i < layer->inputs; i++) {
        Floats weights[MOST_PANELS];
        for (int p = 0; p < panels; p++) weights[p] = weights_at(panel + p * panel_size + (size_t)i * LANES);
        for (int r = 0; r < rows; r++) {
            const Floats input = all(from[r * stride + i]);
            for (int p = 0; p < panels; p++) sums[r][p] = sums[r][p] + input * weights[p];
        }
    }
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels; p++) {
            const int at = first + p * LANES;
            const Floats value = sums[r][p] * load(layer->scales + at, LANES) + load(layer->bias + at, LANES);
            store(out + r * out_stride + at, value, layer->outputs - at);
        }
}

INLINE void block_of_panels(const int panels, const Dense *layer, int first, const float *rows, int count,
                            size_t stride, float *out, size_t out_stride) {
    int row = 0;
    for (; row + MOST_ROWS <= count; row += MOST_ROWS)
        block(MOST_ROWS, panels, layer, first, rows + row * stride, stride, out + row * out_stride, out_stride);
    for (; row < count; row++)
        block(1, panels, layer, first, rows + row * stride, stride, out + row * out_stride, out_stride);
}

void KERNEL(dense)(const Dense *layer, const float *rows, int count, size_t stride, float *out, size_t out_stride) {
    int first = 0;
    for (; first + MOST_PANELS * LANES <= whole(layer->outputs); first += MOST_PANELS * LANES)
        block_of_panels(MOST_PANELS, layer, first, rows, count, stride, out, out_stride);
    for (; first < layer->outputs; first += LANES)
        block_of_panels(1, layer, first, rows, count, stride, out, out_stride);
}
