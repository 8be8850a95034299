/* bench: main of every workload's program. Runs one mode once and prints what it measured; the process is the unit of
 * measurement, so that its peak of memory is its own. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

int64_t bench_own_mallocs;

/* A line of /proc/self/status in KiB: "VmRSS:" is what is in use, "VmHWM:" the most that was. Linux carries ru_maxrss over
 * exec, so the runner's own size would be the least that getrusage can tell. */
static long status_kib(const char *name)
{
    long kib = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, name, strlen(name)) == 0)
            kib = atol(line + strlen(name));
    if (status)
        fclose(status);
    return kib;
}

void bench_start(struct bench_run *run)
{
    run->began_kib = status_kib("VmRSS:");
    run->allocations = -bench_mallocs;
    run->own_allocations = -bench_own_mallocs;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &run->began_cpu);
    clock_gettime(CLOCK_MONOTONIC, &run->began);
}

static double seconds_since(clockid_t clock, const struct timespec *began)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) / 1e9;
}

void bench_stop(struct bench_run *run)
{
    run->seconds = seconds_since(CLOCK_MONOTONIC, &run->began);
    run->cpu = seconds_since(CLOCK_PROCESS_CPUTIME_ID, &run->began_cpu);
    run->allocations += bench_mallocs;
    run->own_allocations += bench_own_mallocs;
}

_Noreturn void bench_die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static const struct bench_mode *mode_named(const char *name)
{
    const struct bench_mode *mode = bench_modes;
    while (mode->name && strcmp(mode->name, name) != 0)
        mode++;
    if (!mode->name)
        bench_die(name, "no such mode");
    return mode;
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc > 4)
        bench_die(argv[0], "expects a mode, a database URL, and maybe how many times the size");
    struct bench_run run = { .scale = argc == 4 ? atoi(argv[3]) : 1 };
    if (run.scale < 1)
        bench_die(argv[3], "not a size");
    mode_named(argv[1])->run(argv[2], &run);
    long peak = status_kib("VmHWM:");
    printf("{\"seconds\": %.6f, \"cpu\": %.6f, \"rows\": %lld, \"checksum\": \"%016llx\", \"rss_kib\": %ld, "
           "\"grown_kib\": %ld, "
           "\"allocations\": %lld, \"own_allocations\": %lld}\n",
           run.seconds, run.cpu, (long long)run.rows, (unsigned long long)run.checksum, peak, peak - run.began_kib,
           (long long)run.allocations, (long long)run.own_allocations);
    return 0;
}
