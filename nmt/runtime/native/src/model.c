// Loading: checks sizes, and copies weights into the layouts of the kernels.
#include "model.h"

#include <string.h>

#include "vector.h"

// The scale of 8-bit rows: 1 is 127.
#define UNIT (1.0f / 127.0f)

// The layers not yet taken, in the order of use.
typedef struct {
    const NmtLayer *next;
    int left, failed;
} Layers;

void *copied(const void *from, size_t bytes) {
    void *to = malloc(bytes ? bytes : 1);
    if (to && bytes) memcpy(to, from, bytes);
    return to;
}

static void take_gates(Layers *layers, Linear *linear, int inputs, int hidden, int gates) {
    if (layers->failed || !layers->left || layers->next->inputs != inputs || layers->next->outputs != gates * hidden) {
        layers->failed = 1;
        return;
    }
    layers->failed = new_linear(linear, layers->next, UNIT, WEIGHT_LIMIT, hidden, gates) != 0;
    layers->next++;
    layers->left--;
}

static void take(Layers *layers, Linear *linear, int inputs, int outputs) {
    take_gates(layers, linear, inputs, outputs, 1);
}

static int new_dense(Dense *dense, const NmtLayer *from, int inputs, int outputs) {
    if (from->inputs != inputs || from->outputs != outputs) return NMT_BAD_SIZES;
    const size_t width = whole(outputs);
    *dense = (Dense){.inputs = inputs, .outputs = outputs};
    dense->weights = calloc(inputs * width, 1);
    dense->scales = calloc(width, sizeof(float));
    dense->bias = calloc(width, sizeof(float));
    if (!dense->weights || !dense->scales || !dense->bias) return NMT_NO_MEMORY;
    for (int i = 0; i < inputs; i++)
        for (int o = 0; o < outputs; o++)
            dense->weights[((size_t)(o / LANES) * inputs + i) * LANES + o % LANES] =
                from->weights[(size_t)i * outputs + o];
    memcpy(dense->scales, from->scales, sizeof(float) * outputs);
    if (from->bias) memcpy(dense->bias, from->bias, sizeof(float) * outputs);
    return 0;
}

static int has_size(const NmtLayer *layer, int inputs, int outputs) {
    return layer->inputs == inputs && layer->outputs == outputs;
}

static int tables(NmtModel *model, const NmtArrays *arrays) {
    const NmtSizes *sizes = &model->sizes;
    const size_t source_bytes = (size_t)sizes->source_words * sizes->embedding;
    const size_t target_bytes = (size_t)sizes->target_words * sizes->embedding;
    model->source_embedding = copied(arrays->source_embedding, source_bytes);
    model->source_scales = copied(arrays->source_embedding_scales, sizeof(float) * sizes->source_words);
    model->target_embedding = model->source_embedding;
    model->target_scales = model->source_scales;
    if (arrays->target_embedding != arrays->source_embedding) {
        model->target_embedding = copied(arrays->target_embedding, target_bytes);
        model->target_scales = copied(arrays->target_embedding_scales, sizeof(float) * sizes->target_words);
    }
    if (!model->source_embedding || !model->source_scales || !model->target_embedding || !model->target_scales)
        return NMT_NO_MEMORY;
    const NmtLayer *source = &arrays->source_table, *target = &arrays->target_table, *words = &arrays->word_table;
    if (!has_size(source, sizes->embedding, sizes->directions * model->gates * sizes->encoder_hidden) ||
        !has_size(target, sizes->embedding, model->gates * sizes->decoder_hidden) ||
        (sizes->lexical && !has_size(words, sizes->embedding, sizes->embedding)))
        return NMT_BAD_SIZES;
    int failed = new_table(&model->source, source, model->kernels, model->source_embedding, model->source_scales,
                           sizes->source_words, sizes->encoder_hidden, model->gates, sizes->pad_id) ||
                 keep_rows(&model->source);
    if (!failed)
        failed = new_table(&model->target, target, model->kernels, model->target_embedding, model->target_scales,
                           sizes->target_words, sizes->decoder_hidden, model->gates, sizes->pad_id) ||
                 keep_rows(&model->target);
    if (!failed && sizes->lexical)
        failed = new_table(&model->words, words, model->kernels, model->source_embedding, model->source_scales,
                           sizes->source_words, sizes->embedding, 1, sizes->pad_id) ||
                 keep_rows(&model->words);
    return failed;
}

