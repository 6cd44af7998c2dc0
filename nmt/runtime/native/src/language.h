// A loaded language model: packed weights.
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include "model.h"

// A layer of an integer model, or of one in float32. The other has no weights.
typedef struct {
    Linear integers;
    Matrix reals;
} Product;

// A recurrent layer: one product, or two for a GRU that reads through a layer of its own.
typedef struct {
    Product both;    // of what is below and of the state together; of the state alone otherwise
    Product inputs;  // of a GRU
} RecurrentLayer;

struct NmtLanguageModel {
    NmtLanguageSizes sizes;
    const Kernels *kernels;
    int is_integer;
    int gates;          // G
    int parts;          // 2 for an LSTM, whose state is h and c; otherwise 1
    float *embedding;   // (V, E), of a model in float32
    _Float16 *brought;  // (V, gates), of an integer model: what each symbol adds to the first layer
    RecurrentLayer layers[MOST_LAYERS];
    Product output;
    int32_t *never;
};

#endif
