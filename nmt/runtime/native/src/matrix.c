// A layer in float32.
//
// Specification: out[r][o] = (sum over i, in order, of row[r][i] * weight[i][o]) + bias[o].
#include "names.h"
#include "vector.h"

#define MOST_ROWS 4
#define VECTORS (MATRIX_PANEL / LANES)

// `rows` is a compile-time constant, so the sums stay in registers.
INLINE void block(const int rows, const Matrix *layer, int panel, const float *from, size_t stride, float *out,
                  size_t out_stride) {
    const float *weights = layer->weights + (size_t)panel * layer->inputs * MATRIX_PANEL;
    Floats sums[MOST_ROWS][VECTORS];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < VECTORS; v++) sums[r][v] = all(0.0f);
    for (int i = 0; i < layer->inputs; i++, weights += MATRIX_PANEL)
        for (int r = 0; r < rows; r++)
            for (int v = 0; v < VECTORS; v++)
                sums[r][v] = sums[r][v] + all(from[r * stride + i]) * load(weights + v * LANES, LANES);
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < VECTORS; v++) {
            const int at = panel * MATRIX_PANEL + v * LANES;
            store(out + r * out_stride + at, sums[r][v] + load(layer->bias + at, LANES), LANES);
        }
}

void KERNEL(multiply)(const Matrix *layer, const float *rows, int count, size_t stride, float *out, size_t out_stride) {
    for (int panel = 0; panel < layer->panels; panel++) {
        int row = 0;
        for (; row + MOST_ROWS <= count; row += MOST_ROWS)
            block(MOST_ROWS, layer, panel, rows + row * stride, stride, out + row * out_stride, out_stride);
        for (; row < count; row++)
            block(1, layer, panel, rows + row * stride, stride, out + row * out_stride, out_stride);
    }
}
