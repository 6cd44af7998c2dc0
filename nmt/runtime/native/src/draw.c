// Sampling from a softmax, by the inverse of its cumulative distribution.
//
// Specification, where p = e^((logit - largest) / temperature): with top_p < 1, only the smallest set of most probable
// symbols counts whose p sum to at least top_p of all (Holtzman et al. 2020, section 3.1), of equal ones those that come
// first. Drawn is the first symbol at which the sum of p so far exceeds `uniform` of that of all. At temperature 0, the
// first of the largest.
#include "names.h"
#include "softmax.h"

void KERNEL(normaliser)(const float *logits, int n, float *largest, float *log_of_sum) {
    *largest = largest_of(logits, n);
    *log_of_sum = log_sum(logits, n, *largest);
}

INLINE float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// The sum of all of p that are at least `least`.
INLINE float sum_from(const float *p, int n, float least) {
    Floats sums = all(0.0f);
    for (int at = 0; at < n; at += LANES) {
        Floats values = load(p + at, LANES);
        sums = sums + chosen(values >= all(least), values, all(0.0f));
    }
    return sum_of(sums);
}

// Sets all of p that are outside the set to 0.
static void keep_most_probable(float *p, int n, float top_p) {
    const float share = top_p * sum_from(p, n, 0.0f);
    // The largest number from which on p sum to the share, by bisection: the bits of positive floats have their order.
    // The largest of p is 1.
    const uint32_t bits_of_one = 0x3f800000u;
    uint32_t low = 0, high = bits_of_one + 1;
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (sum_from(p, n, float_of(middle)) >= share)
            low = middle;
        else
            high = middle;
    }
    const float least = float_of(low);
    float sum = sum_from(p, n, float_of(high));
    for (int i = 0; i < n; i++) {
        if (p[i] > least) continue;
        if (p[i] == least && sum < share)
            sum += least;
        else
            p[i] = 0.0f;
    }
}

// The sum of all of p in double precision, a vector at a time.
INLINE double double_sum(const float *p, int n) {
    double sum = 0.0;
    for (int at = 0; at < n; at += LANES) sum += (double)sum_of(load(p + at, LANES));
    return sum;
}

int KERNEL(draw)(float *logits, int n, float temperature, float top_p, double uniform) {
    const float largest = largest_of(logits, n);
    if (temperature == 0.0f) {
        int place = 0;
        while (logits[place] < largest) place++;
        return place;
    }
    float *p = logits;
    for (int at = 0; at < n; at += LANES) {
        Floats below = load(logits + at, LANES) - all(largest);
        store(p + at, exponential_or_zero(below / all(temperature)), LANES);
    }
    if (top_p < 1.0f) keep_most_probable(p, n, top_p);
    double left = uniform * double_sum(p, n);
    int last = 0;  // with a probability above 0, for a sum that is rounded down
    for (int at = 0; at < n; at += LANES) {
        const double sum = (double)sum_of(load(p + at, LANES));
        if (sum == 0.0) continue;
        const int is_here = left < sum;
        for (int place = at; place < at + LANES; place++) {
            if (p[place] == 0.0f) continue;
            last = place;
            if (is_here && left < (double)p[place]) return place;
            if (is_here) left -= (double)p[place];
        }
        if (is_here) return last;
        left -= sum;
    }
    return last;
}
