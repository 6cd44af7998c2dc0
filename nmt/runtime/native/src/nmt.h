// The interface of the compiled decoder, as nmt/runtime/native/library.py calls it.
//
// Nothing here keeps a pointer to memory of the caller beyond the call, except where it says so. Functions that return
// an int return 0 or a count, or one of the negative codes below.
#ifndef NMT_H
#define NMT_H

#include <stdint.h>

#define NMT_EXPORT __attribute__((visibility("default")))

enum { NMT_NO_MEMORY = -1, NMT_BAD_SIZES = -2, NMT_BAD_ID = -3, NMT_BAD_OPTION = -4 };
enum { NMT_LSTM = 0, NMT_GRU = 1, NMT_RNN = 2 };
enum { NMT_NO_ATTENTION = 0, NMT_DOT = 1, NMT_ADDITIVE = 2 };

typedef struct NmtModel NmtModel;
typedef struct NmtBatch NmtBatch;
typedef struct NmtLanguageModel NmtLanguageModel;

// Sizes and kinds of a model, in the terms of nmt/model/config.py.
typedef struct {
    int32_t cell, attention, highway, lexical;
    int32_t embedding, encoder_hidden, encoder_layers, directions;
    int32_t decoder_hidden, decoder_layers, heads;
    int32_t source_words, target_words;
    int32_t always;        // words that every sentence may use; all of them without short lists
    int32_t translations;  // K, words that each source word adds; 0 without short lists
    int32_t closed;        // 1 if the output layer has a row V, the last of `always`, for all words that are not open
    int32_t start_id, end_id, pad_id;
    int32_t filter;  // bytes of the filter of beginnings of words; 0 without
} NmtSizes;

// An integer layer (I, O) with a scale per output, and a bias (O) or NULL.
typedef struct {
    const int8_t *weights;
    const float *scales, *bias;
    int32_t inputs, outputs;
} NmtLayer;

// What a package stores beside its graphs. `always` is sorted; `table_layers` are (E, N), with weights up to 127.
typedef struct {
    const int8_t *source_embedding, *target_embedding;             // (V, E)
    const float *source_embedding_scales, *target_embedding_scales;  // (V)
    NmtLayer source_table, target_table, word_table;
    const int8_t *output;  // (V, E), and a row for closed words
    const float *output_scales, *output_bias;
    const int32_t *always;
    const int32_t *translations;  // (source V, K), padded with the target V
    // How words are spelled, as nmt/runtime/words/word_beginnings.py has it: of each target subword (V), and the filter.
    const uint64_t *letters, *powers;
    const uint8_t *joins, *filter;
} NmtArrays;

// A sentence to translate. `penalties` holds the length penalty of 0 to `max_length` subwords; it is kept until the
// sentence leaves.
typedef struct {
    const int32_t *source, *copied;
    // Rare words, as nmt/decoding/lexical_bias.py has them, whose subwords are among `copied`. Of each spelling: the number
    // of its word, the first and the last position of that in `source`, the subword that begins a copy of it or -1, its
    // length, and its subwords.
    const int32_t *rare;
    const double *penalties;
    int32_t length, copied_length, rare_length;
    int32_t beam, n_best, max_length, number;
} NmtRequest;

// The instruction sets that this build and this machine have, best first, separated by spaces.
NMT_EXPORT const char *nmt_instruction_sets(void);

// Copies all that it reads. The integer layers come in the order in which the encoder, then the step use them; the
// bridges (D, H) and the energy of additive attention (H, 1) are multiplied in float32. NULL where memory or sizes fail.
NMT_EXPORT NmtModel *nmt_model_new(const char *instruction_set, const NmtSizes *sizes, const NmtLayer *layers,
                                   int32_t layer_count, const NmtLayer *dense, int32_t dense_count,
                                   const NmtArrays *arrays);
NMT_EXPORT void nmt_model_free(NmtModel *model);

