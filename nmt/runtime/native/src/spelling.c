// Words that are spelled as none in the training text cost a penalty. Specification: Spelling and Subwords of
// nmt/runtime/words/word_beginnings.py.
#include "model.h"

#define UNCHECKED 0
#define PENALTY 2.0
#define PROBES 5

enum { BEGINS, CONTINUES, ENDS, IS_BYTE };

int new_spelling(Spelling *spelling, const NmtArrays *arrays, int words, size_t bytes) {
    if (!arrays->joins) return 0;
    *spelling = (Spelling){copied(arrays->letters, sizeof(uint64_t) * words),
                           copied(arrays->powers, sizeof(uint64_t) * words), copied(arrays->joins, words),
                           bytes ? copied(arrays->filter, bytes) : NULL, 8 * (uint64_t)bytes};
    const int has_filter = !bytes || spelling->filter;
    return spelling->letters && spelling->powers && spelling->joins && has_filter ? 0 : NMT_NO_MEMORY;
}

void free_spelling(Spelling *spelling) {
    free(spelling->letters);
    free(spelling->powers);
    free(spelling->joins);
    free(spelling->filter);
}

static uint64_t after(const Spelling *spelling, uint64_t word, int32_t token) {
    const int join = spelling->joins[token];
    if (join == ENDS) return NO_LETTERS;
    if (join == IS_BYTE || (join == CONTINUES && word == UNCHECKED)) return UNCHECKED;
    return (join == BEGINS ? NO_LETTERS : word) * spelling->powers[token] + spelling->letters[token];
}

// A Bloom filter, probed by double hashing.
static int is_in_filter(const Spelling *spelling, uint64_t beginning) {
    uint64_t mixed = beginning;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    mixed ^= mixed >> 31;
    uint32_t probe = (uint32_t)mixed;
    const uint32_t step = (uint32_t)(mixed >> 32) | 1;
    for (int number = 0; number < PROBES; number++, probe += step) {
        const uint64_t place = probe * spelling->bits >> 32;
        if (!(spelling->filter[place / 8] >> place % 8 & 1)) return 0;
    }
    return 1;
}

uint64_t spell(const Spelling *spelling, const uint64_t *own, int count, uint64_t word, int32_t token,
               double *penalty) {
    const uint64_t beginning = after(spelling, word, token);
    *penalty = 0.0;
    if (beginning == NO_LETTERS || beginning == UNCHECKED || is_in_filter(spelling, beginning)) return beginning;
    for (int i = 0; i < count; i++)
        if (own[i] == beginning) return beginning;
    *penalty = PENALTY;
    return UNCHECKED;
}

int ends_word(const Spelling *spelling, int32_t token) {
    return spelling->joins[token] == BEGINS || spelling->joins[token] == ENDS;
}

int beginnings_of(const Spelling *spelling, const int32_t *text, int length, uint64_t *beginnings) {
    int count = 0;
    uint64_t word = NO_LETTERS;
    for (int i = 0; i < length; i++) {
        word = after(spelling, word, text[i]);
        if (word != NO_LETTERS && word != UNCHECKED) beginnings[count++] = word;
    }
    return count;
}
