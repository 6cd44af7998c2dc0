// The running batch: sentences, the decoder state of their rows, and the memory of a step.
#ifndef BATCH_H
#define BATCH_H

#include "model.h"

#define MOST_IDLE 64

// A partial hypothesis: its last subword and the node before. Beams share prefixes.
typedef struct {
    double total;  // log probability of all subwords so far, less the penalties for words that do not exist
    float log_prob;
    int32_t token, length, previous;
    uint64_t word;  // the last word so far, as `spell` has it
    uint32_t said;  // a bit for each rare word of the source that it translates
} Node;

// How a translation of a rare word is spelled.
typedef struct {
    int32_t word, first, last, copy;  // number of the word, its positions in the source, what begins a copy of it or -1
    int32_t length;
    const int32_t *ids, *places;  // its subwords, and where they are among the words of the sentence
} Rare;

typedef struct {
    double score;
    int32_t node, is_ended;
} Finished;

// The beam search of one sentence, as nmt/decoding/beam.py has it. A beam of 1 is greedy search.
typedef struct {
    int places, n_best, max_length;
    const double *penalties;  // of 0 to max_length subwords
    const Spelling *spelling;  // or NULL
    const uint64_t *own;       // beginnings of the words of its source
    int own_count;
    const Rare *rare;  // spellings of rare words
    int rare_count;
    Node *nodes;
    int node_count, node_capacity;
    int32_t *running;  // nodes of the running rows
    int running_count;
    Finished *finished;  // those that reached <END>, best first, then those cut off
    int ended_count, finished_count;
} Search;

// An encoded sentence. Its rows are adjacent in the batch.
typedef struct {
    int32_t number;
    int length, rows;  // S, and rows in the batch
    float *keys;       // (S / 16, H, 16)
    float *memory;     // (D / P, S, P), where each head averages parts of P numbers; P = D for one head
    float *values;     // (S, E)
    int32_t *ids;      // of its logits: words open to all, then its own; -1 is padding
    int logits;        // their number, in whole panels
    Linear own;        // the output layer of its own words
    Search search;
    void *block;  // the memory of all of these
    size_t block_bytes;
} Sentence;

// Memory that is enlarged as needed.
typedef struct {
    void *memory;
    size_t bytes;
} Buffer;

// Returns NULL without memory. `reserve` loses the content where it grows, `reserve_keeping` keeps it.
void *reserve(Buffer *buffer, size_t bytes);
void *reserve_keeping(Buffer *buffer, size_t bytes);

enum {
    BYTES, MORE_BYTES, GATES, INPUTS, OUTPUTS, CONTEXT, VALUES, COMBINED, LOGITS, WEIGHTS, CHOICES, COUNTS, BROUGHT,
    SCRATCH, TOKENS, PARENTS, SPARE, SEQUENCE, ABOVE, LAST, STATE, PROJECTED, JOINED, SET, OWN, INTEGERS, REALS,
    SENTENCES, ORDER, WORDS, FOUND, MISSING, ROWS, ORIGINS, SLOTS, ATTENTION, BUFFERS
};

struct NmtBatch {
    NmtModel *model;
    Sentence **sentences;
    int count, rows;
    Sentence *idle[MOST_IDLE];  // of sentences that left, whose memory the next ones take
    int idle_count;
    int stride;                     // of a row of state: whole H
    Buffer states[2 * MOST_LAYERS];  // (R, stride), the parts of each layer
    Buffer work[BUFFERS];
    int logit_stride;
    int integer_count, real_count;
};

#define WORK(batch, name, type, count) ((type *)reserve(&(batch)->work[name], sizeof(type) * (size_t)(count)))

// Returns a negative code for ids and options that cannot be.
int check_request(const NmtModel *model, const NmtRequest *request);
// A sentence with its words and room for what the encoder makes; `to` is set before anything can fail.
int new_sentence(NmtBatch *batch, const NmtRequest *request, Sentence **to);
// Leaves the sentence's memory to the next one: the system would otherwise clear fresh pages for each.
void retire(NmtBatch *batch, Sentence *sentence);
void free_sentence(Sentence *sentence);

// Runs the encoder over new sentences, whose S is set, and writes their first states below the batch's rows.
int encode(NmtBatch *batch, Sentence *const *fresh, const NmtRequest *requests, int count);
// One step of a recurrent layer for R rows, from their bytes: products and cell of a few units at a time, whose gates
// then stay in the first-level cache. `more` has the input of a GRU above the first layer, `brought` the tables' rows or
// NULL, of which the layer reads `from` on. `stride` is that of states.
typedef struct {
    const Cell *cell;
    int rows, hidden;
    const int32_t *slots;  // (R): of the `slot_count` rows of bytes, that of each row; or NULL
    int slot_count;
    const uint8_t *bytes, *more;
    size_t byte_stride;
    const _Float16 *const *brought;
    size_t from;
    float *h, *c;
    size_t stride;
} Advance;
int advance_cells(NmtBatch *batch, const Advance *step);
// Feeds `tokens` (R) to the rows and computes their logits. `weights`, unless NULL, gets the first head's (R, most).
int decode(NmtBatch *batch, const int32_t *tokens, float *weights, int most);
// Replaces the rows by `parents`, and frees sentences without rows.
int select_rows(NmtBatch *batch, const int32_t *parents, int count);
// Makes room for `rows` rows of state.
int reserve_states(NmtBatch *batch, int rows);

// Gives translations of rare words a share of the probability of the `count` choices that follow a node, whose ids are
// `ids` by place. `attention` is that of the step.
void propose_rare(const Search *search, const Spelling *spelling, int32_t node, const float *attention,
                  const int32_t *ids, Choice *choices, int count);
// The rare words that a node translates, given those before its last subword. `attention` is that of its step.
uint32_t said_of(const Search *search, const Spelling *spelling, int32_t node, const float *attention);
int search_start(Search *search, const NmtRequest *request, int start_id);
void search_free(Search *search);
// Reads the choices of its rows (rows, k). Writes the row that each next row continues, counted from `first`, and its
// token; returns their number, 0 when finished.
// `attention` (rows, longest) is that of its rows, for one with rare words, whose subwords `spelling` describes.
int search_advance(Search *search, const Choice *choices, const int *counts, int k, const int32_t *ids, int end_id,
                   const Spelling *spelling, const float *attention, int longest, int first, int32_t *parents,
                   int32_t *tokens);
// Appends the hypotheses of a finished search to the results.
int search_results(const Search *search, NmtBatch *batch, int32_t number);

#endif