// A running batch. One thread at a time may use it; several may share a model.
NMT_EXPORT NmtBatch *nmt_batch_new(NmtModel *model);
NMT_EXPORT void nmt_batch_free(NmtBatch *batch);

// Encodes sentences and adds a row for each.
NMT_EXPORT int32_t nmt_batch_admit(NmtBatch *batch, const NmtRequest *requests, int32_t count);

// Steps until sentences have finished, `*interrupt` is set, or `steps` steps were made. Returns how many finished.
NMT_EXPORT int32_t nmt_batch_run(NmtBatch *batch, int32_t steps, const volatile int32_t *interrupt);

// The results of the last run. Integers: for each finished sentence its number and how many hypotheses follow; for each
// of these whether it reached <END>, then N and N ids. Reals: score and log probability, then N log probabilities.
NMT_EXPORT const int32_t *nmt_batch_integers(const NmtBatch *batch, int32_t *count);
NMT_EXPORT const double *nmt_batch_reals(const NmtBatch *batch, int32_t *count);

// Removes the sentences of these numbers.
NMT_EXPORT int32_t nmt_batch_drop(NmtBatch *batch, const int32_t *numbers, int32_t count);
NMT_EXPORT int32_t nmt_batch_rows(const NmtBatch *batch);

// One step without a search: feeds `tokens` (R), and writes the k best words of each row, best first, to `ids` and
// `log_probs` (R, k), and the first head's attention to `weights` (R, most) unless NULL. A row with fewer words repeats
// its last one. `nmt_batch_select` then keeps, repeats or drops rows; those of a sentence stay adjacent.
NMT_EXPORT int32_t nmt_batch_step(NmtBatch *batch, const int32_t *tokens, int32_t k, int32_t *ids, float *log_probs,
                                  float *weights, int32_t most);
NMT_EXPORT int32_t nmt_batch_select(NmtBatch *batch, const int32_t *rows, int32_t count);

// Sizes and kinds of a language model, in the terms of nmt/training/language_model/settings.py.
typedef struct {
    int32_t cell, layers, hidden, embedding;
    int32_t words;  // V
    int32_t never;  // number of symbols that are never sampled
} NmtLanguageSizes;

// A layer (I, O) in float32, and a bias (O) or NULL.
typedef struct {
    const float *weights, *bias;
    int32_t inputs, outputs;
} NmtMatrix;

// Copies all that it reads. The layers come in the order of use, the output layer last, either as `integers` or as
// `reals`; the other is NULL. A GRU layer reads what is below it through a layer of its own, the other cells read it
// beside their state, in front of it. Of an integer model, the first layer reads its state alone, and `input` (E, G x H)
// says what the `embedding` (V, E) of a symbol adds. NULL where memory or sizes fail.
NMT_EXPORT NmtLanguageModel *nmt_language_model_new(const char *instruction_set, const NmtLanguageSizes *sizes,
                                                    const NmtLayer *integers, const NmtMatrix *reals, int32_t count,
                                                    const float *embedding, const NmtMatrix *input,
                                                    const int32_t *never);
NMT_EXPORT void nmt_language_model_free(NmtLanguageModel *model);

// Reads `symbols` (T, R) after `states`, the parts of each layer (R, H), which become those after the last step. Writes
// the log probabilities (T, R, V) of the symbol after each or, unless `targets` (T, R) is NULL, those of the targets
// (T, R). Several threads may share a model.
NMT_EXPORT int32_t nmt_language_model_read(const NmtLanguageModel *model, const int32_t *symbols, int32_t steps,
                                           int32_t rows, float *const *states, const int32_t *targets,
                                           float *log_probs);

// Reads the symbol `last` after `states`, the parts of each layer (H), then samples and reads T symbols: `symbols` (T).
// `uniforms` (T) are in [0, 1). The last one sampled is not read.
NMT_EXPORT int32_t nmt_language_model_sample(const NmtLanguageModel *model, int32_t last, float *const *states,
                                             const double *uniforms, int32_t steps, float temperature, float top_p,
                                             int32_t *symbols);

#endif
