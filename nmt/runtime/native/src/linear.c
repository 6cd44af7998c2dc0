// Packing of integer layers.
#include <string.h>

#include "model.h"
#include "vector.h"

#define ALIGNMENT 64
// Words whose load is started before they are packed.
#define AHEAD 8

static size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

int place_of(int first, int hidden, int gates) {
    const int gate = first / hidden % gates, unit = first % hidden;
    return first / (hidden * gates) * gates * whole(hidden) + unit / LANES * gates * LANES + gate * LANES;
}

int new_linear(Linear *linear, const NmtLayer *from, float scale, int largest_weight, int hidden, int gates) {
    const int inputs = from->inputs, outputs = from->outputs, width = outputs / hidden * whole(hidden);
    void *memory = aligned_alloc(ALIGNMENT, linear_bytes(inputs, width));
    if (!memory) return NMT_NO_MEMORY;
    memset(memory, 0, linear_bytes(inputs, width));
    place_linear(linear, inputs, width, memory);
    int smallest = 0, largest = 0;
    for (int first = 0, count; first < outputs; first += count) {
        const int left = hidden - first % hidden, place = place_of(first, hidden, gates);
        int8_t *panel = linear->weights + (size_t)place * linear->groups * 4;
        count = left < LANES ? left : LANES;
        int32_t sums[LANES] = {0};
        for (int i = 0; i < inputs; i++) {
            const int8_t *row = from->weights + (size_t)i * outputs + first;
            int8_t *to = panel + (i / 4) * 4 * LANES + i % 4;
            for (int o = 0; o < count; o++) {
                to[4 * o] = row[o];
                sums[o] += row[o];
                smallest = row[o] < smallest ? row[o] : smallest;
                largest = row[o] > largest ? row[o] : largest;
            }
        }
        for (int o = 0; o < count; o++) {
            linear->offsets[place + o] = -128 * sums[o];
            linear->scales[place + o] = from->scales[first + o] * scale;
            linear->bias[place + o] = from->bias ? from->bias[first + o] : 0.0f;
        }
    }
    return smallest < -largest_weight || largest > largest_weight ? NMT_BAD_SIZES : 0;
}

Linear panels_of(const Linear *linear, int first, int count) {
    Linear part = *linear;
    part.panels = count;
    part.outputs = count * LANES;
    part.weights += (size_t)first * LANES * linear->groups * 4;
    part.offsets += first * LANES;
    part.scales += first * LANES;
    part.bias += first * LANES;
    return part;
}

size_t linear_bytes(int inputs, int outputs) {
    const size_t groups = (inputs + 3) / 4, width = whole(outputs);
    return aligned(groups * 4 * width) + 3 * aligned(4 * width);
}

void place_linear(Linear *linear, int inputs, int outputs, void *memory) {
    const size_t width = whole(outputs);
    *linear = (Linear){.inputs = inputs, .outputs = outputs, .groups = (inputs + 3) / 4, .panels = (int)width / LANES};
    uint8_t *at = memory;
    linear->weights = (int8_t *)at;
    at += aligned((size_t)linear->groups * 4 * width);
    linear->offsets = (int32_t *)at;
    linear->scales = (float *)(at + aligned(4 * width));
    linear->bias = (float *)(at + 2 * aligned(4 * width));
}

// Starts to load what is packed of a word. Words lie far apart, and the processor cannot guess the next one.
static void fetch_output(const NmtModel *model, int32_t id) {
    const int8_t *from = model->output + (size_t)id * model->sizes.embedding;
    for (int at = 0; at < model->sizes.embedding; at += ALIGNMENT) __builtin_prefetch(from + at);
    __builtin_prefetch(&model->output_offsets[id]);
    __builtin_prefetch(&model->output_scales[id]);
    __builtin_prefetch(&model->output_bias[id]);
}

typedef int32_t Four __attribute__((vector_size(16)));

// Four groups of inputs of four words, as `from` has them one word after the other, to four places of a panel.
static void transpose(const int8_t *const from[4], int group, int8_t *to) {
    Four rows[4];
    for (int i = 0; i < 4; i++) memcpy(&rows[i], from[i] + 4 * group, sizeof rows[i]);
    const Four low = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
    const Four low_after = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
    const Four high = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
    const Four high_after = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
    const Four columns[4] = {
        __builtin_shufflevector(low, low_after, 0, 1, 4, 5), __builtin_shufflevector(low, low_after, 2, 3, 6, 7),
        __builtin_shufflevector(high, high_after, 0, 1, 4, 5), __builtin_shufflevector(high, high_after, 2, 3, 6, 7),
    };
    for (int i = 0; i < 4; i++) memcpy(to + (group + i) * 4 * LANES, &columns[i], sizeof columns[i]);
}

// Packs the weights of four adjacent outputs; those of padding are zero.
static void pack_four(const NmtModel *model, const int32_t *ids, int count, int groups, int8_t *to) {
    const int size = model->sizes.embedding;
    const int8_t *from[4] = {NULL};
    for (int i = 0; i < 4 && i < count; i++)
        if (ids[i] >= 0) from[i] = model->output + (size_t)ids[i] * size;
    int group = 0;
    if (from[0] && from[1] && from[2] && from[3])
        for (; 4 * (group + 4) <= size; group += 4) transpose(from, group, to);
    for (; group < groups; group++)
        for (int i = 0; i < 4; i++)
            for (int byte = 0; byte < 4; byte++) {
                const int input = 4 * group + byte;
                to[group * 4 * LANES + 4 * i + byte] = from[i] && input < size ? from[i][input] : 0;
            }
}

void pack_output(const NmtModel *model, const int32_t *ids, int count, Linear *linear) {
    const int width = whole(count), groups = linear->groups;
    for (int column = 0; column < width; column++) {
        const int32_t id = column < count ? ids[column] : -1;
        if (column + AHEAD < count && ids[column + AHEAD] >= 0) fetch_output(model, ids[column + AHEAD]);
        linear->offsets[column] = id < 0 ? 0 : model->output_offsets[id];
        linear->scales[column] = id < 0 ? 0.0f : model->output_scales[id];
        linear->bias[column] = id < 0 ? LOGIT_OF_PADDING : model->output_bias[id];
        if (column % 4 != 3) continue;
        const int first = column - 3;
        int8_t *to = linear->weights + (size_t)(first / LANES) * groups * 4 * LANES + 4 * (first % LANES);
        pack_four(model, ids + first, count - first, groups, to);
    }
}
