// Translations of rare words get a share of the probability where the model attends to these. Specification:
// nmt/decoding/lexical_bias.py, with the same results to the last bit.
#include <math.h>

#include "batch.h"

#define SHARE 0.8
#define SPELLING 0.7
#define LEAST_ATTENTION 0.05
#define LARGEST_SHARE 0.98
#define UNSEEN 0.001

// Shares of the first subwords of translations, or of those that go on with one, by place.
typedef struct {
    int32_t place;
    double share;
} Share;

static int ends_with(const Search *search, int32_t node, const int32_t *spelling, int length) {
    for (int at = length - 1; at >= 0; at--) {
        const Node *last = &search->nodes[node];
        if (last->previous < 0 || last->token != spelling[at]) return 0;
        node = last->previous;
    }
    return 1;
}

static double attended(const Rare *rare, const float *attention) {
    double total = 0.0;
    for (int position = rare->first; position <= rare->last; position++) total += (double)attention[position];
    return total;
}

// Whether the last subword goes on with a word that begins as a spelling does, but not so.
static int ends_otherwise(const Search *search, const Spelling *spelling, int32_t node, const Rare *rare) {
    const Node *last = &search->nodes[node];
    if (ends_word(spelling, last->token) || last->previous < 0) return 0;
    for (int length = 1; length < rare->length; length++)
        if (rare->ids[length] != last->token && ends_with(search, last->previous, rare->ids, length)) return 1;
    return 0;
}

uint32_t said_of(const Search *search, const Spelling *spelling, int32_t node, const float *attention) {
    uint32_t said = search->nodes[node].said;
    for (int number = 0; number < search->rare_count; number++) {
        const Rare *rare = &search->rare[number];
        const int is_attended = attended(rare, attention) >= LEAST_ATTENTION;
        if (ends_with(search, node, rare->ids, rare->length) ||
            (is_attended && ends_otherwise(search, spelling, node, rare)))
            said |= 1u << rare->word;
    }
    return said;
}

// The share at `place`, which is 0 if it is new.
static Share *share_of(Share *shares, int *count, int32_t place) {
    for (int i = 0; i < *count; i++)
        if (shares[i].place == place) return &shares[i];
    shares[*count] = (Share){place, 0.0};
    return &shares[(*count)++];
}

static int continuing(const Search *search, int32_t node, const float *attention, Share *shares) {
    int count = 0;
    for (int number = 0; number < search->rare_count; number++) {
        const Rare *rare = &search->rare[number];
        if (search->nodes[node].said >> rare->word & 1) continue;
        for (int length = rare->length - 1; length > 0; length--) {
            if (!ends_with(search, node, rare->ids, length)) continue;
            Share *of = share_of(shares, &count, rare->places[length]);
            const double share = SPELLING * attended(rare, attention);
            if (share > of->share) of->share = share;
            break;
        }
    }
    return count;
}

static double probability_at(const Choice *choices, const double *probabilities, int count, int32_t place) {
    for (int i = 0; i < count; i++)
        if (choices[i].place == place) return probabilities[i];
    return 0.0;
}

static int beginning(const Search *search, const Spelling *spelling, int32_t node, const float *attention,
                     const int32_t *ids, const Choice *choices, const double *probabilities, int found, Share *shares) {
    double total = 0.0, over = 0.0;
    for (int i = 0; i < found; i++) {
        total += probabilities[i];
        if (ends_word(spelling, ids[choices[i].place])) over += probabilities[i];
    }
    const double gate = SHARE * (1.0 - probabilities[0]) * over / total;
    int count = 0;
    for (int number = 0, next = 0; number < search->rare_count; number = next) {
        const Rare *rare = &search->rare[number];
        for (next = number; next < search->rare_count && search->rare[next].word == rare->word;) next++;
        const double weight = attended(rare, attention);
        if (search->nodes[node].said >> rare->word & 1 || weight < LEAST_ATTENTION || rare->copy == ids[choices[0].place])
            continue;
        int32_t first[next - number];  // different ones
        double preferred[next - number], whole = 0.0;
        int different = 0;
        for (int i = number; i < next; i++) {
            const int32_t place = search->rare[i].places[0];
            int same = 0;
            while (same < different && first[same] != place) same++;
            if (same < different) continue;
            first[different] = place;
            preferred[different] = probability_at(choices, probabilities, found, place) + UNSEEN;
            whole += preferred[different++];
        }
        for (int i = 0; i < different; i++)
            share_of(shares, &count, first[i])->share += gate * weight * preferred[i] / whole;
    }
    return count;
}

// Puts a choice into the `found` best so far, at most `most`, behind equal ones.
static int insert(Choice *best, int found, int most, Choice choice) {
    if (found == most && !(choice.log_prob > best[most - 1].log_prob)) return found;
    int to = found < most ? found++ : most - 1;
    for (; to > 0 && choice.log_prob > best[to - 1].log_prob; to--) best[to] = best[to - 1];
    best[to] = choice;
    return found;
}

void propose_rare(const Search *search, const Spelling *spelling, int32_t node, const float *attention,
                  const int32_t *ids, Choice *choices, int count) {
    Share shares[search->rare_count];
    double probabilities[count];
    for (int i = 0; i < count; i++) probabilities[i] = exp((double)choices[i].log_prob);
    int more = continuing(search, node, attention, shares);
    if (!more) more = beginning(search, spelling, node, attention, ids, choices, probabilities, count, shares);
    double total = 0.0;
    for (int i = 0; i < more; i++) total += shares[i].share;
    if (total <= 0.0) return;
    const double scale = total > LARGEST_SHARE ? LARGEST_SHARE / total : 1.0, rest = 1.0 - total * scale;
    Choice best[count];
    int found = 0;
    for (int i = 0; i < count; i++) {
        double log_prob = (double)choices[i].log_prob + log(rest);
        for (int at = 0; at < more; at++)
            if (shares[at].place == choices[i].place) log_prob = log(rest * probabilities[i] + scale * shares[at].share);
        found = insert(best, found, count, (Choice){choices[i].place, (float)log_prob});
    }
    for (int at = 0; at < more; at++) {
        int is_known = 0;
        for (int i = 0; i < count; i++) is_known |= choices[i].place == shares[at].place;
        if (!is_known)
            found = insert(best, found, count, (Choice){shares[at].place, (float)log(0.0 + scale * shares[at].share)});
    }
    for (int i = 0; i < count; i++) choices[i] = best[i];
}
