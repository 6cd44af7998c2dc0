// A sentence of the running batch: its memory, and the words that it may use.
#include <string.h>

#include "batch.h"
#include "vector.h"

#define ALIGNMENT 64
#define MOST_SUBWORDS (1 << 20)
#define MOST_RARE 32  // rare words of a sentence
#define MOST_SPELLINGS 1024
#define RARE_HEAD 5   // numbers before the subwords of a spelling

void free_sentence(Sentence *sentence) {
    if (!sentence) return;
    free(sentence->block);
    free(sentence);
}

void retire(NmtBatch *batch, Sentence *sentence) {
    if (!sentence) return;
    search_free(&sentence->search);
    sentence->search = (Search){0};
    if (batch->idle_count < MOST_IDLE)
        batch->idle[batch->idle_count++] = sentence;
    else
        free_sentence(sentence);
}

// A sentence with a block of at least `bytes`, or NULL.
static Sentence *take_sentence(NmtBatch *batch, size_t bytes) {
    Sentence *sentence = batch->idle_count ? batch->idle[--batch->idle_count] : calloc(1, sizeof *sentence);
    if (!sentence) return NULL;
    Buffer block = {sentence->block, sentence->block_bytes};
    void *memory = reserve(&block, bytes);
    *sentence = (Sentence){.block = memory, .block_bytes = block.bytes};
    if (memory) return sentence;
    free(sentence);
    return NULL;
}

// The number of spellings of rare words, or -1 if `request` has what cannot be.
static int rare_spellings(const NmtModel *model, const NmtRequest *request) {
    if (request->rare_length && (!model->spelling.joins || model->sizes.attention == NMT_NO_ATTENTION)) return -1;
    int count = 0, before = 0;
    for (int at = 0; at < request->rare_length; count++) {
        if (request->rare_length - at < RARE_HEAD || count == MOST_SPELLINGS) return -1;
        const int32_t *of = request->rare + at, word = of[0], first = of[1], last = of[2], length = of[4];
        at += RARE_HEAD;
        if (word < before || word >= MOST_RARE || first < 0 || last < first || last >= request->length || length < 1 ||
            length > request->rare_length - at)
            return -1;
        at += length;
        before = word;
    }
    return count;
}

// Where `id` is among the words of a sentence, or -1.
static int32_t place_among(const Sentence *sentence, int32_t id) {
    for (int32_t place = 0; place < sentence->logits; place++)
        if (sentence->ids[place] == id) return place;
    return -1;
}

// Lays the spellings of rare words out in `memory`, with room for their subwords behind them.
static int take_rare(Sentence *sentence, const NmtRequest *request, int count, void *memory) {
    Rare *rare = memory;
    int32_t *ids = (int32_t *)(rare + count), *places = ids + request->rare_length;
    memcpy(ids, request->rare, sizeof(int32_t) * request->rare_length);
    for (int number = 0, at = 0; number < count; number++) {
        const int32_t *of = ids + at, length = of[4];
        at += RARE_HEAD;
        rare[number] = (Rare){of[0], of[1], of[2], of[3], length, ids + at, places + at};
        for (int end = at + length; at < end; at++)
            if ((places[at] = place_among(sentence, ids[at])) < 0) return NMT_BAD_ID;
    }
    sentence->search.rare = rare;
    sentence->search.rare_count = count;
    return 0;
}

int check_request(const NmtModel *model, const NmtRequest *request) {
    if (request->beam < 1 || request->beam > 64 || request->n_best < 1 || request->n_best > request->beam ||
        request->max_length < 1 || request->length < 0 || request->length > MOST_SUBWORDS)
        return NMT_BAD_OPTION;
    for (int i = 0; i < request->length; i++)
        if (request->source[i] < 0 || request->source[i] >= model->sizes.source_words) return NMT_BAD_ID;
    for (int i = 0; i < request->copied_length; i++)
        if (request->copied[i] < 0 || request->copied[i] >= model->sizes.target_words) return NMT_BAD_ID;
    return rare_spellings(model, request) < 0 ? NMT_BAD_OPTION : 0;
}