// Copies the words that each source word adds, (V, K), without the padding.
static int translations(NmtModel *model, const int32_t *from) {
    const NmtSizes *sizes = &model->sizes;
    const size_t listed = (size_t)sizes->source_words * sizes->translations;
    size_t count = 0;
    for (size_t i = 0; i < listed; i++) {
        if (from[i] < 0 || from[i] > sizes->target_words) return NMT_BAD_ID;
        count += from[i] < sizes->target_words;
    }
    model->translations = malloc(sizeof(int32_t) * (count + 1));
    model->translations_of = malloc(sizeof(int32_t) * ((size_t)sizes->source_words + 1));
    if (!model->translations || !model->translations_of) return NMT_NO_MEMORY;
    int32_t next = 0;
    for (int word = 0; word < sizes->source_words; word++) {
        model->translations_of[word] = next;
        for (int k = 0; k < sizes->translations; k++) {
            const int32_t id = from[(size_t)word * sizes->translations + k];
            if (id < sizes->target_words) model->translations[next++] = id;
        }
    }
    model->translations_of[sizes->source_words] = next;
    return 0;
}

static int output_layer(NmtModel *model, const NmtArrays *arrays) {
    const NmtSizes *sizes = &model->sizes;
    const size_t words = sizes->target_words + sizes->closed;
    model->output = copied(arrays->output, words * sizes->embedding);
    model->output_scales = copied(arrays->output_scales, sizeof(float) * words);
    model->output_bias = copied(arrays->output_bias, sizeof(float) * words);
    model->output_offsets = calloc(words, sizeof(int32_t));
    model->always_size = whole(sizes->always);
    model->always_ids = malloc(sizeof(int32_t) * (model->always_size + 1));
    model->is_always = calloc(SET_LENGTH(words), sizeof(uint64_t));
    void *memory = aligned_alloc(64, linear_bytes(sizes->embedding, sizes->always) + 64);
    if (memory) place_linear(&model->always, sizes->embedding, sizes->always, memory);
    if (!model->output || !model->output_scales || !model->output_bias || !model->output_offsets ||
        !model->always_ids || !model->is_always || !memory)
        return NMT_NO_MEMORY;
    for (size_t i = 0; i < words * sizes->embedding; i++) {
        if (model->output[i] > WEIGHT_LIMIT || model->output[i] < -WEIGHT_LIMIT) return NMT_BAD_SIZES;
        model->output_offsets[i / sizes->embedding] -= 128 * model->output[i];
    }
    for (size_t i = 0; i < words; i++) model->output_scales[i] *= UNIT;
    for (int i = 0; i < model->always_size; i++) model->always_ids[i] = i < sizes->always ? arrays->always[i] : -1;
    for (int i = 0; i < sizes->always; i++) {
        const int32_t id = model->always_ids[i];
        if (id < 0 || (size_t)id >= words || (i && id <= model->always_ids[i - 1])) return NMT_BAD_ID;
        model->is_always[id / 64] |= 1ull << id % 64;
    }
    if (sizes->closed && model->always_ids[sizes->always - 1] != sizes->target_words) return NMT_BAD_ID;
    pack_output(model, model->always_ids, sizes->always, &model->always);
    if (sizes->closed) model->always_ids[sizes->always - 1] = -1;  // part of the sum, but never chosen
    return 0;
}

static void take_cell(NmtModel *model, Layers *layers, Cell *cells, int directions, int inputs, int hidden) {
    if (inputs && model->sizes.cell == NMT_GRU)
        for (int d = 0; d < directions; d++) take_gates(layers, &cells[d].inputs, inputs, hidden, model->gates);
    const int both = model->sizes.cell == NMT_GRU ? hidden : inputs + hidden;
    for (int d = 0; d < directions; d++) take_gates(layers, &cells[d].both, both, hidden, model->gates);
}

static int products(NmtModel *model, Layers *layers) {
    const NmtSizes *sizes = &model->sizes;
    const int hidden = sizes->decoder_hidden, attends = sizes->attention != NMT_NO_ATTENTION;
    for (int layer = 0; layer < sizes->encoder_layers; layer++)
        take_cell(model, layers, model->encoder[layer], sizes->directions, layer ? model->memory : 0,
                  sizes->encoder_hidden);
    if (attends) take(layers, &model->keys, model->memory, hidden + (sizes->heads == 1 ? sizes->embedding : 0));
    take_cell(model, layers, &model->decoder[0], 1, 0, hidden);
    if (sizes->attention == NMT_ADDITIVE) take(layers, &model->query, hidden, hidden);
    for (int layer = 1; layer < sizes->decoder_layers; layer++) {
        take_cell(model, layers, &model->decoder[layer], 1, hidden + (attends ? model->memory : 0), hidden);
        if (sizes->highway) take(layers, &model->highways[layer], hidden, hidden);
    }
    const int context = attends && sizes->heads > 1 ? model->memory : 0;
    take(layers, &model->combine, hidden + context, sizes->embedding);
    return layers->failed || layers->left ? NMT_BAD_SIZES : 0;
}

