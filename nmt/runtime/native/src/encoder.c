// The encoder: runs the recurrent layers over new sentences and prepares what attention reads.
//
// Sentences are sorted by length, longest first, so that those which still have words are always the first rows. A
// direction reads its sentence from the end that it starts at; nothing is padded.
#include <string.h>

#include "batch.h"
#include "vector.h"

#define UNIT (1.0f / 127.0f)
// Bytes of a buffer that are not kept.
#define LARGE (4 << 20)

typedef struct {
    NmtBatch *batch;
    const NmtRequest *requests;
    Sentence *const *fresh;
    int count;
    int *order;     // sentences by length, longest first
    size_t *start;  // of each sentence's positions in `sequence`
    size_t positions;         // of all sentences
    int32_t *words;           // (positions)
    const _Float16 **brought;  // (positions): what each word brings to the first layer, (directions x gates)
    float *sequence, *above;  // (positions, D): the outputs of the layer below, and of this layer
    float *state[2];          // (D, B, stride): h and c of each direction
    size_t stride;
} Encoding;

static int step(Encoding *e, int layer, int direction, int active, int time, uint8_t *bytes, uint8_t *more,
                const _Float16 **brought) {
    NmtModel *model = e->batch->model;
    const Kernels *kernels = model->kernels;
    const int hidden = model->sizes.encoder_hidden, width = model->memory;
    const int reads_apart = layer && model->sizes.cell == NMT_GRU;
    const size_t byte_stride = whole(width + hidden) + LANES;
    float *h = e->state[0] + (size_t)direction * e->count * e->stride;
    float *c = e->state[1] + (size_t)direction * e->count * e->stride;
    for (int row = 0; row < active; row++) {
        const int sentence = e->order[row], length = e->fresh[sentence]->length;
        const size_t position = e->start[sentence] + (direction ? length - 1 - time : time);
        uint8_t *to = bytes + row * byte_stride;
        if (layer == 0) {
            brought[row] = e->brought[position];
        } else {
            kernels->quantize(e->sequence + position * width, width, (float)(layer / 127.0),
                              reads_apart ? more + row * byte_stride : to);
            to += reads_apart ? 0 : width;
        }
        kernels->quantize(h + row * e->stride, hidden, UNIT, to);
    }
    const Advance one = {
        .cell = &model->encoder[layer][direction], .rows = active, .hidden = hidden, .bytes = bytes,
        .more = reads_apart ? more : NULL, .byte_stride = byte_stride,
        .brought = layer ? NULL : (const _Float16 *const *)brought,
        .from = (size_t)direction * model->gates * e->stride, .h = h, .c = c, .stride = e->stride,
    };
    if (advance_cells(e->batch, &one)) return NMT_NO_MEMORY;
    for (int row = 0; row < active; row++) {
        const int sentence = e->order[row], length = e->fresh[sentence]->length;
        const size_t position = e->start[sentence] + (direction ? length - 1 - time : time);
        float *restrict to = e->above + position * width + direction * hidden;
        const float *restrict own = h + row * e->stride, *below = e->sequence + position * width + direction * hidden;
        if (layer)
            for (int i = 0; i < hidden; i++) to[i] = own[i] + below[i];
        else
            memcpy(to, own, sizeof(float) * hidden);
    }
    return 0;
}

static int run_layers(Encoding *e) {
    NmtBatch *batch = e->batch;
    NmtModel *model = batch->model;
    const NmtSizes *sizes = &model->sizes;
    const size_t byte_stride = whole(model->memory + sizes->encoder_hidden) + LANES;
    uint8_t *bytes = WORK(batch, BYTES, uint8_t, byte_stride * e->count);
    uint8_t *more = WORK(batch, MORE_BYTES, uint8_t, byte_stride * e->count);
    const _Float16 **brought = WORK(batch, BROUGHT, const _Float16 *, e->count);
    if (!bytes || !more || !brought) return NMT_NO_MEMORY;
    for (int layer = 0; layer < sizes->encoder_layers; layer++) {
        for (int part = 0; part < 2; part++)
            memset(e->state[part], 0, sizeof(float) * sizes->directions * e->count * e->stride);
        int active = e->count;
        for (int time = 0; active; time++) {
            while (active && e->fresh[e->order[active - 1]]->length <= time) active--;
            for (int direction = 0; active && direction < sizes->directions; direction++)
                if (step(e, layer, direction, active, time, bytes, more, brought)) return NMT_NO_MEMORY;
        }
        float *below = e->sequence;
        e->sequence = e->above;
        e->above = below;
    }
    return 0;
}

