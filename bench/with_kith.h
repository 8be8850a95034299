/* with_kith: a database and a session for the Kith sides, whose failures end the program. */
#ifndef BENCH_WITH_KITH_H
#define BENCH_WITH_KITH_H

#include "kith/kith.h"

struct with_kith {
    kith_db *db;
    kith_session *s;
};

struct with_kith with_kith_open(const char *url, const kith_model *const *models);
void with_kith_check(kith_session *s); /* ends the program when the session has an error */
void with_kith_close(struct with_kith *k);

#endif
