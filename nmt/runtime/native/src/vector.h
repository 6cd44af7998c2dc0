// Sixteen lanes as one value, whatever registers the processor has, and the elementwise functions on them.
//
// Every operation is one IEEE operation a lane, in the order written (the build forbids contraction to fused
// multiply-add), so results are the same bytes on every instruction set.
#ifndef VECTOR_H
#define VECTOR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LANES 16
#define INLINE static inline __attribute__((always_inline))

typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Integers __attribute__((vector_size(64)));
typedef int8_t Bytes __attribute__((vector_size(16)));
typedef uint8_t Unsigned __attribute__((vector_size(16)));
typedef _Float16 Halves __attribute__((vector_size(32)));

// `count` rounded up to whole vectors.
INLINE int whole(int count) { return (count + LANES - 1) / LANES * LANES; }

INLINE Floats all(float value) { return (Floats){0} + value; }

// Runs the statements for each vector of `size` numbers, of which the first is at `at` and `n` count. They are compiled
// twice: with an `n` of 16 for whole vectors, and for a last, partial one.
#define EACH_PART(at, n, size, ...)                  \
    do {                                             \
        int at = 0;                                  \
        for (; at + LANES <= (size); at += LANES) {  \
            enum { n = LANES };                      \
            __VA_ARGS__                              \
        }                                            \
        if (at < (size)) {                           \
            const int n = (size) - at;               \
            __VA_ARGS__                              \
        }                                            \
    } while (0)

// The first `n` of 16 lanes at `from`; the others are zero.
INLINE Floats load(const float *from, int n) {
    Floats value = {0};
    if (n >= LANES)
        memcpy(&value, from, sizeof value);
    else
        memcpy(&value, from, sizeof(float) * n);
    return value;
}

INLINE void store(float *to, Floats value, int n) {
    if (n >= LANES)
        memcpy(to, &value, sizeof value);
    else
        memcpy(to, &value, sizeof(float) * n);
}

INLINE Floats load_halves(const _Float16 *from, int n) {
    Halves value = {0};
    if (n >= LANES)
        memcpy(&value, from, sizeof value);
    else
        memcpy(&value, from, sizeof(_Float16) * n);
    return __builtin_convertvector(value, Floats);
}

// Where `mask` has all bits set `yes`, elsewhere `no`.
INLINE Floats chosen(Integers mask, Floats yes, Floats no) {
    return (Floats)((mask & (Integers)yes) | (~mask & (Integers)no));
}

// The upper 8, 4, 2 or 1 of the first 16, 8, 4 or 2 lanes, in the place of the lower ones.
#define UPPER_8(x) __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
#define UPPER_4(x) __builtin_shufflevector(x, x, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7)
#define UPPER_2(x) __builtin_shufflevector(x, x, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 3)
#define UPPER_1(x) __builtin_shufflevector(x, x, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)

// Whether a lane of `mask` is set.
INLINE int any(Integers mask) {
    mask |= UPPER_8(mask);
    mask |= UPPER_4(mask);
    mask |= UPPER_2(mask);
    return (mask | UPPER_1(mask))[0] != 0;
}

// NaN becomes `low`.
INLINE Floats clamped(Floats x, float low, float high) {
    x = chosen(x > all(low), x, all(low));
    return chosen(x < all(high), x, all(high));
}

INLINE Floats larger(Floats a, Floats b) { return chosen(a > b, a, b); }

// 1.5 x 2^23: adding it rounds a float below 2^22 in magnitude to the nearest integer, ties to even, which its low bits
// then hold.
#define ROUNDING 12582912.0f

INLINE Integers rounded_bits(Floats shifted) { return (Integers)shifted - (Integers)all(ROUNDING); }

#define LOG2_E 1.44269504f

// 2^x for x in [-126, 127], to some 2 units in the last place; outside, of the nearer end.
//
// x = n + f with |f| <= 1/2, exactly. 2^f is 1 + f q(f), where q is the polynomial of degree 5 with the least largest
// relative error, 2^-28.9. n is added to the exponent; the other bits of the shifted sum leave the number at its top.
INLINE Floats power_of_two(Floats x) {
    x = clamped(x, -126.0f, 127.0f);
    Floats shifted = x + all(ROUNDING);
    Floats f = x - (shifted - all(ROUNDING));
    Floats p = all(1.53533416e-4f);
    p = p * f + all(1.33989006e-3f);
    p = p * f + all(9.61843785e-3f);
    p = p * f + all(5.55033237e-2f);
    p = p * f + all(2.40226477e-1f);
    p = p * f + all(6.93147182e-1f);
    p = p * f + all(1.0f);
    return (Floats)((Integers)p + ((Integers)shifted << 23));
}

// e^x. The rounding of x log2 e adds |x| / 16 units in the last place, which is nothing where e^x joins 1 or a sum that
// has a term of 1.
INLINE Floats exponential(Floats x) { return power_of_two(x * all(LOG2_E)); }

// 1 / (1 + e^-x).
INLINE Floats sigmoid(Floats x) { return all(1.0f) / (all(1.0f) + power_of_two(x * all(-LOG2_E))); }

// (e^2x - 1) / (e^2x + 1) = 1 - 2 / (e^2x + 1), whose error is below 2^-22 of 1.
INLINE Floats hyperbolic_tangent(Floats x) {
    return all(1.0f) - all(2.0f) / (power_of_two(x * all(2.0f * LOG2_E)) + all(1.0f));
}

// The sum of all lanes, always in the same order: that of lanes i and i + 8, then of i and i + 4, and so on.
INLINE float sum_of(Floats x) {
    x = x + UPPER_8(x);
    x = x + UPPER_4(x);
    x = x + UPPER_2(x);
    x = x + UPPER_1(x);
    return x[0];
}

INLINE float maximum_of(Floats x) {
    x = larger(UPPER_8(x), x);
    x = larger(UPPER_4(x), x);
    x = larger(UPPER_2(x), x);
    x = larger(UPPER_1(x), x);
    return x[0];
}

#endif
