// Beam search of one sentence (Graves 2012; length normalisation of Wu et al. 2016, section 7), as nmt/decoding/beam.py
// specifies it: same hypotheses, same order, same ties.
#include <string.h>

#include "batch.h"

typedef struct {
    double cost;
    int row, place;
    float log_prob;
    uint64_t word;
} Candidate;

#define MOST_PLACES 64

int search_start(Search *search, const NmtRequest *request, int start_id) {
    *search = (Search){.places = request->beam, .n_best = request->n_best, .max_length = request->max_length,
                       .penalties = request->penalties, .node_capacity = 64};
    search->nodes = malloc(sizeof(Node) * search->node_capacity);
    search->running = malloc(sizeof(int32_t) * request->beam);
    search->finished = malloc(sizeof(Finished) * 2 * request->beam);
    if (!search->nodes || !search->running || !search->finished) return NMT_NO_MEMORY;
    search->nodes[0] = (Node){.token = start_id, .previous = -1, .word = NO_LETTERS};
    search->node_count = search->running_count = 1;
    search->running[0] = 0;
    return 0;
}

void search_free(Search *search) {
    free(search->nodes);
    free(search->running);
    free(search->finished);
}

// The best candidates, one per place. Ties go to the earlier row, then the earlier candidate.
static int ranked(const Search *search, const Choice *choices, const int *counts, int k, const int32_t *ids,
                  Candidate *best) {
    int found = 0;
    for (int row = 0; row < search->running_count; row++) {
        const Node *node = &search->nodes[search->running[row]];
        for (int column = 0; column < counts[row] && column < search->places; column++) {
            const Choice *choice = &choices[row * k + column];
            double cost = -(node->total + (double)choice->log_prob), penalty = 0.0;
            // A row's choices are sorted, and penalties only add to the cost.
            if (found == search->places && !(cost < best[found - 1].cost)) break;
            uint64_t word = node->word;
            if (search->spelling)
                word = spell(search->spelling, search->own, search->own_count, word, ids[choice->place], &penalty);
            cost += penalty;
            if (found == search->places && !(cost < best[found - 1].cost)) continue;
            int to = found < search->places ? found++ : found - 1;
            for (; to > 0 && cost < best[to - 1].cost; to--) best[to] = best[to - 1];
            best[to] = (Candidate){cost, row, choice->place, choice->log_prob, word};
        }
    }
    return found;
}

static double score_of(const Search *search, const Node *node) {
    return node->total / search->penalties[node->length];
}

static void end(Search *search, int32_t node) {
    const double score = score_of(search, &search->nodes[node]);
    int to = search->ended_count++;
    for (; to > 0 && score > search->finished[to - 1].score; to--) search->finished[to] = search->finished[to - 1];
    search->finished[to] = (Finished){score, node, 1};
}

static void cut(Search *search) {
    for (int row = 0; row < search->running_count; row++) {
        const double score = score_of(search, &search->nodes[search->running[row]]);
        int to = search->finished_count++;
        for (; to > search->ended_count && score > search->finished[to - 1].score; to--)
            search->finished[to] = search->finished[to - 1];
        search->finished[to] = (Finished){score, search->running[row], 0};
    }
    search->running_count = 0;
}

// Whether no running hypothesis can enter the n best. A log probability only falls, so divided by the penalty of the
// length limit it bounds every score that a row can still reach.
static int is_decided(const Search *search) {
    if (!search->running_count || search->ended_count < search->n_best) return 0;
    const double bound = search->nodes[search->running[0]].total / search->penalties[search->max_length];
    return bound <= search->finished[search->n_best - 1].score;
}

int search_advance(Search *search, const Choice *choices, const int *counts, int k, const int32_t *ids, int end_id,
                   const Spelling *spelling, const float *attention, int longest, int first, int32_t *parents,
                   int32_t *tokens) {
    Candidate best[MOST_PLACES];
    const int found = ranked(search, choices, counts, k, ids, best);
    if (search->node_count + found > search->node_capacity) {
        const int capacity = 2 * (search->node_count + found);
        Node *nodes = realloc(search->nodes, sizeof(Node) * capacity);
        if (!nodes) return NMT_NO_MEMORY;
        search->nodes = nodes;
        search->node_capacity = capacity;
    }
    int32_t running[MOST_PLACES];
    int count = 0;
    for (int i = 0; i < found; i++) {
        const int32_t previous = search->running[best[i].row], number = search->node_count++;
        const Node *before = &search->nodes[previous];
        search->nodes[number] = (Node){-best[i].cost,      best[i].log_prob, ids[best[i].place],
                                       before->length + 1, previous,         best[i].word,
                                       before->said};
        if (search->rare_count)
            search->nodes[number].said = said_of(search, spelling, number, attention + (size_t)best[i].row * longest);
        if (ids[best[i].place] == end_id) {
            end(search, number);
            search->places--;
            continue;
        }
        parents[count] = first + best[i].row;
        tokens[count] = ids[best[i].place];
        running[count++] = number;
    }
    memcpy(search->running, running, sizeof(int32_t) * count);
    search->running_count = count;
    search->finished_count = search->ended_count;
    if (count && search->nodes[running[0]].length >= search->max_length) cut(search);
    if (is_decided(search)) search->running_count = 0;
    return search->running_count;
}

int search_results(const Search *search, NmtBatch *batch, int32_t number) {
    const int count = search->finished_count < search->n_best ? search->finished_count : search->n_best;
    int integers = batch->integer_count + 2, reals = batch->real_count;
    for (int i = 0; i < count; i++) {
        integers += 2 + search->nodes[search->finished[i].node].length;
        reals += 2 + search->nodes[search->finished[i].node].length;
    }
    int32_t *integer = reserve_keeping(&batch->work[INTEGERS], sizeof(int32_t) * integers);
    double *real = reserve_keeping(&batch->work[REALS], sizeof(double) * (reals + 1));
    if (!integer || !real) return NMT_NO_MEMORY;
    integer += batch->integer_count;
    real += batch->real_count;
    *integer++ = number;
    *integer++ = count;
    for (int i = 0; i < count; i++) {
        const Finished *finished = &search->finished[i];
        const Node *node = &search->nodes[finished->node];
        *integer++ = finished->is_ended;
        *integer++ = node->length;
        *real++ = finished->score;
        double *log_prob = real++;
        const int length = node->length;
        for (int at = length - 1; at >= 0; at--, node = &search->nodes[node->previous]) {
            integer[at] = node->token;
            real[at] = node->log_prob;
        }
        *log_prob = 0.0;
        for (int at = 0; at < length; at++) *log_prob += real[at];
        integer += length;
        real += length;
    }
    batch->integer_count = integers;
    batch->real_count = reals;
    return 0;
}