// Writes to `own` the words that `request` may use beside those open to all, sorted, and returns their number. `set`
// has a bit for each word, and is empty before and after.
static int own_words(const NmtModel *model, const NmtRequest *request, uint64_t *set, int32_t *own) {
    int count = 0;
    for (int i = 0; i < request->length; i++) {
        const int32_t *of = model->translations_of + request->source[i];
        for (int32_t at = of[0]; at < of[1]; at++) {
            const int32_t word = model->translations[at];
            set[word / 64] |= 1ull << word % 64;
        }
    }
    for (int i = 0; i < request->copied_length; i++) set[request->copied[i] / 64] |= 1ull << request->copied[i] % 64;
    for (size_t number = 0; number < SET_LENGTH(model->sizes.target_words); number++) {
        for (uint64_t left = set[number] & ~model->is_always[number]; left; left &= left - 1)
            own[count++] = (int32_t)(64 * number) + __builtin_ctzll(left);
        set[number] = 0;
    }
    return count;
}

static size_t aligned(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

int new_sentence(NmtBatch *batch, const NmtRequest *request, Sentence **to) {
    const NmtModel *model = batch->model;
    const NmtSizes *sizes = &model->sizes;
    uint64_t *set = WORK(batch, SET, uint64_t, SET_LENGTH(sizes->target_words));
    int32_t *own = WORK(batch, OWN, int32_t, sizes->target_words);
    if (!set || !own) return NMT_NO_MEMORY;
    const int count = own_words(model, request, set, own), length = request->length + 1;
    const int attends = sizes->attention != NMT_NO_ATTENTION, logits = model->always_size + whole(count);
    const size_t keys = attends ? aligned(sizeof(float) * sizes->decoder_hidden * whole(length)) : 0;
    const size_t memory = model->reads_memory ? aligned(sizeof(float) * length * model->memory) : 0;
    const size_t values = model->reads_values ? aligned(sizeof(float) * length * sizes->embedding) : 0;
    const size_t ids = aligned(sizeof(int32_t) * logits);
    // Greedy search takes the most probable word, however it is spelled.
    const int spells = model->spelling.bits && request->beam > 1;
    const size_t beginnings = spells ? aligned(sizeof(uint64_t) * request->copied_length) : 0;
    const int spellings = request->beam > 1 ? rare_spellings(model, request) : 0;
    const size_t rare = aligned(sizeof(Rare) * spellings + 2 * sizeof(int32_t) * request->rare_length);
    const size_t before = keys + memory + values + ids + beginnings;
    Sentence *sentence = *to = take_sentence(batch, before + rare + linear_bytes(sizes->embedding, count));
    if (!sentence || search_start(&sentence->search, request, sizes->start_id)) return NMT_NO_MEMORY;
    uint8_t *at = sentence->block;
    memset(at, 0, keys);
    sentence->number = request->number;
    sentence->rows = 1;
    sentence->length = length;
    sentence->logits = logits;
    sentence->keys = (float *)at;
    sentence->memory = (float *)(at + keys);
    sentence->values = (float *)(at + keys + memory);
    sentence->ids = (int32_t *)(at + keys + memory + values);
    place_linear(&sentence->own, sizes->embedding, count, at + before + rare);
    if (spells) {
        uint64_t *known = (uint64_t *)(at + keys + memory + values + ids);
        sentence->search.spelling = &model->spelling;
        sentence->search.own = known;
        sentence->search.own_count = beginnings_of(&model->spelling, request->copied, request->copied_length, known);
    }
    pack_output(model, own, count, &sentence->own);
    memcpy(sentence->ids, model->always_ids, sizeof(int32_t) * model->always_size);
    for (int i = 0; i < whole(count); i++) sentence->ids[model->always_size + i] = i < count ? own[i] : -1;
    return spellings ? take_rare(sentence, request, spellings, at + before) : 0;
}
