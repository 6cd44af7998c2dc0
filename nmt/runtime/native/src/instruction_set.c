// Which instruction sets this build and this processor have.
#define _GNU_SOURCE
#include <string.h>

#include "kernels.h"
#include "nmt.h"

typedef struct {
    const char *name;
    const Kernels *kernels;
} Entry;

extern const Kernels kernels_portable;

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

extern const Kernels kernels_avx2, kernels_avxvnni, kernels_avx512vnni, kernels_amx;

// Bits of XCR0: the system saves the registers xmm and ymm, those of AVX-512, and tiles.
#define SAVES_YMM 0x06u
#define SAVES_ZMM 0xe6u
#define SAVES_TILES 0x60000u

// Linux lets a process use the tile registers once it has asked for their 8 KB of state.
static int may_use_tiles(void) {
#if defined(__linux__)
    return syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18 /* tile data */) == 0;
#else
    return 0;
#endif
}

static unsigned saved_registers(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return 0;
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(const Kernels *kernels) {
    if (kernels == &kernels_portable) return 1;
    unsigned a, b, c, d, b7 = 0, c7 = 0, d7 = 0, a71 = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    const unsigned has_halves = c & (1u << 29), saved = saved_registers();
    if (__get_cpuid_count(7, 0, &a, &b7, &c7, &d7)) {
        if (a >= 1) __get_cpuid_count(7, 1, &a71, &b, &c, &d);
    }
    const int avx2 = (b7 & (1u << 5)) && has_halves && (saved & SAVES_YMM) == SAVES_YMM;
    if (kernels == &kernels_avx2) return avx2;
    if (kernels == &kernels_avxvnni) return avx2 && (a71 & (1u << 4));
    // Foundation, DQ, BW and VL, and VNNI.
    const unsigned avx512 = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;
    const int vnni = avx2 && (b7 & avx512) == avx512 && (c7 & (1u << 11)) && (saved & SAVES_ZMM) == SAVES_ZMM;
    if (kernels == &kernels_avx512vnni) return vnni;
    const unsigned tiles = 1u << 24 | 1u << 25;  // AMX-TILE and AMX-INT8
    return vnni && (d7 & tiles) == tiles && (saved & SAVES_TILES) == SAVES_TILES && may_use_tiles();
}

static const Entry entries[] = {
    {"amx", &kernels_amx},
    {"avx512vnni", &kernels_avx512vnni},
    {"avxvnni", &kernels_avxvnni},
    {"avx2", &kernels_avx2},
    {"portable", &kernels_portable},
};
#elif defined(__aarch64__)
extern const Kernels kernels_dotprod;

#if defined(__linux__)
#include <sys/auxv.h>

#define HWCAP_OF_DOTPROD (1ul << 20)

static int has(const Kernels *kernels) {
    return kernels == &kernels_portable || (getauxval(AT_HWCAP) & HWCAP_OF_DOTPROD) != 0;
}
#else
static int has(const Kernels *kernels) {
    (void)kernels;
    return 1;  // every 64-bit processor of Apple has it
}
#endif

static const Entry entries[] = {{"dotprod", &kernels_dotprod}, {"portable", &kernels_portable}};
#else
static int has(const Kernels *kernels) {
    (void)kernels;
    return 1;
}

static const Entry entries[] = {{"portable", &kernels_portable}};
#endif

#define COUNT (sizeof entries / sizeof *entries)

const Kernels *kernels_of(const char *name) {
    for (size_t i = 0; i < COUNT; i++)
        if (!strcmp(entries[i].name, name) && has(entries[i].kernels)) return entries[i].kernels;
    return NULL;
}

const char *nmt_instruction_sets(void) {
    static char names[64];
    char built[sizeof names] = "";
    for (size_t i = 0; i < COUNT; i++) {
        if (!has(entries[i].kernels)) continue;
        if (*built) strcat(built, " ");
        strcat(built, entries[i].name);
    }
    memcpy(names, built, sizeof names);
    return names;
}