// Finds what the words of all positions contribute to the reader of `table`. NULL without memory.
static const _Float16 **find_words(Encoding *e, Table *table) {
    NmtBatch *batch = e->batch;
    const _Float16 **found = WORK(batch, FOUND, const _Float16 *, e->positions);
    int32_t *missing = WORK(batch, MISSING, int32_t, e->positions);
    void *scratch = WORK(batch, SCRATCH, uint8_t, table_scratch(table));
    _Float16 *room = WORK(batch, ROWS, _Float16, e->positions * table->width);
    if (!found || !missing || !scratch || !room) return NULL;
    find_rows(table, batch->model->kernels, e->words, (int)e->positions, missing, scratch, room, found);
    return found;
}

// Lists the words of all positions.
static int list_words(Encoding *e) {
    e->words = WORK(e->batch, WORDS, int32_t, e->positions);
    if (!e->words) return NMT_NO_MEMORY;
    for (int i = 0; i < e->count; i++) {
        const NmtRequest *request = &e->requests[i];
        if (request->length) memcpy(e->words + e->start[i], request->source, sizeof(int32_t) * request->length);
        e->words[e->start[i] + request->length] = e->batch->model->sizes.end_id;
    }
    return 0;
}

// What the combining layer is to get for the positions of one sentence: their part of `projected` (S, stride), if there
// is one, and what their words contribute, if they do.
static void write_values(const Encoding *e, int sentence, const float *projected, size_t stride,
                         const _Float16 *const *words) {
    const NmtModel *model = e->batch->model;
    const Sentence *to = e->fresh[sentence];
    const int size = model->sizes.embedding;
    for (int j = 0; j < to->length; j++) {
        const float *from = model->sizes.heads == 1 ? projected + j * stride + model->sizes.decoder_hidden : NULL;
        float *value = to->values + (size_t)j * size;
        if (words)
            model->kernels->add_halves(from, words[e->start[sentence] + j], size, value);
        else
            memcpy(value, from, sizeof(float) * size);
    }
}

// Encoder outputs (S, D) as steps read them.
static void write_memory(const NmtModel *model, const float *from, int length, float *to) {
    const int width = model->memory, part = model->memory_part;
    for (int at = 0; at < width; at += part)
        for (int j = 0; j < length; j++, to += part) memcpy(to, from + (size_t)j * width + at, sizeof(float) * part);
}

// Keys, memory and values of all sentences.
static int prepare_attention(Encoding *e) {
    NmtBatch *batch = e->batch;
    NmtModel *model = batch->model;
    const NmtSizes *sizes = &model->sizes;
    const Kernels *kernels = model->kernels;
    const int width = model->memory, hidden = sizes->decoder_hidden, positions = (int)e->positions;
    const size_t byte_stride = whole(width) + LANES, stride = (size_t)model->keys.panels * LANES;
    uint8_t *bytes = WORK(batch, BYTES, uint8_t, byte_stride * positions);
    float *projected = WORK(batch, PROJECTED, float, stride * positions);
    if (!bytes || !projected) return NMT_NO_MEMORY;
    for (int j = 0; j < positions; j++)
        kernels->quantize(e->sequence + (size_t)j * width, width, (float)(sizes->encoder_layers / 127.0),
                          bytes + j * byte_stride);
    kernels->product(&model->keys, bytes, positions, byte_stride, projected, stride);
    const _Float16 **words = NULL;
    if (sizes->lexical) {  // after the last use of what the source table brought
        words = find_words(e, &model->words);
        if (!words) return NMT_NO_MEMORY;
    }
    for (int i = 0; i < e->count; i++) {
        const Sentence *to = e->fresh[i];
        const float *from = projected + e->start[i] * stride;
        const int length = to->length;
        for (int first = 0; first < length; first += LANES) {
            const int end = length - first < LANES ? length : first + LANES;
            float *keys = to->keys + (size_t)first * hidden - first;
            for (int d = 0; d < hidden; d++, keys += LANES)
                for (int j = first; j < end; j++) keys[j] = from[j * stride + d];
        }
        if (model->reads_memory) write_memory(model, e->sequence + e->start[i] * width, length, to->memory);
        if (model->reads_values) write_values(e, i, from, stride, words);
    }
    return 0;
}

