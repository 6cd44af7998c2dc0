// Loading of a language model: checks sizes, and copies weights into the layouts of the kernels.
#include "language.h"

#include <string.h>

#include "vector.h"

#define ALIGNMENT 64
// The scale of 8-bit rows: 1 is 127.
#define UNIT (1.0f / 127.0f)
// Symbols whose rows of the table are computed at once.
#define BLOCK 32

// The layers not yet taken, in the order of use.
typedef struct {
    const NmtLayer *integers;
    const NmtMatrix *reals;
    int left, failed;
} Layers;

static int whole_panels(int count) { return (count + MATRIX_PANEL - 1) / MATRIX_PANEL; }

// Packs the weights (I, O) of `from`, with the outputs as those of `new_linear`.
static int new_matrix(Matrix *matrix, const NmtMatrix *from, int hidden, int gates) {
    const int inputs = from->inputs, outputs = from->outputs / hidden * whole(hidden), panels = whole_panels(outputs);
    const size_t panel_size = (size_t)inputs * MATRIX_PANEL, width = (size_t)panels * MATRIX_PANEL;
    const size_t bytes = sizeof(float) * (panels * panel_size + width);
    float *memory = aligned_alloc(ALIGNMENT, bytes);
    if (!memory) return NMT_NO_MEMORY;
    memset(memory, 0, bytes);
    *matrix = (Matrix){inputs, outputs, panels, memory, memory + panels * panel_size};
    for (int first = 0, count; first < from->outputs; first += count) {
        const int left = hidden - first % hidden, place = place_of(first, hidden, gates);
        float *to = memory + place / MATRIX_PANEL * panel_size + place % MATRIX_PANEL;
        count = left < LANES ? left : LANES;
        for (int i = 0; i < inputs; i++)
            memcpy(to + (size_t)i * MATRIX_PANEL, from->weights + (size_t)i * from->outputs + first,
                   sizeof(float) * count);
        if (from->bias) memcpy(matrix->bias + place, from->bias + first, sizeof(float) * count);
    }
    return 0;
}

static void take_gates(Layers *layers, Product *product, int inputs, int hidden, int gates) {
    if (layers->failed) return;
    layers->failed = !layers->left--;
    if (layers->failed) return;
    const int outputs = gates * hidden;
    if (layers->integers) {
        const NmtLayer *from = layers->integers++;
        layers->failed = from->inputs != inputs || from->outputs != outputs ||
                         new_linear(&product->integers, from, UNIT, WEIGHT_LIMIT, hidden, gates);
    } else {
        const NmtMatrix *from = layers->reals++;
        layers->failed = from->inputs != inputs || from->outputs != outputs ||
                         new_matrix(&product->reals, from, hidden, gates);
    }
}

// Logits of padding are never the largest, nor drawn.
static void pad_output(Product *product, int words) {
    float *bias = product->integers.weights ? product->integers.bias : product->reals.bias;
    for (int o = words; o < whole(words); o++) bias[o] = LOGIT_OF_PADDING;
}

static int products(NmtLanguageModel *model, Layers *layers) {
    const NmtLanguageSizes *sizes = &model->sizes;
    const int hidden = sizes->hidden;
    for (int number = 0; number < sizes->layers; number++) {
        RecurrentLayer *layer = &model->layers[number];
        int below = number ? hidden : model->is_integer ? 0 : sizes->embedding;
        if (below && sizes->cell == NMT_GRU) {
            take_gates(layers, &layer->inputs, below, hidden, model->gates);
            below = 0;
        }
        take_gates(layers, &layer->both, below + hidden, hidden, model->gates);
    }
    take_gates(layers, &model->output, hidden, sizes->words, 1);
    if (layers->failed || layers->left) return NMT_BAD_SIZES;
    pad_output(&model->output, sizes->words);
    return 0;
}

