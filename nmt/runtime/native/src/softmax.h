// The parts of a softmax that several kernels need.
#ifndef SOFTMAX_H
#define SOFTMAX_H

#include "vector.h"

// Natural logarithm of a positive normal number. x = m 2^e with m in [1/sqrt 2, sqrt 2), and log m = 2 atanh s with
// s = (m - 1) / (m + 1), |s| < 0.172: eight terms are exact to 2^-45.
INLINE double logarithm(double x) {
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t exponent = ((bits >> 52) & 0x7ff) - 1023;
    bits = (bits & 0xfffffffffffffLL) | (1023LL << 52);
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        exponent++;
    }
    const double s = (m - 1.0) / (m + 1.0), square = s * s;
    double series = 0.0;
    for (int term = 17; term >= 1; term -= 2) series = series * square + 1.0 / term;
    return (double)exponent * 0.6931471805599453 + 2.0 * s * series;
}

// e^x of logits less the largest; 0 where it would be below what a float holds.
INLINE Floats exponential_or_zero(Floats x) { return chosen(x > all(-87.0f), exponential(x), all(0.0f)); }

// Of n logits in whole vectors, the logarithm of the sum of e^(logit - largest).
INLINE float log_sum(const float *logits, int n, float largest) {
    Floats sums = all(0.0f);
    for (int at = 0; at < n; at += LANES) sums = sums + exponential_or_zero(load(logits + at, LANES) - all(largest));
    return (float)logarithm(sum_of(sums));
}

// Of n logits in whole vectors.
INLINE float largest_of(const float *logits, int n) {
    Floats most = load(logits, LANES);
    for (int at = LANES; at < n; at += LANES) most = larger(load(logits + at, LANES), most);
    return maximum_of(most);
}

#endif
