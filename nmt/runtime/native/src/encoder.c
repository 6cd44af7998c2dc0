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
    int32_t *words;           // (positions)
    _Float16 *brought;        // (positions, D x gates): what each word brings to the first layer
    float *sequence, *above;  // (positions, D): the outputs of the layer below, and of this layer
    float *state[2];          // (D, B, stride): h and c of each direction
    size_t stride;
} Encoding;

static void step(Encoding *e, int layer, int direction, int active, int time, uint8_t *bytes, uint8_t *more,
                 const _Float16 **brought, float *gates, float *inputs) {
    NmtModel *model = e->batch->model;
    const Kernels *kernels = model->kernels;
    const int hidden = model->sizes.encoder_hidden, width = model->memory, is_gru = model->sizes.cell == NMT_GRU;
    const Cell *cell = &model->encoder[layer][direction];
    const size_t byte_stride = whole(width + hidden) + LANES, gate_stride = whole(model->gates * hidden);
    float *h = e->state[0] + (size_t)direction * e->count * e->stride;
    float *c = e->state[1] + (size_t)direction * e->count * e->stride;
    for (int row = 0; row < active; row++) {
        const int sentence = e->order[row], length = e->fresh[sentence]->length;
        const int position = direction ? length - 1 - time : time;
        uint8_t *to = bytes + row * byte_stride;
        if (layer == 0) {
            brought[row] = e->brought + (e->start[sentence] + position) * model->source.width +
                           direction * model->gates * hidden;
        } else {
            const float *below = e->sequence + (e->start[sentence] + position) * width;
            kernels->quantize(below, width, (float)(layer / 127.0), is_gru ? more + row * byte_stride : to);
            to += is_gru ? 0 : width;
        }
        kernels->quantize(h + row * e->stride, hidden, UNIT, to);
    }
    kernels->product(&cell->both, bytes, active, byte_stride, gates, gate_stride);
    const _Float16 *const *from_table = layer == 0 ? (const _Float16 *const *)brought : NULL;
    if (is_gru) {
        if (layer) kernels->product(&cell->inputs, more, active, byte_stride, inputs, gate_stride);
        kernels->gru(gates, from_table, layer ? inputs : NULL, active, hidden, gate_stride, h, e->stride);
    } else if (model->sizes.cell == NMT_LSTM) {
        kernels->lstm(gates, from_table, active, hidden, gate_stride, h, c, e->stride);
    } else {
        kernels->rnn(gates, from_table, active, hidden, gate_stride, h, e->stride);
    }
    for (int row = 0; row < active; row++) {
        const int sentence = e->order[row], length = e->fresh[sentence]->length;
        const size_t position = e->start[sentence] + (direction ? length - 1 - time : time);
        float *to = e->above + position * width + direction * hidden;
        const float *below = e->sequence + position * width + direction * hidden;
        for (int i = 0; i < hidden; i++) to[i] = h[row * e->stride + i] + (layer ? below[i] : 0.0f);
    }
}

static int run_layers(Encoding *e) {
    NmtBatch *batch = e->batch;
    NmtModel *model = batch->model;
    const NmtSizes *sizes = &model->sizes;
    const size_t byte_stride = whole(model->memory + sizes->encoder_hidden) + LANES;
    const size_t gate_stride = whole(model->gates * sizes->encoder_hidden);
    uint8_t *bytes = WORK(batch, BYTES, uint8_t, byte_stride * e->count);
    uint8_t *more = WORK(batch, MORE_BYTES, uint8_t, byte_stride * e->count);
    const _Float16 **brought = WORK(batch, BROUGHT, const _Float16 *, e->count);
    float *gates = WORK(batch, GATES, float, gate_stride * e->count);
    float *inputs = WORK(batch, INPUTS, float, gate_stride * e->count);
    if (!bytes || !more || !brought || !gates || !inputs) return NMT_NO_MEMORY;
    for (int layer = 0; layer < sizes->encoder_layers; layer++) {
        for (int part = 0; part < 2; part++)
            memset(e->state[part], 0, sizeof(float) * sizes->directions * e->count * e->stride);
        int active = e->count;
        for (int time = 0; active; time++) {
            while (active && e->fresh[e->order[active - 1]]->length <= time) active--;
            for (int direction = 0; active && direction < sizes->directions; direction++)
                step(e, layer, direction, active, time, bytes, more, brought, gates, inputs);
        }
        float *below = e->sequence;
        e->sequence = e->above;
        e->above = below;
    }
    return 0;
}

