/* bench: main of every workload's program. Runs one mode once and prints what it measured; the process is the unit of
 * measurement, so that its peak of memory is its own. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

void bench_start(struct bench_run *run)
{
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
}

_Noreturn void bench_die(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Linux carries ru_maxrss over exec, so the runner's own size would be the least that can be measured. VmHWM is the
 * peak of this program alone. */
static long peak_kib(void)
{
    struct rusage usage = { 0 };
    long kib = 0;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && kib == 0 && fgets(line, sizeof line, status))
        sscanf(line, "VmHWM: %ld", &kib);
    if (status)
        fclose(status);
    if (kib > 0)
        return kib;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        bench_die(argv[0], "expects a mode and a database URL");
    const struct bench_mode *mode = bench_modes;
    while (mode->name && strcmp(mode->name, argv[1]) != 0)
        mode++;
    if (!mode->name)
        bench_die(argv[1], "no such mode");
    struct bench_run run = { 0 };
    mode->run(argv[2], &run);
    printf("{\"seconds\": %.6f, \"cpu\": %.6f, \"rows\": %lld, \"checksum\": \"%016llx\", \"rss_kib\": %ld}\n",
           run.seconds, run.cpu, (long long)run.rows, (unsigned long long)run.checksum, peak_kib());
    return 0;
}
