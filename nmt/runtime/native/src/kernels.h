// The inner loops, compiled once for each instruction set, and the table through which the engine calls them.
#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The largest magnitude of a weight: pairs of products with 8-bit rows then fit 16 bits, as AVX2 adds them.
#define WEIGHT_LIMIT 64

// An integer layer (I, O), packed in panels of 16 outputs: (O / 16, I / 4, 16, 4), both padded with zeros.
typedef struct {
    int inputs, outputs, groups, panels;
    int8_t *weights;
    int32_t *offsets;  // -128 x the sum of a column, for rows whose zero is 128
    float *scales, *bias;
} Linear;

// A layer multiplied in float32: 8-bit weights in panels (O / 16, I, 16), padded with zeros, and a scale per output.
typedef struct {
    int inputs, outputs;
    int8_t *weights;
    float *scales, *bias;
} Dense;

// A layer (I, O) in float32, in panels of MATRIX_PANEL outputs: (O / 64, I, 64), padded with zeros.
#define MATRIX_PANEL 64
typedef struct {
    int inputs, outputs, panels;
    float *weights, *bias;
} Matrix;

// The k best of a row's words, best first.
typedef struct {
    int place;  // among the row's logits
    float log_prob;
} Choice;

typedef struct {
    const char *name;
    int largest_weight;  // of `product`: WEIGHT_LIMIT, or any 8-bit weight

    // rows (R, stride) of bytes with zero 128 -> out (R, out_stride) = row x weights x scales + bias, as whole panels.
    void (*product)(const Linear *layer, const uint8_t *rows, int count, size_t stride, float *out, size_t out_stride);

    // n floats, in units of `scale`, to bytes with zero 128; ties round to even, the rest saturates.
    void (*quantize)(const float *from, int n, float scale, uint8_t *to);

    // n floats to half precision as x * scale + bias.
    void (*halve)(const float *from, const float *bias, float scale, int n, _Float16 *to);

    // to = from + plus, n floats; `from` may be NULL.
    void (*add_halves)(const float *from, const _Float16 *plus, int n, float *to);

    // (R, I) -> (R, O), each row `stride` floats apart.
    void (*dense)(const Dense *layer, const float *rows, int count, size_t stride, float *out, size_t out_stride);

    // (R, I) -> (R, O) as whole panels.
    void (*multiply)(const Matrix *layer, const float *rows, int count, size_t stride, float *out, size_t out_stride);

    // One step of R rows and some units, in whole vectors; gates lie as (units / 16, G, 16). `gates_of` says, unless
    // NULL, which of them each row takes. `brought` holds, unless
    // NULL, a row for each whose numbers from `from` on are added to its gates (GRU: are its input part, which is
    // otherwise `input` (R, gate_stride)). States are `stride` floats apart.
    void (*lstm)(const float *gates, const int32_t *gates_of, const _Float16 *const *brought, int count, int units,
                 size_t gate_stride, size_t from, float *h, float *c, size_t stride);
    void (*gru)(const float *gates, const int32_t *gates_of, const _Float16 *const *brought, const float *input,
                int count, int units, size_t gate_stride, size_t from, float *h, size_t stride);
    void (*rnn)(const float *gates, const int32_t *gates_of, const _Float16 *const *brought, int count, int units,
                size_t gate_stride, size_t from, float *h, size_t stride);

    // to = tanh(to + plus), n floats; `plus` may be NULL.
    void (*tanh_of)(float *to, const float *plus, int n);

    // to = below + sigmoid(gate) * (to - below).
    void (*highway)(float *to, const float *below, const float *gate, int n);

    // Attention weights (R, heads, whole S) of the R queries of one sentence over its keys, stored as (S / 16, H, 16):
    // softmax over S for each head. Queries are `query_stride` floats apart.
    void (*dot_attention)(const float *queries, int count, size_t query_stride, const float *keys, int length,
                          int hidden, int heads, float *weights);
    void (*additive_attention)(const float *queries, int count, size_t query_stride, const float *keys,
                               const float *energy, int length, int hidden, float *weights);

    // R averages (R, width) of `length` vectors, `stride` floats apart, by the weights of each.
    void (*average)(const float *weights, int count, size_t weight_stride, const float *vectors, int length,
                    size_t stride, int width, float *out, size_t out_stride);

    // The k best of n logits in whole vectors, equal ones by `ids`. Returns how many there are: padding is no choice.
    int (*choose)(const float *logits, int n, const int32_t *ids, int k, Choice *choices);

    // Of n logits in whole vectors: the largest, and the logarithm of the sum of e^(logit - largest).
    void (*normaliser)(const float *logits, int n, float *largest, float *log_of_sum);

    // The place of a symbol drawn from n logits in whole vectors, which are overwritten.
    int (*draw)(float *logits, int n, float temperature, float top_p, double uniform);
} Kernels;

// NULL where the build or the processor has no such set.
const Kernels *kernels_of(const char *name);

#endif
