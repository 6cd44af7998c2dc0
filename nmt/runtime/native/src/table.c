// Tables of what words contribute to the layers that read their embeddings.
#include <string.h>

#include "model.h"
#include "vector.h"

// Rows of a product.
#define BLOCK 32
// Rows that a table keeps. The words that a text uses most are among the first 2,000 that it uses.
#define MOST_KEPT 2048

// The weights (E, N) in two halves, one below the other, so that pairs of products fit 16 bits; NULL without memory.
static int8_t *halved(const NmtLayer *from) {
    const size_t count = (size_t)from->inputs * from->outputs;
    int8_t *halves = malloc(2 * count);
    for (size_t i = 0; halves && i < count; i++) {
        halves[i] = from->weights[i] / 2;
        halves[count + i] = from->weights[i] - from->weights[i] / 2;
    }
    return halves;
}

int new_table(Table *table, const NmtLayer *from, const Kernels *kernels, const int8_t *embedding, const float *scales,
              int words, int hidden, int gates, int pad_id) {
    const int size = from->inputs, width = from->outputs / hidden * whole(hidden);
    *table = (Table){.words = words, .size = size, .width = width, .pad_id = pad_id, .embedding = embedding,
                     .scales = scales};
    pthread_mutex_init(&table->lock, NULL);
    NmtLayer read = *from;
    int8_t *halves = NULL;
    if (kernels->largest_weight <= WEIGHT_LIMIT) {
        read.weights = halves = halved(from);
        read.inputs = 2 * size;
        if (!halves) return NMT_NO_MEMORY;
    }
    const int failed = new_linear(&table->layer, &read, 1.0f, kernels->largest_weight, hidden, gates);
    free(halves);
    table->bias = calloc(whole(width), sizeof(float));
    if (failed || !table->bias) return failed ? failed : NMT_NO_MEMORY;
    // The bias joins after a word's own scale.
    memcpy(table->bias, table->layer.bias, sizeof(float) * width);
    memset(table->layer.bias, 0, sizeof(float) * width);
    return 0;
}

int keep_rows(Table *table) {
    table->most_kept = table->words < MOST_KEPT ? table->words : MOST_KEPT;
    table->rows = calloc((size_t)table->most_kept * table->width, sizeof(_Float16));
    table->places = calloc(table->words, sizeof(atomic_int));
    return table->rows && table->places ? 0 : NMT_NO_MEMORY;
}

void free_table(Table *table) {
    if (!table->width) return;
    pthread_mutex_destroy(&table->lock);
    free(table->layer.weights);
    free(table->bias);
    free(table->rows);
    free((void *)table->places);
}

// Bytes of an embedding as a row of the product, and to whole groups of four.
static size_t row_bytes(const Table *table) { return (size_t)table->layer.inputs + 8; }

size_t table_scratch(const Table *table) {
    return BLOCK * (sizeof(float) * whole(table->width) + row_bytes(table));
}

static void compute_block(const Table *table, const Kernels *kernels, const int32_t *words, int count, void *scratch,
                          _Float16 *rows) {
    const size_t stride = row_bytes(table), sum_stride = whole(table->width);
    float *sums = scratch;
    uint8_t *bytes = (uint8_t *)(sums + BLOCK * sum_stride);
    for (int row = 0; row < count; row++) {
        const int8_t *embedding = table->embedding + (size_t)words[row] * table->size;
        uint8_t *to = bytes + row * stride;
        for (int i = 0; i < table->size; i++) to[i] = (uint8_t)(embedding[i] + 128);
        if (table->layer.inputs > table->size) memcpy(to + table->size, to, table->size);
        memset(to + table->layer.inputs, 128, 8);
    }
    kernels->product(&table->layer, bytes, count, stride, sums, sum_stride);
    for (int row = 0; row < count; row++) {
        _Float16 *to = rows + (size_t)row * table->width;
        kernels->halve(sums + row * sum_stride, table->bias, table->scales[words[row]], table->width, to);
        if (words[row] == table->pad_id) memset(to, 0, sizeof(_Float16) * table->width);  // it contributes zero
    }
}

// Computes the rows (count, N) of `words`.
static void compute_rows(const Table *table, const Kernels *kernels, const int32_t *words, int count, void *scratch,
                         _Float16 *rows) {
    for (int first = 0; first < count; first += BLOCK) {
        const int block = count - first < BLOCK ? count - first : BLOCK;
        compute_block(table, kernels, words + first, block, scratch, rows + (size_t)first * table->width);
    }
}

// Keeps rows while there is room.
static void keep(Table *table, const int32_t *words, int count, const _Float16 *rows) {
    pthread_mutex_lock(&table->lock);
    for (int i = 0; i < count && table->kept < table->most_kept; i++) {
        if (atomic_load_explicit(&table->places[words[i]], memory_order_relaxed)) continue;
        memcpy(table->rows + (size_t)table->kept * table->width, rows + (size_t)i * table->width,
               sizeof(_Float16) * table->width);
        atomic_store_explicit(&table->places[words[i]], ++table->kept, memory_order_release);
    }
    pthread_mutex_unlock(&table->lock);
}

void find_rows(Table *table, const Kernels *kernels, const int32_t *words, int count, int32_t *missing, void *scratch,
               _Float16 *room, const _Float16 **found) {
    int absent = 0;
    for (int row = 0; row < count; row++) {
        const int place = atomic_load_explicit(&table->places[words[row]], memory_order_acquire);
        found[row] = place ? table->rows + (size_t)(place - 1) * table->width : room + (size_t)absent * table->width;
        if (!place) missing[absent++] = words[row];
    }
    if (!absent) return;
    compute_rows(table, kernels, missing, absent, scratch, room);
    keep(table, missing, absent, room);
}
