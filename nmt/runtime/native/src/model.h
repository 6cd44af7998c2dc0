// A loaded model: packed weights, and tables whose rows are computed when their word is first read.
#ifndef MODEL_H
#define MODEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "kernels.h"
#include "nmt.h"

#define MOST_LAYERS 32
#define MOST_GATES 4
// Of a word that does not exist: it adds nothing to the sum of a softmax.
#define LOGIT_OF_PADDING -1e30f
// Length of a set of words, a bit each, in 64-bit numbers.
#define SET_LENGTH(words) (((size_t)(words) + 63) / 64)

// What each word's embedding contributes to the layer that reads it, (V, N) in half precision. Rows are computed as they
// are needed; a table of all words would take longer than most processes run, and more memory than the rest of the model.
typedef struct {
    int words, size, width, pad_id;  // V, E, N
    const int8_t *embedding;
    const float *scales;
    Linear layer;  // (E, N), or (2 E, N) with the weights in two halves, where a product takes none above WEIGHT_LIMIT
    float *bias;
    _Float16 *rows;      // the rows that are kept, unless NULL
    atomic_int *places;  // (V): where a word's row is kept, from 1, or 0
    int kept, most_kept;
    pthread_mutex_t lock;
} Table;

// The layers of a recurrent layer in one direction: one product, or two for a GRU above the first layer.
typedef struct {
    Linear both;    // of input and state together; of the state alone in a first layer and in a GRU
    Linear inputs;  // of a GRU above the first layer
} Cell;

// How words are spelled, as nmt/runtime/words/word_beginnings.py specifies it.
typedef struct {
    uint64_t *letters, *powers;  // of each target subword, or NULL
    uint8_t *joins, *filter;
    uint64_t bits;  // of the filter; 0 where nothing is known of words
} Spelling;

struct NmtModel {
    NmtSizes sizes;
    const Kernels *kernels;
    int gates;      // G
    int parts;      // 2 for an LSTM, whose state is h and c; otherwise 1
    int memory;     // D, the width of an encoder output
    int memory_part;   // P, the numbers of it that a head averages at once
    int reads_memory;  // whether steps average encoder outputs
    int reads_values;  // whether steps average what the combining layer is to get
    int always_size;   // `always` in whole panels
    int8_t *source_embedding, *target_embedding;
    float *source_scales, *target_scales;
    Table source, target, words;
    Cell encoder[MOST_LAYERS][2], decoder[MOST_LAYERS];
    Linear keys, query, combine, highways[MOST_LAYERS], always;
    Dense bridges[2 * MOST_LAYERS];
    float *energy;
    int8_t *output;  // (V, E)
    float *output_scales, *output_bias;
    int32_t *output_offsets;  // as those of a Linear
    int32_t *always_ids;    // (always_size), padded with -1
    uint64_t *is_always;    // a bit for each target word
    int32_t *translations;     // of all source words, one after the other
    int32_t *translations_of;  // (source V + 1): where those of each begin
    Spelling spelling;
};

// The bytes at `from` in memory of their own, or NULL.
void *copied(const void *from, size_t bytes);

// The layer's outputs are as those of `new_linear`.
int new_table(Table *table, const NmtLayer *from, const Kernels *kernels, const int8_t *embedding, const float *scales,
              int words, int hidden, int gates, int pad_id);
// Lets the table keep the rows of the words that come first, which are mostly frequent ones.
int keep_rows(Table *table);
void free_table(Table *table);
// Bytes of `scratch`.
size_t table_scratch(const Table *table);
// Finds the row of each of `words`. Those that are not kept are computed in `room` (count, N). `missing` is (count).
void find_rows(Table *table, const Kernels *kernels, const int32_t *words, int count, int32_t *missing, void *scratch,
               _Float16 *room, const _Float16 **found);

// What nothing written is: the word of a hypothesis without subwords.
#define NO_LETTERS 1
int new_spelling(Spelling *spelling, const NmtArrays *arrays, int words, size_t bytes);
void free_spelling(Spelling *spelling);
// What `token` makes of `word`. `penalty` is in nats. The `count` beginnings `own` are known too.
uint64_t spell(const Spelling *spelling, const uint64_t *own, int count, uint64_t word, int32_t token, double *penalty);
// Whether the word before `token` is over: it begins one, or has anything but letters.
int ends_word(const Spelling *spelling, int32_t token);
// Writes the beginnings in a text of `length` subwords, and returns their number.
int beginnings_of(const Spelling *spelling, const int32_t *text, int length, uint64_t *beginnings);

// Packs weights (I, O) of at most `largest_weight`, each times `scale`, which is folded into the scales of the outputs.
// Outputs that are G gates of H units, once or several times, become (H / 16, G, 16) each, H padded with zeros.
int new_linear(Linear *linear, const NmtLayer *from, float scale, int largest_weight, int hidden, int gates);
// Where the output `first` of such a layer, and those of the same gate up to a multiple of 16, go.
int place_of(int first, int hidden, int gates);
// `count` panels of a layer from panel `first` on, in the same memory.
Linear panels_of(const Linear *linear, int first, int count);
// Packs the rows `ids` of the output layer (V, E) as a layer; -1 becomes padding that is never chosen. `linear` has room.
void pack_output(const NmtModel *model, const int32_t *ids, int count, Linear *linear);
size_t linear_bytes(int inputs, int outputs);
// Lays a layer out in `memory` of `linear_bytes`.
void place_linear(Linear *linear, int inputs, int outputs, void *memory);

#endif
