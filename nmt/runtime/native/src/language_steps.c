// Steps of a language model: symbols and states of R rows -> log probabilities of the next symbols, or samples.
#include <string.h>

#include "language.h"
#include "vector.h"

#define ALIGNMENT 64
#define UNIT (1.0f / 127.0f)
// Rows of the output layer's product: its weights are then read once for many steps.
#define MOST_TOPS 64

// What a product reads, (*, stride): bytes or floats.
typedef struct {
    uint8_t *bytes;
    float *reals;
    size_t stride;
} Inputs;

typedef struct {
    const NmtLanguageModel *model;
    float *const *states;  // the parts of each layer, (R, H)
    float *own;            // the same in whole vectors, (parts of all layers, R, units)
    int rows, units;
    size_t gate_stride, logit_stride;
    Inputs read, tops;
    float *gates, *inputs, *logits;
    const _Float16 **brought;
    void *memory;
} Steps;

static size_t in_panels(int count) { return (size_t)(count + MATRIX_PANEL - 1) / MATRIX_PANEL * MATRIX_PANEL; }

// Takes `bytes` of the memory from `*used` on, or only counts them where there is none yet.
static void *taken(uint8_t *memory, size_t *used, size_t bytes) {
    void *at = memory ? memory + *used : NULL;
    *used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return at;
}

static size_t lay_out(Steps *s, int tops, uint8_t *memory) {
    const NmtLanguageSizes *sizes = &s->model->sizes;
    const int below = sizes->embedding > sizes->hidden ? sizes->embedding : sizes->hidden;
    size_t used = 0;
    s->units = whole(sizes->hidden);
    s->gate_stride = in_panels(s->model->gates * s->units);
    s->logit_stride = in_panels(sizes->words);
    s->read.stride = in_panels(below + sizes->hidden);
    s->tops.stride = in_panels(sizes->hidden);
    Inputs *both[] = {&s->read, &s->tops};
    const int rows[] = {s->rows, tops};
    for (int i = 0; i < 2; i++) {
        if (s->model->is_integer)
            both[i]->bytes = taken(memory, &used, both[i]->stride * rows[i]);
        else
            both[i]->reals = taken(memory, &used, sizeof(float) * both[i]->stride * rows[i]);
    }
    s->gates = taken(memory, &used, sizeof(float) * s->gate_stride * s->rows);
    s->inputs = taken(memory, &used, sizeof(float) * s->gate_stride * s->rows);
    s->logits = taken(memory, &used, sizeof(float) * s->logit_stride * tops);
    s->brought = taken(memory, &used, sizeof(void *) * s->rows);
    s->own = taken(memory, &used, sizeof(float) * sizes->layers * s->model->parts * s->rows * s->units);
    return used;
}

// One part of a layer's state, (R, units).
static float *part_of(const Steps *s, int layer, int part) {
    return s->own + (size_t)(layer * s->model->parts + part) * s->rows * s->units;
}

// Copies all states from the caller's, or back to them.
static void copy_states(const Steps *s, int is_back) {
    const int hidden = s->model->sizes.hidden;
    for (int number = 0; number < s->model->sizes.layers * s->model->parts; number++)
        for (int row = 0; row < s->rows; row++) {
            float *theirs = s->states[number] + (size_t)row * hidden;
            float *own = part_of(s, 0, number) + (size_t)row * s->units;
            memcpy(is_back ? theirs : own, is_back ? own : theirs, sizeof(float) * hidden);
        }
}

static void end(Steps *s) {
    copy_states(s, 1);
    free(s->memory);
}

// Makes room for steps of `rows` rows, and for `tops` rows of the output layer.
static int begin(Steps *s, const NmtLanguageModel *model, int rows, int tops, float *const *states) {
    *s = (Steps){.model = model, .states = states, .rows = rows};
    const size_t bytes = lay_out(s, tops, NULL);
    s->memory = aligned_alloc(ALIGNMENT, bytes);
    if (!s->memory) return NMT_NO_MEMORY;
    memset(s->memory, 0, bytes);
    lay_out(s, tops, s->memory);
    copy_states(s, 0);
    return 0;
}

// Puts the output of a layer in place `at` of the inputs, from row `first` on.
static void place(const Steps *s, Inputs *inputs, int first, int layer, int at) {
    const int hidden = s->model->sizes.hidden;
    for (int row = 0; row < s->rows; row++) {
        const float *h = part_of(s, layer, 0) + (size_t)row * s->units;
        const size_t to = (first + row) * inputs->stride + at;
        if (s->model->is_integer)
            s->model->kernels->quantize(h, hidden, UNIT, inputs->bytes + to);
        else
            memcpy(inputs->reals + to, h, sizeof(float) * hidden);
    }
}

static void apply(const Steps *s, const Product *product, const Inputs *inputs, int rows, float *out, size_t stride) {
    const Kernels *kernels = s->model->kernels;
    if (s->model->is_integer)
        kernels->product(&product->integers, inputs->bytes, rows, inputs->stride, out, stride);
    else
        kernels->multiply(&product->reals, inputs->reals, rows, inputs->stride, out, stride);
}

