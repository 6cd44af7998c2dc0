// Log-softmax of a row's logits, and its k best words.
//
// Specification: log_prob = (logit - max) - log(sum of e^(logit - max)); sorted by logit, equal ones by id.
#include "names.h"
#include "vector.h"

// Natural logarithm of a positive normal number. x = m 2^e with m in [1/sqrt 2, sqrt 2), and log m = 2 atanh s with
// s = (m - 1) / (m + 1), |s| < 0.172: eight terms are exact to 2^-45.
static double logarithm(double x) {
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

// Whether a word comes before another.
INLINE int precedes(float logit, int32_t id, float other, int32_t other_id) {
    return logit > other || (logit == other && id < other_id);
}

int KERNEL(choose)(const float *logits, int n, const int32_t *ids, int k, Choice *choices) {
    int found = 0;
    Floats most = load(logits, LANES);
    for (int at = 0; at < n; at += LANES) {
        Floats values = load(logits + at, LANES);
        most = larger(values, most);
        // Most vectors hold nothing as good as the worst that is kept.
        if (found == k && !any(values >= all(choices[k - 1].log_prob))) continue;
        for (int place = at; place < at + LANES; place++) {
            const int32_t id = ids[place];
            if (id < 0) continue;  // padding
            const Choice *last = &choices[k - 1];
            if (found == k && !precedes(logits[place], id, last->log_prob, ids[last->place])) continue;
            int to = found < k ? found++ : k - 1;
            for (; to > 0 && precedes(logits[place], id, choices[to - 1].log_prob, ids[choices[to - 1].place]); to--)
                choices[to] = choices[to - 1];
            choices[to] = (Choice){place, logits[place]};
        }
    }
    const float largest = maximum_of(most);
    Floats sums = all(0.0f);
    for (int at = 0; at < n; at += LANES) {
        Floats below = load(logits + at, LANES) - all(largest);
        sums = sums + chosen(below > all(-87.0f), exponential(below), all(0.0f));
    }
    const float log_sum = (float)logarithm(sum_of(sums));
    for (int number = 0; number < found; number++)
        choices[number].log_prob = (choices[number].log_prob - largest) - log_sum;
    return found;
}
