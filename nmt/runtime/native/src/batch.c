// The running batch, which sentences join and leave between two steps.
#include "batch.h"

#include <string.h>

#include "vector.h"

#define ALIGNMENT 64
// Finished sentences are handed over when half of the batch has finished, or this many steps after the first.
#define MOST_STEPS_HELD 4

void *reserve(Buffer *buffer, size_t bytes) {
    if (buffer->memory && bytes <= buffer->bytes) return buffer->memory;
    const size_t size = (bytes + bytes / 4 + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    free(buffer->memory);
    buffer->memory = aligned_alloc(ALIGNMENT, size);
    buffer->bytes = buffer->memory ? size : 0;
    if (buffer->memory) memset(buffer->memory, 0, size);
    return buffer->memory;
}

void *reserve_keeping(Buffer *buffer, size_t bytes) {
    if (buffer->memory && bytes <= buffer->bytes) return buffer->memory;
    Buffer grown = {0};
    if (!reserve(&grown, bytes)) return NULL;
    if (buffer->memory) memcpy(grown.memory, buffer->memory, buffer->bytes);
    free(buffer->memory);
    *buffer = grown;
    return buffer->memory;
}

int reserve_states(NmtBatch *batch, int rows) {
    const int parts = batch->model->sizes.decoder_layers * batch->model->parts;
    for (int number = 0; number < parts; number++)
        if (!reserve_keeping(&batch->states[number], sizeof(float) * rows * batch->stride)) return NMT_NO_MEMORY;
    return 0;
}

NmtBatch *nmt_batch_new(NmtModel *model) {
    NmtBatch *batch = calloc(1, sizeof *batch);
    if (!batch) return NULL;
    batch->model = model;
    batch->stride = whole(model->sizes.decoder_hidden);
    return batch;
}

void nmt_batch_free(NmtBatch *batch) {
    if (!batch) return;
    for (int number = 0; number < batch->count; number++) retire(batch, batch->sentences[number]);
    for (int number = 0; number < batch->idle_count; number++) free_sentence(batch->idle[number]);
    for (int number = 0; number < 2 * MOST_LAYERS; number++) free(batch->states[number].memory);
    for (int number = 0; number < BUFFERS; number++) free(batch->work[number].memory);
    free(batch);
}

int32_t nmt_batch_rows(const NmtBatch *batch) { return batch->rows; }

int32_t nmt_batch_admit(NmtBatch *batch, const NmtRequest *requests, int32_t count) {
    if (count < 1) return 0;
    int failed = 0;
    for (int i = 0; i < count && !failed; i++) failed = check_request(batch->model, &requests[i]);
    if (failed) return failed;
    batch->sentences = reserve_keeping(&batch->work[SENTENCES], sizeof(Sentence *) * (batch->count + count));
    if (!batch->sentences) return NMT_NO_MEMORY;
    Sentence **fresh = batch->sentences + batch->count;
    memset(fresh, 0, sizeof(Sentence *) * count);
    for (int i = 0; i < count && !failed; i++) failed = new_sentence(batch, &requests[i], &fresh[i]);
    int32_t *tokens = reserve_keeping(&batch->work[TOKENS], sizeof(int32_t) * (batch->rows + count));
    int32_t *origins = reserve_keeping(&batch->work[ORIGINS], sizeof(int32_t) * (batch->rows + count));
    if (!failed) failed = tokens && origins ? encode(batch, fresh, requests, count) : NMT_NO_MEMORY;
    if (failed) {
        for (int i = 0; i < count; i++) retire(batch, fresh[i]);
        return failed;
    }
    for (int i = 0; i < count; i++) {
        tokens[batch->rows + i] = batch->model->sizes.start_id;
        origins[batch->rows + i] = batch->rows + i;
    }
    batch->count += count;
    batch->rows += count;
    return 0;
}

// Whether each row continues itself or a later one, in order, so that rows can move in place.
static int moves_forward(const int32_t *parents, int count) {
    for (int row = 0; row < count; row++)
        if (parents[row] < row || (row && parents[row] < parents[row - 1])) return 0;
    return 1;
}

static int move_states(NmtBatch *batch, const int32_t *parents, int count) {
    const int parts = batch->model->sizes.decoder_layers * batch->model->parts, in_place = moves_forward(parents, count);
    const size_t stride = batch->stride, bytes = sizeof(float) * stride;
    if (reserve_states(batch, count)) return NMT_NO_MEMORY;
    for (int number = 0; number < parts; number++) {
        float *from = batch->states[number].memory;
        float *to = in_place ? from : reserve(&batch->work[SPARE], bytes * count);
        if (!to) return NMT_NO_MEMORY;
        for (int row = 0; row < count; row++)
            if (!in_place || parents[row] != row) memcpy(to + row * stride, from + parents[row] * stride, bytes);
        if (!in_place) {
            const Buffer spare = batch->work[SPARE];
            batch->work[SPARE] = batch->states[number];
            batch->states[number] = spare;
        }
    }
    return 0;
}

int select_rows(NmtBatch *batch, const int32_t *parents, int count) {
    int32_t *origins = reserve_keeping(&batch->work[ORIGINS], sizeof(int32_t) * (count + 1));
    if (!origins || move_states(batch, parents, count)) return NMT_NO_MEMORY;
    memcpy(origins, parents, sizeof(int32_t) * count);
    int kept = 0, row = 0, first = 0;
    for (int number = 0; number < batch->count; number++) {
        Sentence *sentence = batch->sentences[number];
        const int end = first + sentence->rows;
        int rows = 0;
        for (; row < count && parents[row] >= first && parents[row] < end; row++) rows++;
        first = end;
        sentence->rows = rows;
        if (rows)
            batch->sentences[kept++] = sentence;
        else
            retire(batch, sentence);
    }
    batch->count = kept;
    batch->rows = count;
    return 0;
}

// One step of every search. Returns how many finished.
static int run_step(NmtBatch *batch) {
    const NmtModel *model = batch->model;
    const int rows = batch->rows;
    int longest = 0;  // source with rare words
    for (int number = 0; number < batch->count; number++) {
        const Sentence *sentence = batch->sentences[number];
        if (sentence->search.rare_count && sentence->length > longest) longest = sentence->length;
    }
    float *attention = longest ? WORK(batch, ATTENTION, float, (size_t)rows * longest) : NULL;
    if (longest && !attention) return NMT_NO_MEMORY;
    int failed = decode(batch, batch->work[TOKENS].memory, attention, longest), most = 1, next = 0, done = 0, row = 0;
    if (failed) return failed;
    for (int number = 0; number < batch->count; number++)
        if (batch->sentences[number]->search.places > most) most = batch->sentences[number]->search.places;
    const float *logits = batch->work[LOGITS].memory;
    Choice *choices = WORK(batch, CHOICES, Choice, (size_t)most * most);
    int *counts = WORK(batch, COUNTS, int, most);
    int room = 0;
    for (int number = 0; number < batch->count; number++) room += batch->sentences[number]->search.places;
    int32_t *parents = WORK(batch, PARENTS, int32_t, room);
    int32_t *tokens = reserve_keeping(&batch->work[TOKENS], sizeof(int32_t) * (room > rows ? room : rows));
    if (!choices || !counts || !parents || !tokens) return NMT_NO_MEMORY;
    for (int number = 0; number < batch->count; number++) {
        Sentence *sentence = batch->sentences[number];
        const int k = sentence->search.places;
        for (int i = 0; i < sentence->rows; i++) {
            counts[i] = model->kernels->choose(logits + (size_t)(row + i) * batch->logit_stride, sentence->logits,
                                               sentence->ids, k, choices + i * k);
            if (sentence->search.rare_count)
                propose_rare(&sentence->search, &model->spelling, sentence->search.running[i],
                             attention + (size_t)(row + i) * longest, sentence->ids, choices + i * k, counts[i]);
        }
        const int count = search_advance(&sentence->search, choices, counts, k, sentence->ids, model->sizes.end_id,
                                         &model->spelling, longest ? attention + (size_t)row * longest : NULL, longest,
                                         row, parents + next, tokens + next);
        if (count < 0) return count;
        if (count == 0) {
            failed = search_results(&sentence->search, batch, sentence->number);
            if (failed) return failed;
            done++;
        }
        next += count;
        row += sentence->rows;
    }
    failed = select_rows(batch, parents, next);
    return failed ? failed : done;
}

int32_t nmt_batch_run(NmtBatch *batch, int32_t steps, const volatile int32_t *interrupt) {
    int finished = 0, held = 0;
    batch->integer_count = batch->real_count = 0;
    for (int step = 0; step < steps && batch->count; step++) {
        const int done = run_step(batch);
        if (done < 0) return done;
        finished += done;
        if (finished && (++held >= MOST_STEPS_HELD || finished >= batch->count)) break;
        if (*interrupt) break;
    }
    return finished;
}

const int32_t *nmt_batch_integers(const NmtBatch *batch, int32_t *count) {
    *count = batch->integer_count;
    return batch->work[INTEGERS].memory;
}

const double *nmt_batch_reals(const NmtBatch *batch, int32_t *count) {
    *count = batch->real_count;
    return batch->work[REALS].memory;
}

int32_t nmt_batch_drop(NmtBatch *batch, const int32_t *numbers, int32_t count) {
    int32_t *parents = WORK(batch, PARENTS, int32_t, batch->rows + 1);
    int32_t *tokens = batch->work[TOKENS].memory;
    if (!parents) return NMT_NO_MEMORY;
    int row = 0, next = 0;
    for (int number = 0; number < batch->count; number++) {
        int stays = 1;
        for (int i = 0; i < count; i++)
            if (numbers[i] == batch->sentences[number]->number) stays = 0;
        for (int i = 0; i < batch->sentences[number]->rows; i++, row++) {
            if (!stays) continue;
            tokens[next] = tokens[row];
            parents[next++] = row;
        }
    }
    return select_rows(batch, parents, next);
}

int32_t nmt_batch_step(NmtBatch *batch, const int32_t *tokens, int32_t k, int32_t *ids, float *log_probs,
                       float *weights, int32_t most) {
    if (k < 1 || !batch->rows) return NMT_BAD_OPTION;
    const int failed = decode(batch, tokens, weights, most);
    if (failed) return failed;
    Choice *choices = WORK(batch, CHOICES, Choice, k);
    if (!choices) return NMT_NO_MEMORY;
    const float *logits = batch->work[LOGITS].memory;
    int row = 0;
    for (int number = 0; number < batch->count; number++) {
        const Sentence *sentence = batch->sentences[number];
        for (int i = 0; i < sentence->rows; i++, row++) {
            const int found = batch->model->kernels->choose(logits + (size_t)row * batch->logit_stride,
                                                            sentence->logits, sentence->ids, k, choices);
            for (int column = 0; column < k; column++) {
                const Choice *choice = &choices[column < found ? column : found - 1];
                ids[(size_t)row * k + column] = sentence->ids[choice->place];
                log_probs[(size_t)row * k + column] = choice->log_prob;
            }
        }
    }
    return 0;
}

int32_t nmt_batch_select(NmtBatch *batch, const int32_t *rows, int32_t count) {
    int before = 0, number = 0, end = batch->count ? batch->sentences[0]->rows : 0;
    for (int i = 0; i < count; i++) {  // rows of a sentence must stay adjacent, and sentences in order
        if (rows[i] < 0 || rows[i] >= batch->rows) return NMT_BAD_ID;
        while (rows[i] >= end) end += batch->sentences[++number]->rows;
        if (rows[i] < (before = end - batch->sentences[number]->rows)) return NMT_BAD_ID;
    }
    return select_rows(batch, rows, count);
}