// Puts what a layer reads from below in front of its state, and returns its width.
static int read_below(Steps *s, int layer, const int32_t *symbols) {
    const NmtLanguageModel *model = s->model;
    const int size = model->sizes.embedding;
    if (layer) {
        place(s, &s->read, 0, layer - 1, 0);
        return model->sizes.hidden;
    }
    for (int row = 0; row < s->rows; row++) {
        if (model->is_integer)
            s->brought[row] = model->brought + (size_t)symbols[row] * model->gates * s->units;
        else
            memcpy(s->read.reals + row * s->read.stride, model->embedding + (size_t)symbols[row] * size,
                   sizeof(float) * size);
    }
    return model->is_integer ? 0 : size;
}

static void advance(Steps *s, int number, const int32_t *symbols) {
    const NmtLanguageModel *model = s->model;
    const Kernels *kernels = model->kernels;
    const RecurrentLayer *layer = &model->layers[number];
    const int rows = s->rows, units = s->units;
    float *h = part_of(s, number, 0);
    int width = read_below(s, number, symbols);
    const _Float16 *const *brought = number || !model->is_integer ? NULL : (const _Float16 *const *)s->brought;
    if (width && model->sizes.cell == NMT_GRU) {
        apply(s, &layer->inputs, &s->read, rows, s->inputs, s->gate_stride);
        width = 0;
    }
    place(s, &s->read, 0, number, width);
    apply(s, &layer->both, &s->read, rows, s->gates, s->gate_stride);
    if (model->sizes.cell == NMT_LSTM)
        kernels->lstm(s->gates, NULL, brought, rows, units, s->gate_stride, 0, h, part_of(s, number, 1), units);
    else if (model->sizes.cell == NMT_GRU)
        kernels->gru(s->gates, NULL, brought, brought ? NULL : s->inputs, rows, units, s->gate_stride, 0, h, units);
    else
        kernels->rnn(s->gates, NULL, brought, rows, units, s->gate_stride, 0, h, units);
}

// Reads a symbol a row, and puts the outputs of the last layer from row `top` on among what the output layer reads.
static void step(Steps *s, const int32_t *symbols, int top) {
    const NmtLanguageModel *model = s->model;
    for (int layer = 0; layer < model->sizes.layers; layer++) advance(s, layer, symbols);
    place(s, &s->tops, top, model->sizes.layers - 1, 0);
}

// Writes the log probabilities of all symbols after each of `count` tops or, unless NULL, of their `targets`.
static void log_probabilities(Steps *s, int count, const int32_t *targets, float *out) {
    const int words = s->model->sizes.words;
    apply(s, &s->model->output, &s->tops, count, s->logits, s->logit_stride);
    for (int row = 0; row < count; row++) {
        const float *logits = s->logits + row * s->logit_stride;
        float largest, log_of_sum;
        s->model->kernels->normaliser(logits, whole(words), &largest, &log_of_sum);
        if (targets)
            out[row] = (logits[targets[row]] - largest) - log_of_sum;
        else
            for (int v = 0; v < words; v++) out[(size_t)row * words + v] = (logits[v] - largest) - log_of_sum;
    }
}

static int are_symbols(const NmtLanguageModel *model, const int32_t *symbols, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (symbols[i] < 0 || symbols[i] >= model->sizes.words) return 0;
    return 1;
}

int32_t nmt_language_model_read(const NmtLanguageModel *model, const int32_t *symbols, int32_t steps, int32_t rows,
                                float *const *states, const int32_t *targets, float *log_probs) {
    if (steps < 0 || rows < 0) return NMT_BAD_OPTION;
    if (!steps || !rows) return 0;
    const size_t count = (size_t)steps * rows;
    if (!are_symbols(model, symbols, count) || (targets && !are_symbols(model, targets, count))) return NMT_BAD_ID;
    const int most = rows < MOST_TOPS ? MOST_TOPS / rows : 1;
    const int block = most < steps ? most : steps;
    Steps s;
    if (begin(&s, model, rows, block * rows, states)) return NMT_NO_MEMORY;
    for (int first = 0; first < steps; first += block) {
        const int now = steps - first < block ? steps - first : block;
        const size_t at = (size_t)first * rows;
        for (int t = 0; t < now; t++) step(&s, symbols + at + (size_t)t * rows, t * rows);
        log_probabilities(&s, now * rows, targets ? targets + at : NULL,
                          log_probs + (targets ? at : at * model->sizes.words));
    }
    end(&s);
    return 0;
}

int32_t nmt_language_model_sample(const NmtLanguageModel *model, int32_t last, float *const *states,
                                  const double *uniforms, int32_t steps, float temperature, float top_p,
                                  int32_t *symbols) {
    if (steps < 0 || !(temperature >= 0.0f) || !(top_p > 0.0f)) return NMT_BAD_OPTION;
    if (!are_symbols(model, &last, 1)) return NMT_BAD_ID;
    Steps s;
    if (begin(&s, model, 1, 1, states)) return NMT_NO_MEMORY;
    for (int t = 0; t < steps; t++) {
        step(&s, t ? &symbols[t - 1] : &last, 0);
        apply(&s, &model->output, &s.tops, 1, s.logits, s.logit_stride);
        for (int i = 0; i < model->sizes.never; i++) s.logits[model->never[i]] = LOGIT_OF_PADDING;
        symbols[t] = model->kernels->draw(s.logits, whole(model->sizes.words), temperature, top_p, uniforms[t]);
    }
    end(&s);
    return 0;
}
