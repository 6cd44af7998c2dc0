// Packing of integer layers, and tables of what words contribute.
#include <string.h>

#include "model.h"
#include "vector.h"

#define ALIGNMENT 64
// Of a word that does not exist: it adds nothing to the sum of a softmax.
#define LOGIT_OF_PADDING -1e30f

static size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

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

void pack_output(const NmtModel *model, const int32_t *ids, int count, Linear *linear) {
    const int size = model->sizes.embedding, width = whole(count), groups = linear->groups;
    for (int column = 0; column < width; column++) {
        const int32_t id = column < count ? ids[column] : -1;
        int8_t *to = linear->weights + (size_t)(column / LANES) * groups * 4 * LANES + 4 * (column % LANES);
        linear->offsets[column] = id < 0 ? 0 : model->output_offsets[id];
        linear->scales[column] = id < 0 ? 0.0f : model->output_scales[id];
        linear->bias[column] = id < 0 ? LOGIT_OF_PADDING : model->output_bias[id];
        const int8_t *from = id < 0 ? NULL : model->output + (size_t)id * size;
        int group = 0;
        for (; from && 4 * group + 4 <= size; group++) memcpy(to + group * 4 * LANES, from + 4 * group, 4);
        for (; group < groups; group++) {
            int8_t four[4] = {0};
            for (int i = 0; from && 4 * group + i < size; i++) four[i] = from[4 * group + i];
            memcpy(to + group * 4 * LANES, four, sizeof four);
        }
    }
}

size_t table_scratch(const Table *table) {
    return aligned(2 * (size_t)table->size + 8) + sizeof(float) * whole(table->width);
}

static void compute_row(Table *table, const Kernels *kernels, int word, void *scratch) {
    uint8_t *bytes = scratch;
    float *sums = (float *)(bytes + aligned(2 * (size_t)table->size + 8));
    const int8_t *embedding = table->embedding + (size_t)word * table->size;
    memset(bytes, 128, 2 * table->size + 4);
    for (int i = 0; i < table->size; i++) bytes[i] = bytes[table->size + i] = (uint8_t)(embedding[i] + 128);
    kernels->product(&table->layer, bytes, 1, 0, sums, 0);
    _Float16 *row = table->rows + (size_t)word * table->width;
    kernels->halve(sums, table->bias, table->scales[word], table->width, row);
}

const _Float16 *table_row(Table *table, const Kernels *kernels, int word, void *scratch) {
    if (!atomic_load_explicit(&table->ready[word], memory_order_acquire)) {
        pthread_mutex_lock(&table->lock);
        if (!atomic_load_explicit(&table->ready[word], memory_order_relaxed)) {
            compute_row(table, kernels, word, scratch);
            atomic_store_explicit(&table->ready[word], 1, memory_order_release);
        }
        pthread_mutex_unlock(&table->lock);
    }
    return table->rows + (size_t)word * table->width;
}
