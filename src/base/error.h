/* error: filling in a kith_error. Knows the struct, not who reports it. */
#ifndef KITH_BASE_ERROR_H
#define KITH_BASE_ERROR_H

#include <stdbool.h>

#include "kith/error.h"

/* Fills in *e from the beginning (all other members empty). Returns false, so that a caller may return it. */
__attribute__((format(printf, 3, 4))) bool kith__error_set(kith_error *e, kith_status status, const char *format, ...);
bool kith__error_no_memory(kith_error *e);
/* Says which model and attribute it is about; NULL: none. Returns false as well. */
bool kith__error_about(kith_error *e, const char *model, const char *attribute);

#endif
