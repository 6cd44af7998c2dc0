// The table of one instruction set's kernels.
#include "names.h"

#define TEXT(name) #name
#define TEXT_EXPANDED(name) TEXT(name)

void KERNEL(product)(const Linear *, const uint8_t *, int, size_t, float *, size_t);
void KERNEL(quantize)(const float *, int, float, uint8_t *);
void KERNEL(halve)(const float *, const float *, float, int, _Float16 *);
void KERNEL(add_halves)(const float *, const _Float16 *, int, float *);
void KERNEL(dense)(const Dense *, const float *, int, size_t, float *, size_t);
void KERNEL(multiply)(const Matrix *, const float *, int, size_t, float *, size_t);
void KERNEL(lstm)(const float *, const int32_t *, const _Float16 *const *, int, int, size_t, size_t, float *, float *,
                  size_t);
void KERNEL(gru)(const float *, const int32_t *, const _Float16 *const *, const float *, int, int, size_t, size_t,
                 float *, size_t);
void KERNEL(rnn)(const float *, const int32_t *, const _Float16 *const *, int, int, size_t, size_t, float *, size_t);
void KERNEL(tanh_of)(float *, const float *, int);
void KERNEL(highway)(float *, const float *, const float *, int);
void KERNEL(dot_attention)(const float *, int, size_t, const float *, int, int, int, float *);
void KERNEL(additive_attention)(const float *, int, size_t, const float *, const float *, int, int, float *);
void KERNEL(average)(const float *, int, size_t, const float *, int, size_t, int, float *, size_t);
int KERNEL(choose)(const float *, int, const int32_t *, int, Choice *);
void KERNEL(normaliser)(const float *, int, float *, float *);
int KERNEL(draw)(float *, int, float, float, double);

#if defined(__AVX2__) && !defined(__AVXVNNI__) && !defined(__AVX512VNNI__)
#define LARGEST_WEIGHT WEIGHT_LIMIT
#else
#define LARGEST_WEIGHT 128
#endif

const Kernels KERNEL(kernels) = {
    .name = TEXT_EXPANDED(INSTRUCTION_SET),
    .largest_weight = LARGEST_WEIGHT,
    .product = KERNEL(product),
    .quantize = KERNEL(quantize),
    .halve = KERNEL(halve),
    .add_halves = KERNEL(add_halves),
    .dense = KERNEL(dense),
    .multiply = KERNEL(multiply),
    .lstm = KERNEL(lstm),
    .gru = KERNEL(gru),
    .rnn = KERNEL(rnn),
    .tanh_of = KERNEL(tanh_of),
    .highway = KERNEL(highway),
    .dot_attention = KERNEL(dot_attention),
    .additive_attention = KERNEL(additive_attention),
    .average = KERNEL(average),
    .choose = KERNEL(choose),
    .normaliser = KERNEL(normaliser),
    .draw = KERNEL(draw),
};
