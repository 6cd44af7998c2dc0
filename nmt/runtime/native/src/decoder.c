// One step of the decoder: tokens and states of R rows -> their logits and next states.
#include <string.h>

#include "batch.h"
#include "vector.h"

#define UNIT (1.0f / 127.0f)

typedef struct {
    NmtBatch *batch;
    int rows;
    uint8_t *bytes;  // (R, byte_stride): the row of the next product
    size_t byte_stride, hidden_stride, context_stride, size_stride;
    float *projected, *joined;  // (R, hidden_stride): of additive attention, of highway connections
    float *outputs, *context, *values;
    float bound;  // outputs lie in (-bound, bound)
} Step;

static void quantize_rows(const Step *s, const float *from, size_t stride, int n, float bound, int at) {
    const Kernels *kernels = s->batch->model->kernels;
    for (int row = 0; row < s->rows; row++)
        kernels->quantize(from + row * stride, n, (float)((double)bound / 127.0), s->bytes + row * s->byte_stride + at);
}

// Quantizes what a layer above the first reads, and returns its width.
static int quantize_read(const Step *s, int with_context) {
    const NmtModel *model = s->batch->model;
    const int hidden = model->sizes.decoder_hidden;
    quantize_rows(s, s->outputs, s->batch->stride, hidden, s->bound, 0);
    if (!with_context) return hidden;
    quantize_rows(s, s->context, s->context_stride, model->memory, (float)model->sizes.encoder_layers, hidden);
    return hidden + model->memory;
}

static int advance(Step *s, int layer, const _Float16 *const *brought) {
    NmtBatch *batch = s->batch;
    const NmtModel *model = batch->model;
    const int hidden = model->sizes.decoder_hidden;
    float *h = batch->states[layer * model->parts].memory;
    int width = layer ? quantize_read(s, model->sizes.attention != NMT_NO_ATTENTION) : 0;
    const uint8_t *more = NULL;
    if (layer && model->sizes.cell == NMT_GRU) {  // two products, whose rows lie side by side
        more = s->bytes;
        width = whole(width);
    }
    quantize_rows(s, h, batch->stride, hidden, 1.0f, width);
    const Advance step = {
        .cell = &model->decoder[layer], .rows = s->rows, .hidden = hidden,
        .bytes = more ? s->bytes + width : s->bytes, .more = more, .byte_stride = s->byte_stride, .brought = brought,
        .h = h, .c = model->parts > 1 ? batch->states[layer * model->parts + 1].memory : NULL, .stride = batch->stride,
    };
    return advance_cells(batch, &step);
}

// Joins the outputs with those of a layer above the first: their sum, or what a gate makes of them.
static void connect(Step *s, int layer) {
    NmtBatch *batch = s->batch;
    const NmtModel *model = batch->model;
    const float *above = batch->states[layer * model->parts].memory;
    const int hidden = model->sizes.decoder_hidden;
    if (!model->sizes.highway) {
        for (size_t i = 0; i < (size_t)s->rows * batch->stride; i++) s->outputs[i] = above[i] + s->outputs[i];
        s->bound += 1.0f;
        return;
    }
    const Linear *gate = &model->highways[layer];
    quantize_rows(s, s->outputs, batch->stride, hidden, s->bound, 0);
    model->kernels->product(gate, s->bytes, s->rows, s->byte_stride, s->projected, s->hidden_stride);
    for (int row = 0; row < s->rows; row++) {
        float *to = s->joined + row * s->hidden_stride, *below = s->outputs + (size_t)row * batch->stride;
        memcpy(to, above + (size_t)row * batch->stride, sizeof(float) * hidden);
        model->kernels->highway(to, below, s->projected + row * s->hidden_stride, hidden);
        memcpy(below, to, sizeof(float) * hidden);
    }
}

// Head n of N averages the n-th part of the first half of D and the n-th part of the second half.
static void average_memory(const Step *s, const Sentence *sentence, const float *weights, float *context) {
    const NmtModel *model = s->batch->model;
    const int width = model->memory, heads = model->sizes.heads, size = whole(sentence->length);
    if (heads == 1) {
        model->kernels->average(weights, sentence->rows, size, sentence->memory, sentence->length, width, width,
                                context, s->context_stride);
        return;
    }
    const int part = width / (2 * heads);
    for (int half = 0; half < 2; half++)
        for (int head = 0; head < heads; head++) {
            const int at = half * width / 2 + head * part;
            model->kernels->average(weights + head * size, sentence->rows, (size_t)heads * size, sentence->memory + at,
                                    sentence->length, width, part, context + at, s->context_stride);
        }
}