// Computes what each symbol adds to the first layer, in half precision.
static int bring(NmtLanguageModel *model, const float *embedding, const NmtMatrix *input) {
    const int size = model->sizes.embedding, words = model->sizes.words, hidden = model->sizes.hidden;
    const int width = model->gates * whole(hidden);
    if (input->inputs != size || input->outputs != model->gates * hidden || !input->bias) return NMT_BAD_SIZES;
    Matrix matrix = {0};
    const size_t stride = (size_t)whole_panels(width) * MATRIX_PANEL;
    float *rows = malloc(sizeof(float) * BLOCK * stride);
    float *none = calloc(width, sizeof(float));
    model->brought = malloc(sizeof(_Float16) * (size_t)words * width);
    int failed = rows && none && model->brought ? new_matrix(&matrix, input, hidden, model->gates) : NMT_NO_MEMORY;
    for (int first = 0; !failed && first < words; first += BLOCK) {
        const int count = words - first < BLOCK ? words - first : BLOCK;
        model->kernels->multiply(&matrix, embedding + (size_t)first * size, count, size, rows, stride);
        for (int row = 0; row < count; row++)
            model->kernels->halve(rows + row * stride, none, 1.0f, width,
                                  model->brought + (size_t)(first + row) * width);
    }
    free(matrix.weights);
    free(rows);
    free(none);
    return failed;
}

static int fits(const NmtLanguageSizes *s) {
    const int32_t positive[] = {s->layers, s->hidden, s->embedding, s->words};
    for (size_t i = 0; i < sizeof positive / sizeof *positive; i++)
        if (positive[i] < 1 || positive[i] > 1 << 20) return 0;
    return s->cell >= NMT_LSTM && s->cell <= NMT_RNN && s->layers <= MOST_LAYERS && s->never >= 0 &&
           s->never < s->words;
}

static int fill(NmtLanguageModel *model, Layers *layers, const float *embedding, const NmtMatrix *input,
                const int32_t *never) {
    const NmtLanguageSizes *sizes = &model->sizes;
    for (int i = 0; i < sizes->never; i++)
        if (never[i] < 0 || never[i] >= sizes->words) return NMT_BAD_ID;
    model->never = copied(never, sizeof(int32_t) * sizes->never);
    if (!model->never) return NMT_NO_MEMORY;
    if (products(model, layers)) return NMT_BAD_SIZES;
    if (model->is_integer) return bring(model, embedding, input);
    model->embedding = copied(embedding, sizeof(float) * (size_t)sizes->words * sizes->embedding);
    return model->embedding ? 0 : NMT_NO_MEMORY;
}

NmtLanguageModel *nmt_language_model_new(const char *instruction_set, const NmtLanguageSizes *sizes,
                                         const NmtLayer *integers, const NmtMatrix *reals, int32_t count,
                                         const float *embedding, const NmtMatrix *input, const int32_t *never) {
    const Kernels *kernels = kernels_of(instruction_set);
    if (!kernels || !fits(sizes)) return NULL;
    NmtLanguageModel *model = calloc(1, sizeof *model);
    if (!model) return NULL;
    model->sizes = *sizes;
    model->kernels = kernels;
    model->is_integer = integers != NULL;
    model->gates = sizes->cell == NMT_LSTM ? 4 : sizes->cell == NMT_GRU ? 3 : 1;
    model->parts = sizes->cell == NMT_LSTM ? 2 : 1;
    Layers layers = {integers, reals, count, 0};
    if (!fill(model, &layers, embedding, input, never)) return model;
    nmt_language_model_free(model);
    return NULL;
}

static void free_product(Product *product) {
    free(product->integers.weights);
    free(product->reals.weights);
}

void nmt_language_model_free(NmtLanguageModel *model) {
    if (!model) return;
    for (int layer = 0; layer < MOST_LAYERS; layer++) {
        free_product(&model->layers[layer].both);
        free_product(&model->layers[layer].inputs);
    }
    free_product(&model->output);
    free(model->embedding);
    free(model->brought);
    free(model->never);
    free(model);
}