// The decoder's first states: a projection of the last state for each layer and part.
static int start_states(Encoding *e) {
    NmtBatch *batch = e->batch;
    NmtModel *model = batch->model;
    const Kernels *kernels = model->kernels;
    const int hidden = model->sizes.encoder_hidden, width = model->memory, parts = model->parts;
    float *last = WORK(batch, LAST, float, (size_t)e->count * width);
    if (!last || reserve_states(batch, batch->rows + e->count)) return NMT_NO_MEMORY;
    for (int part = 0; part < parts; part++) {
        for (int row = 0; row < e->count; row++)
            for (int d = 0; d < model->sizes.directions; d++)
                memcpy(last + (size_t)e->order[row] * width + d * hidden,
                       e->state[part] + ((size_t)d * e->count + row) * e->stride, sizeof(float) * hidden);
        for (int layer = 0; layer < model->sizes.decoder_layers; layer++) {
            float *to = (float *)batch->states[layer * parts + part].memory + (size_t)batch->rows * batch->stride;
            kernels->dense(&model->bridges[layer * parts + part], last, e->count, width, to, batch->stride);
            for (int row = 0; part == 0 && row < e->count; row++)
                kernels->tanh_of(to + (size_t)row * batch->stride, NULL, model->sizes.decoder_hidden);
        }
    }
    return 0;
}

// A batch of long sentences leaves memory that the next ones rarely need.
static void release_large(NmtBatch *batch) {
    const int used[] = {ROWS, SEQUENCE, ABOVE, PROJECTED};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        Buffer *buffer = &batch->work[used[i]];
        if (buffer->bytes <= LARGE) continue;
        free(buffer->memory);
        *buffer = (Buffer){0};
    }
}

int encode(NmtBatch *batch, Sentence *const *fresh, const NmtRequest *requests, int count) {
    NmtModel *model = batch->model;
    Encoding e = {.batch = batch, .requests = requests, .fresh = fresh, .count = count};
    e.start = WORK(batch, ORDER, size_t, 2 * (size_t)count);
    if (!e.start) return NMT_NO_MEMORY;
    e.order = (int *)(e.start + count);
    for (int i = 0; i < count; i++) {
        e.start[i] = e.positions;
        e.positions += fresh[i]->length;
        int to = i;
        for (; to > 0 && fresh[e.order[to - 1]]->length < fresh[i]->length; to--) e.order[to] = e.order[to - 1];
        e.order[to] = i;
    }
    e.stride = whole(model->sizes.encoder_hidden);
    const size_t state = model->sizes.directions * e.stride * count;
    e.sequence = WORK(batch, SEQUENCE, float, e.positions * model->memory);
    e.above = WORK(batch, ABOVE, float, e.positions * model->memory);
    e.state[0] = WORK(batch, STATE, float, 2 * state);
    if (!e.sequence || !e.above || !e.state[0]) return NMT_NO_MEMORY;
    e.state[1] = e.state[0] + state;
    if (list_words(&e) || !(e.brought = find_words(&e, &model->source))) return NMT_NO_MEMORY;
    int failed = run_layers(&e);
    if (!failed && model->sizes.attention != NMT_NO_ATTENTION) failed = prepare_attention(&e);
    if (!failed) failed = start_states(&e);
    release_large(batch);
    return failed;
}
