// Log-softmax of a row's logits, and its k best words.
//
// Specification: log_prob = (logit - max) - log(sum of e^(logit - max)); sorted by logit, equal ones by id.
#include "names.h"
#include "softmax.h"

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
    const float log_of_sum = log_sum(logits, n, largest);
    for (int number = 0; number < found; number++)
        choices[number].log_prob = (choices[number].log_prob - largest) - log_of_sum;
    return found;
}
