// The integer peak of one instruction set: its dot instruction on registers and on weights in the first-level cache.
// benchmarks/peak_share.py compiles this with gemm.c of the decoder, for the set that the processor has.
#include "gemm.c"

#define SUMS 16

// Multiply-adds of one round.
int64_t round_size(void) { return (int64_t)SUMS * 4 * WIDTH; }

int32_t dot_rounds(int64_t rounds) {
    static int8_t weights[SUMS * 4 * WIDTH];
    Sums sums[SUMS] = {{0}};
    int32_t row = 0x01020304;
    const int8_t *at = weights;
    for (int64_t done = 0; done < rounds; done++) {
        __asm__ volatile("" : "+r"(row), "+r"(at) : : "memory");  // the rows and weights of a round are read anew
        for (int i = 0; i < SUMS; i++) sums[i] = dot(sums[i], row, at + i * 4 * WIDTH);
    }
    int32_t total = 0;
    for (int i = 0; i < SUMS; i++) total += sums[i][0];
    return total;
}