static int dense_layers(NmtModel *model, const NmtLayer *dense, int count) {
    const NmtSizes *sizes = &model->sizes;
    const int bridges = sizes->decoder_layers * model->parts, additive = sizes->attention == NMT_ADDITIVE;
    if (count != bridges + additive) return NMT_BAD_SIZES;
    for (int number = 0; number < bridges; number++) {
        const int failed = new_dense(&model->bridges[number], &dense[number], model->memory, sizes->decoder_hidden);
        if (failed) return failed;
    }
    if (!additive) return 0;
    if (dense[bridges].inputs != sizes->decoder_hidden || dense[bridges].outputs != 1) return NMT_BAD_SIZES;
    model->energy = malloc(sizeof(float) * sizes->decoder_hidden);
    if (!model->energy) return NMT_NO_MEMORY;
    for (int d = 0; d < sizes->decoder_hidden; d++)
        model->energy[d] = (float)dense[bridges].weights[d] * dense[bridges].scales[0];
    return 0;
}

static int fits(const NmtSizes *s) {
    const int32_t positive[] = {s->embedding, s->encoder_hidden, s->encoder_layers, s->decoder_hidden,
                                s->decoder_layers, s->heads, s->source_words, s->target_words, s->always};
    for (size_t i = 0; i < sizeof positive / sizeof *positive; i++)
        if (positive[i] < 1 || positive[i] > 1 << 20) return 0;
    const int memory = s->directions * s->encoder_hidden;
    return s->cell >= NMT_LSTM && s->cell <= NMT_RNN && s->attention >= NMT_NO_ATTENTION &&
           s->attention <= NMT_ADDITIVE && (s->directions == 1 || s->directions == 2) &&
           s->encoder_layers <= MOST_LAYERS && s->decoder_layers <= MOST_LAYERS && s->closed >= 0 && s->closed <= 1 &&
           s->always <= s->target_words + s->closed &&
           s->translations >= 0 && s->start_id >= 0 && s->start_id < s->target_words && s->end_id >= 0 &&
           s->end_id < s->source_words && s->end_id < s->target_words &&
           (s->heads == 1 || (s->attention == NMT_DOT && s->decoder_hidden % s->heads == 0 &&
                              memory % (2 * s->heads) == 0));
}

NmtModel *nmt_model_new(const char *instruction_set, const NmtSizes *sizes, const NmtLayer *layers,
                        int32_t layer_count, const NmtLayer *dense, int32_t dense_count, const NmtArrays *arrays) {
    const Kernels *kernels = kernels_of(instruction_set);
    if (!kernels || !fits(sizes)) return NULL;
    NmtModel *model = calloc(1, sizeof *model);
    if (!model) return NULL;
    const int attends = sizes->attention != NMT_NO_ATTENTION;
    model->sizes = *sizes;
    model->kernels = kernels;
    model->gates = sizes->cell == NMT_LSTM ? 4 : sizes->cell == NMT_GRU ? 3 : 1;
    model->parts = sizes->cell == NMT_LSTM ? 2 : 1;
    model->memory = sizes->directions * sizes->encoder_hidden;
    model->memory_part = sizes->heads > 1 ? model->memory / (2 * sizes->heads) : model->memory;
    model->sizes.lexical = sizes->lexical && attends;
    model->reads_memory = attends && (sizes->decoder_layers > 1 || sizes->heads > 1);
    model->reads_values = attends && (sizes->heads == 1 || sizes->lexical);
    Layers taken = {layers, layer_count, 0};
    if (products(model, &taken) || dense_layers(model, dense, dense_count) || tables(model, arrays) ||
        output_layer(model, arrays) || translations(model, arrays->translations) ||
        new_spelling(&model->spelling, arrays, sizes->target_words, sizes->filter)) {
        nmt_model_free(model);
        return NULL;
    }
    return model;
}

void nmt_model_free(NmtModel *model) {
    if (!model) return;
    free_table(&model->source);
    free_table(&model->target);
    free_table(&model->words);
    for (int layer = 0; layer < MOST_LAYERS; layer++) {
        for (int d = 0; d < 2; d++) {
            free(model->encoder[layer][d].both.weights);
            free(model->encoder[layer][d].inputs.weights);
        }
        free(model->decoder[layer].both.weights);
        free(model->decoder[layer].inputs.weights);
        free(model->highways[layer].weights);
    }
    Linear *others[] = {&model->keys, &model->query, &model->combine, &model->always};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) free(others[i]->weights);
    for (int number = 0; number < 2 * MOST_LAYERS; number++) {
        free(model->bridges[number].weights);
        free(model->bridges[number].scales);
        free(model->bridges[number].bias);
    }
    free_spelling(&model->spelling);
    if (model->target_embedding != model->source_embedding) {
        free(model->target_embedding);
        free(model->target_scales);
    }
    void *plain[] = {model->source_embedding, model->source_scales, model->energy, model->output,
                     model->output_scales, model->output_bias, model->output_offsets, model->always_ids, model->is_always,
                     model->translations, model->translations_of, model};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) free(plain[i]);
}
