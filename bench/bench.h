/* bench: what every program of a workload shares: its modes, the clock, and the checksum. Knows no database.
 *
 * A workload has one program per side: <workload>_kith, and <workload>_<database> written by hand. Each defines
 * bench_modes; bench.c holds main, which is called as `program mode url` and prints one line of JSON. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdint.h>
#include <string.h>
#include <time.h>

struct bench_run {
    int64_t rows;        /* rows of models that were read, or made by prepare */
    uint64_t checksum;   /* of every value; the same on all sides, and for prepare of what was meant to be written */
    double seconds;      /* between start and stop; 0 for prepare */
    double cpu;          /* seconds of them in which this process worked, and did not wait for a server */
    int64_t allocations; /* calls of malloc and its like between start and stop, by whomever */
    int64_t own_allocations; /* of them, those by Kith itself; on its side only */
    long began_kib;          /* memory in use at start */
    int64_t scale;           /* how many times its size the workload has; 1 without an argument */
    struct timespec began, began_cpu;
};

/* What counts up while the program runs: mallocs.c, and with_kith.c by the allocator that it gives to Kith. */
extern int64_t bench_mallocs, bench_own_mallocs;

struct bench_mode {
    const char *name; /* "prepare", "run", or a variant */
    void (*run)(const char *url, struct bench_run *run);
};

extern const struct bench_mode bench_modes[]; /* ends with a NULL name */

void bench_start(struct bench_run *run);
void bench_stop(struct bench_run *run);
_Noreturn void bench_die(const char *what, const char *why);

/* ---- the checksum ---------------------------------------------------------------------------------------------
 * Cheap, because it runs inside the measured time: a few bytes of each text, and one multiplication a value.
 * A record's values are added with a different odd weight each, so that values in wrong places are seen. */

static inline uint64_t bench_weigh(uint64_t value, unsigned place)
{
    return value * (0x9e3779b97f4a7c15u + 2 * (uint64_t)place);
}

/* Rows in a known order; where the order is not fixed, add them up instead. */
static inline uint64_t bench_chain(uint64_t sum, uint64_t row)
{
    return sum * 0xff51afd7ed558ccdu + row;
}

/* The texts of the workloads have at least eight bytes. */
static inline uint64_t bench_text(const char *text, size_t size)
{
    uint64_t head = 0, tail = 0;
    if (size < 8)
        return size;
    memcpy(&head, text, 8);
    memcpy(&tail, text + size - 8, 8);
    return head * 3 + tail + size;
}

static inline uint64_t bench_real(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* A number that looks random and is the same everywhere, for making data. */
static inline uint64_t bench_mix(uint64_t n)
{
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9u;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebu;
    return n ^ (n >> 31);
}

#endif
