// Product of 8-bit rows (R, I), whose zero is 128, with 8-bit weights (I, O), summed exactly in 32 bits.
//
// Specification: out[r][o] = (sum over i of (row[r][i] - 128) * weight[i][o]) * scale[o] + bias[o].
// A panel holds 16 outputs; four inputs of one output are adjacent, which is what the dot instructions take. The sums
// are exact, so their order and grouping change nothing.
#include "names.h"
#include "vector.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

// Rows of a tile. Six are a tenth slower where they fit the registers too: what follows the products of one tile then
// overlaps less with those of the next.
#define MOST_ROWS 4

// Sums: the 32-bit sums of some outputs of a panel. `dot` adds four products to each.
#if defined(__AVX512VNNI__) && defined(__AVX512F__)
#define WIDTH 16
#define MOST_PANELS 4
typedef Integers Sums;
INLINE Sums dot(Sums sums, int32_t row, const int8_t *weights) {
    return (Sums)_mm512_dpbusd_epi32((__m512i)sums, _mm512_set1_epi32(row), _mm512_loadu_si512(weights));
}
#elif defined(__AVXVNNI__)
#define WIDTH 8
#define MOST_PANELS 1
typedef int32_t Sums __attribute__((vector_size(32)));
INLINE Sums dot(Sums sums, int32_t row, const int8_t *weights) {
    return (Sums)_mm256_dpbusd_avx_epi32((__m256i)sums, _mm256_set1_epi32(row),
                                         _mm256_loadu_si256((const __m256i *)weights));
}
#elif defined(__AVX2__)
#define WIDTH 8
#define MOST_PANELS 1
typedef int32_t Sums __attribute__((vector_size(32)));
INLINE Sums dot(Sums sums, int32_t row, const int8_t *weights) {
    // Two products of at most 255 x 64 each fit 16 bits.
    __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi32(row), _mm256_loadu_si256((const __m256i *)weights));
    return sums + (Sums)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
#elif defined(__ARM_FEATURE_DOTPROD)
#define WIDTH 4
#define MOST_PANELS 1
#define CENTRED  // this set multiplies signed rows, whose zero is 0
typedef int32_t Sums __attribute__((vector_size(16)));
INLINE Sums dot(Sums sums, int32_t row, const int8_t *weights) {
    int8x16_t centred = vreinterpretq_s8_s32(vdupq_n_s32(row ^ (int32_t)0x80808080));
    return (Sums)vdotq_s32((int32x4_t)sums, centred, vld1q_s8(weights));
}
#else
#define WIDTH 4
#define MOST_PANELS 1
typedef int32_t Sums __attribute__((vector_size(16)));
INLINE Sums dot(Sums sums, int32_t row, const int8_t *weights) {
    uint8_t bytes[4];
    memcpy(bytes, &row, sizeof bytes);
    for (int lane = 0; lane < WIDTH; lane++)
        for (int i = 0; i < 4; i++) sums[lane] += (int32_t)bytes[i] * weights[4 * lane + i];
    return sums;
}
#endif

#define PARTS (LANES / WIDTH)

// `rows` rows of `panels` panels from `panel` on; both are compile-time constants, so the sums stay in registers.
// Starts to load a panel's weights from `ahead`.
INLINE void tile(const int rows, const int panels, const Linear *layer, int panel, const int8_t *ahead,
                 const uint8_t *from, size_t stride, float *out, size_t out_stride) {
    Sums sums[MOST_ROWS][MOST_PANELS * PARTS];
    const size_t panel_size = (size_t)layer->groups * 4 * LANES;
    const int8_t *weights = layer->weights + panel * panel_size;
    for (int p = 0; p < panels * PARTS; p++) {
        Sums offset = {0};
#ifndef CENTRED
        memcpy(&offset, layer->offsets + panel * LANES + p * WIDTH, sizeof offset);
#endif
        for (int r = 0; r < rows; r++) sums[r][p] = offset;
    }
    for (int group = 0; group < layer->groups; group++) {
        int32_t four[MOST_ROWS];
        __builtin_prefetch(ahead + (size_t)group * 4 * LANES, 0, 2);
        for (int r = 0; r < rows; r++) memcpy(&four[r], from + r * stride + 4 * group, 4);
        for (int p = 0; p < panels; p++)
            for (int part = 0; part < PARTS; part++) {
                const int8_t *own = weights + p * panel_size + (size_t)group * 4 * LANES + part * 4 * WIDTH;
                for (int r = 0; r < rows; r++) sums[r][p * PARTS + part] = dot(sums[r][p * PARTS + part], four[r], own);
            }
    }
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels; p++) {
            const int first = (panel + p) * LANES;
            Integers whole_panel;
            memcpy(&whole_panel, &sums[r][p * PARTS], sizeof whole_panel);
            Floats value = __builtin_convertvector(whole_panel, Floats) * load(layer->scales + first, LANES);
            store(out + r * out_stride + first, value + load(layer->bias + first, LANES), LANES);
        }
}

INLINE void tile_of_panels(const int panels, const Linear *layer, int panel, const uint8_t *rows, int count,
                           size_t stride, float *out, size_t out_stride) {
    const size_t panel_size = (size_t)layer->groups * 4 * LANES;
    const int8_t *next = layer->weights + (panel + panels) * panel_size, *ahead = next;
    int row = 0;
    for (; row + MOST_ROWS <= count; row += MOST_ROWS) {
        tile(MOST_ROWS, panels, layer, panel, ahead, rows + row * stride, stride, out + row * out_stride, out_stride);
        // Each block of rows loads one of the next panels to the second-level cache; weights rarely fit it altogether.
        if (row < (panels - 1) * MOST_ROWS) ahead += panel_size;
    }
    const uint8_t *rest = rows + row * stride;
    float *to = out + row * out_stride;
    switch (count - row) {
        case 1: tile(1, panels, layer, panel, ahead, rest, stride, to, out_stride); break;
        case 2: tile(2, panels, layer, panel, ahead, rest, stride, to, out_stride); break;
        case 3: tile(3, panels, layer, panel, ahead, rest, stride, to, out_stride); break;
        default: break;
    }
}

#if defined(__AMX_INT8__)
#include "tiles.h"
#endif

void KERNEL(product)(const Linear *layer, const uint8_t *rows, int count, size_t stride, float *out,
                     size_t out_stride) {
    int panel = 0;
#if defined(__AMX_INT8__)
    panel = product_by_tiles(layer, rows, count, stride, out, out_stride);
#endif
    for (; panel + MOST_PANELS <= layer->panels; panel += MOST_PANELS)
        tile_of_panels(MOST_PANELS, layer, panel, rows, count, stride, out, out_stride);
    for (; panel < layer->panels; panel++) tile_of_panels(1, layer, panel, rows, count, stride, out, out_stride);
}
