/* mallocs: counts the allocations of the whole program, those of the client libraries among them. A program may define
 * these functions itself (glibc's manual, "Replacing malloc"); the work is done by glibc's own, under their other names. */
#include <stddef.h>
#include <stdint.h>

#include "bench.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

int64_t bench_mallocs; /* the programs have one thread that counts */

void *malloc(size_t size)
{
    bench_mallocs++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    bench_mallocs++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    bench_mallocs++;
    return __libc_realloc(old, size);
}
