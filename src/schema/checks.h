/* checks: validators, compiled once and run on values that already have their attribute's kind. */
#ifndef KITH_SCHEMA_CHECKS_H
#define KITH_SCHEMA_CHECKS_H

#include "base/buf.h"
#include "schema/model.h"

struct checks;

/* Compiles a validator list (ends with id -1). *out stays NULL for an empty one. False: the mistake is in err. */
bool kith__checks_compile(const kith_check *list, int type, const kith_allocator *allocator, kith_arena *arena,
                          const struct checks **out, kith_error *err);
/* Frees what lies outside the arena. */
void kith__checks_free(const struct checks *checks);

enum checks_result { CHECKS_PASS, CHECKS_FAIL, CHECKS_NO_MEMORY };
/* Runs all of them; each failure adds "model.attribute: what is wrong" to the report, lines separated by "; ". */
enum checks_result kith__checks_run(const struct attr *attr, const kith_value *value, struct buf *report);

#endif
