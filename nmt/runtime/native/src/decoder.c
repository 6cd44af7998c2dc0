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

// Numbers the different states of the rows, for each row, and lists a row of each. Those of a beam often continue the
// same row: the products of their first layer are then the same.
static int different_states(const Step *s, int32_t *slots, int32_t *chosen) {
    const NmtBatch *batch = s->batch;
    const int32_t *origins = batch->work[ORIGINS].memory;
    int count = 0, first = 0;
    for (int number = 0; number < batch->count; number++) {
        const int end = first + batch->sentences[number]->rows;
        for (int row = first; row < end; row++) {
            int same = first;
            while (origins[same] != origins[row]) same++;
            slots[row] = same < row ? slots[same] : count;
            if (same == row) chosen[count++] = row;
        }
        first = end;
    }
    return count;
}

static int advance_first(Step *s, const _Float16 *const *brought) {
    NmtBatch *batch = s->batch;
    const NmtModel *model = batch->model;
    const int hidden = model->sizes.decoder_hidden;
    float *h = batch->states[0].memory;
    int32_t *slots = WORK(batch, SLOTS, int32_t, 2 * s->rows);
    if (!slots) return NMT_NO_MEMORY;
    int32_t *chosen = slots + s->rows;
    const int count = different_states(s, slots, chosen);
    for (int slot = 0; slot < count; slot++)
        model->kernels->quantize(h + (size_t)chosen[slot] * batch->stride, hidden, UNIT,
                                 s->bytes + slot * s->byte_stride);
    const Advance step = {
        .cell = &model->decoder[0], .rows = s->rows, .hidden = hidden, .slots = slots, .slot_count = count,
        .bytes = s->bytes, .byte_stride = s->byte_stride, .brought = brought, .h = h,
        .c = model->parts > 1 ? batch->states[1].memory : NULL, .stride = batch->stride,
    };
    return advance_cells(batch, &step);
}

// A layer above the first.
static int advance(Step *s, int layer) {
    NmtBatch *batch = s->batch;
    const NmtModel *model = batch->model;
    const int hidden = model->sizes.decoder_hidden;
    float *h = batch->states[layer * model->parts].memory;
    int width = quantize_read(s, model->sizes.attention != NMT_NO_ATTENTION);
    const uint8_t *more = NULL;
    if (model->sizes.cell == NMT_GRU) {  // two products, whose rows lie side by side
        more = s->bytes;
        width = whole(width);
    }
    quantize_rows(s, h, batch->stride, hidden, 1.0f, width);
    const Advance step = {
        .cell = &model->decoder[layer], .rows = s->rows, .hidden = hidden,
        .bytes = more ? s->bytes + width : s->bytes, .more = more, .byte_stride = s->byte_stride,
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
    const int heads = model->sizes.heads, size = whole(sentence->length), part = model->memory_part;
    for (int number = 0; number < model->memory / part; number++)
        model->kernels->average(weights + number % heads * size, sentence->rows, (size_t)heads * size,
                                sentence->memory + (size_t)number * sentence->length * part, sentence->length, part,
                                part, context + number * part, s->context_stride);
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
    if (advance_first(s, (const _Float16 *const *)brought)) return NMT_NO_MEMORY;
    int32_t *origins = batch->work[ORIGINS].memory;
    for (int row = 0; row < s->rows; row++) origins[row] = row;  // from now on each has a state of its own
    memcpy(s->outputs, batch->states[0].memory, sizeof(float) * s->rows * batch->stride);
    s->bound = 1.0f;
    if (model->sizes.attention != NMT_NO_ATTENTION && attend(s, first_head, most)) return NMT_NO_MEMORY;
    for (int layer = 1; layer < model->sizes.decoder_layers; layer++) {
        if (advance(s, layer)) return NMT_NO_MEMORY;
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