static int attend(Step *s, float *first_head, int most) {
    NmtBatch *batch = s->batch;
    const NmtModel *model = batch->model;
    const Kernels *kernels = model->kernels;
    const NmtSizes *sizes = &model->sizes;
    const float *queries = s->outputs;
    size_t query_stride = batch->stride;
    if (sizes->attention == NMT_ADDITIVE) {
        quantize_rows(s, s->outputs, batch->stride, sizes->decoder_hidden, 1.0f, 0);
        kernels->product(&model->query, s->bytes, s->rows, s->byte_stride, s->projected, s->hidden_stride);
        queries = s->projected;
        query_stride = s->hidden_stride;
    }
    int row = 0;
    for (int number = 0; number < batch->count; number++) {
        const Sentence *sentence = batch->sentences[number];
        const int length = sentence->length, count = sentence->rows;
        const size_t stride = (size_t)sizes->heads * whole(length);
        const float *own = queries + row * query_stride;
        float *weights = WORK(batch, WEIGHTS, float, stride * count);
        if (!weights) return NMT_NO_MEMORY;
        if (sizes->attention == NMT_ADDITIVE)
            kernels->additive_attention(own, count, query_stride, sentence->keys, model->energy, length,
                                        sizes->decoder_hidden, weights);
        else
            kernels->dot_attention(own, count, query_stride, sentence->keys, length, sizes->decoder_hidden,
                                   sizes->heads, weights);
        if (model->reads_memory) average_memory(s, sentence, weights, s->context + row * s->context_stride);
        if (model->reads_values)
            kernels->average(weights, count, stride, sentence->values, length, sizes->embedding, sizes->embedding,
                             s->values + row * s->size_stride, s->size_stride);
        for (int i = 0; first_head && i < count; i++)
            memcpy(first_head + (size_t)(row + i) * most, weights + i * stride,
                   sizeof(float) * (length < most ? length : most));
        row += count;
    }
    return 0;
}

static int layers(Step *s, const int32_t *tokens, float *first_head, int most) {
    NmtBatch *batch = s->batch;
    NmtModel *model = batch->model;
    const _Float16 **brought = WORK(batch, BROUGHT, const _Float16 *, s->rows);
    void *scratch = WORK(batch, SCRATCH, uint8_t, table_scratch(&model->target));
    int32_t *missing = WORK(batch, WORDS, int32_t, s->rows);
    _Float16 *room = WORK(batch, ROWS, _Float16, (size_t)s->rows * model->target.width);
    if (!brought || !scratch || !missing || !room) return NMT_NO_MEMORY;
    for (int row = 0; row < s->rows; row++)
        if (tokens[row] < 0 || tokens[row] >= model->sizes.target_words) return NMT_BAD_ID;
    find_rows(&model->target, model->kernels, tokens, s->rows, missing, scratch, room, brought);
    if (advance(s, 0, (const _Float16 *const *)brought)) return NMT_NO_MEMORY;
    memcpy(s->outputs, batch->states[0].memory, sizeof(float) * s->rows * batch->stride);
    s->bound = 1.0f;
    if (model->sizes.attention != NMT_NO_ATTENTION && attend(s, first_head, most)) return NMT_NO_MEMORY;
    for (int layer = 1; layer < model->sizes.decoder_layers; layer++) {
        if (advance(s, layer, NULL)) return NMT_NO_MEMORY;
        connect(s, layer);
    }
    return 0;
}

static int logits(Step *s) {
    NmtBatch *batch = s->batch;
    const NmtModel *model = batch->model;
    const Kernels *kernels = model->kernels;
    const int size = model->sizes.embedding;
    float *combined = WORK(batch, COMBINED, float, s->size_stride * s->rows);
    batch->logit_stride = model->always_size;
    for (int number = 0; number < batch->count; number++)
        if (batch->sentences[number]->logits > batch->logit_stride) batch->logit_stride = batch->sentences[number]->logits;
    float *to = WORK(batch, LOGITS, float, (size_t)s->rows * batch->logit_stride);
    if (!combined || !to) return NMT_NO_MEMORY;
    quantize_read(s, model->sizes.heads > 1);
    kernels->product(&model->combine, s->bytes, s->rows, s->byte_stride, combined, s->size_stride);
    for (int row = 0; row < s->rows; row++)
        kernels->tanh_of(combined + row * s->size_stride,
                         model->reads_values ? s->values + row * s->size_stride : NULL, size);
    quantize_rows(s, combined, s->size_stride, size, 1.0f, 0);
    kernels->product(&model->always, s->bytes, s->rows, s->byte_stride, to, batch->logit_stride);
    int row = 0;
    for (int number = 0; number < batch->count; number++) {
        const Sentence *sentence = batch->sentences[number];
        if (sentence->own.panels)
            kernels->product(&sentence->own, s->bytes + row * s->byte_stride, sentence->rows, s->byte_stride,
                             to + (size_t)row * batch->logit_stride + model->always_size, batch->logit_stride);
        row += sentence->rows;
    }
    return 0;
}

int decode(NmtBatch *batch, const int32_t *tokens, float *first_head, int most) {
    const NmtModel *model = batch->model;
    const NmtSizes *sizes = &model->sizes;
    const int rows = batch->rows;
    const int widest = 2 * sizes->decoder_hidden + model->memory;
    Step s = {.batch = batch, .rows = rows};
    s.byte_stride = whole(widest > sizes->embedding ? widest : sizes->embedding) + 2 * LANES;
    s.hidden_stride = whole(sizes->decoder_hidden);
    s.context_stride = whole(model->memory);
    s.size_stride = whole(sizes->embedding);
    s.bytes = WORK(batch, BYTES, uint8_t, s.byte_stride * rows);
    s.projected = WORK(batch, PROJECTED, float, s.hidden_stride * rows);
    s.joined = WORK(batch, JOINED, float, s.hidden_stride * rows);
    s.outputs = WORK(batch, OUTPUTS, float, (size_t)batch->stride * rows);
    s.context = WORK(batch, CONTEXT, float, s.context_stride * rows);
    s.values = WORK(batch, VALUES, float, s.size_stride * rows);
    if (!s.bytes || !s.projected || !s.joined || !s.outputs || !s.context || !s.values) return NMT_NO_MEMORY;
    const int failed = layers(&s, tokens, first_head, most);
    return failed ? failed : logits(&s);
}