// Keys, with positions adjacent, and values of one sentence.
static int attended(Encoding *e, int sentence) {
    NmtBatch *batch = e->batch;
    NmtModel *model = batch->model;
    const NmtSizes *sizes = &model->sizes;
    const Kernels *kernels = model->kernels;
    const Sentence *to = e->fresh[sentence];
    const int length = to->length, width = model->memory, hidden = sizes->decoder_hidden, size = sizes->embedding;
    const float *memory = e->sequence + e->start[sentence] * width;
    const size_t byte_stride = whole(width) + LANES, stride = (size_t)model->keys.panels * LANES;
    uint8_t *bytes = WORK(batch, BYTES, uint8_t, byte_stride * length);
    float *projected = WORK(batch, PROJECTED, float, stride * length);
    if (!bytes || !projected) return NMT_NO_MEMORY;
    for (int j = 0; j < length; j++)
        kernels->quantize(memory + j * width, width, (float)(sizes->encoder_layers / 127.0), bytes + j * byte_stride);
    kernels->product(&model->keys, bytes, length, byte_stride, projected, stride);
    const int columns = whole(length);
    for (int d = 0; d < hidden; d++)
        for (int j = 0; j < length; j++) to->keys[(size_t)d * columns + j] = projected[j * stride + d];
    if (model->reads_memory) memcpy(to->memory, memory, sizeof(float) * length * width);
    if (!model->reads_values) return 0;
    _Float16 *words = NULL;
    if (sizes->lexical) {
        words = WORK(batch, ROWS, _Float16, (size_t)length * size);
        void *scratch = WORK(batch, SCRATCH, uint8_t, table_scratch(&model->words));
        if (!words || !scratch) return NMT_NO_MEMORY;
        compute_rows(&model->words, kernels, e->words + e->start[sentence], length, scratch, words);
    }
    for (int j = 0; j < length; j++) {
        const _Float16 *word = words ? words + (size_t)j * size : NULL;
        for (int i = 0; i < size; i++)
            to->values[(size_t)j * size + i] = (sizes->heads == 1 ? projected[j * stride + hidden + i] : 0.0f) +
                                               (word ? (float)word[i] : 0.0f);
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

// Lists the words of all positions, and computes what they bring to the first layer.
static int read_words(Encoding *e, size_t positions) {
    NmtBatch *batch = e->batch;
    const NmtModel *model = batch->model;
    e->words = WORK(batch, WORDS, int32_t, positions);
    e->brought = WORK(batch, ROWS, _Float16, positions * model->source.width);
    void *scratch = WORK(batch, SCRATCH, uint8_t, table_scratch(&model->source));
    if (!e->words || !e->brought || !scratch) return NMT_NO_MEMORY;
    for (int i = 0; i < e->count; i++) {
        const NmtRequest *request = &e->requests[i];
        if (request->length) memcpy(e->words + e->start[i], request->source, sizeof(int32_t) * request->length);
        e->words[e->start[i] + request->length] = model->sizes.end_id;
    }
    compute_rows(&model->source, model->kernels, e->words, (int)positions, scratch, e->brought);
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
    size_t positions = 0;
    e.start = WORK(batch, ORDER, size_t, 2 * (size_t)count);
    if (!e.start) return NMT_NO_MEMORY;
    e.order = (int *)(e.start + count);
    for (int i = 0; i < count; i++) {
        e.start[i] = positions;
        positions += fresh[i]->length;
        int to = i;
        for (; to > 0 && fresh[e.order[to - 1]]->length < fresh[i]->length; to--) e.order[to] = e.order[to - 1];
        e.order[to] = i;
    }
    e.stride = whole(model->sizes.encoder_hidden);
    const size_t state = model->sizes.directions * e.stride * count;
    e.sequence = WORK(batch, SEQUENCE, float, positions * model->memory);
    e.above = WORK(batch, ABOVE, float, positions * model->memory);
    e.state[0] = WORK(batch, STATE, float, 2 * state);
    if (!e.sequence || !e.above || !e.state[0]) return NMT_NO_MEMORY;
    e.state[1] = e.state[0] + state;
    int failed = read_words(&e, positions);
    if (!failed) failed = run_layers(&e);
    for (int i = 0; i < count && !failed && model->sizes.attention != NMT_NO_ATTENTION; i++) failed = attended(&e, i);
    if (!failed) failed = start_states(&e);
    release_large(batch);
    return failed;
}
