/* db: opening and closing. Checks options and models first, then makes one connection to see that the database is there. */
#include "base/error.h"
#include "base/str.h"
#include "dialect/dialects.h"
#include "driver/drivers.h"
#include "orm/session.h"

enum { POOL_MAX = 8, POOL_LIMIT = 1024, ACQUIRE_MS = 10000, BUSY_MS = 5000, CACHE_SIZE = 128 };

static bool check_options(unsigned version, const kith_open_opts *opts, kith_error *err)
{
    if (version != KITH_API_VERSION)
        return kith__error_set(err, KITH_E_USAGE,
                               "the program was compiled for interface %u of Kith, but this library has interface %d; "
                               "compile it again with this library's headers",
                               version, KITH_API_VERSION);
    if (opts->pool_max > POOL_LIMIT)
        return kith__error_set(err, KITH_E_USAGE, "pool_max is %u; at most %d connections are possible", opts->pool_max,
                               POOL_LIMIT);
    if (opts->allocator && !opts->allocator->resize)
        return kith__error_set(err, KITH_E_USAGE, "the allocator has no resize function");
    return true;
}

static bool configure(kith_db *db, const char *url, const kith_open_opts *opts, struct conn_config *config,
                      kith_error *err)
{
    const char *location = NULL;
    const kith_driver *driver = kith__driver_for(url, opts->drivers, &location, err);
    if (!driver)
        return false;
    *config = (struct conn_config){
        .driver = driver,
        .dialect = db->dialect = kith__dialect_named(driver->dialect),
        .allocator = db->allocator,
        .connect = { .url = url,
                     .location = location,
                     .busy_ms = opts->busy_ms ? opts->busy_ms : BUSY_MS,
                     .allocator = db->allocator,
                     .driver = driver },
        .log = opts->log,
        .log_ctx = opts->log_ctx,
        .cache_size = CACHE_SIZE,
    };
    if (!db->dialect)
        return kith__error_set(err, KITH_E_USAGE, "driver '%s' asks for the dialect '%s', which does not exist",
                               driver->scheme, driver->dialect);
    return !driver->check_url || driver->check_url(&config->connect, err);
}

/* The driver may read the URL again whenever it opens a connection. */
static bool keep_url(kith_db *db, struct conn_config *config)
{
    size_t before = (size_t)(config->connect.location - config->connect.url);
    char *url = kith__arena_text(&db->schema.arena, config->connect.url);
    config->connect.url = url;
    config->connect.location = url ? url + before : NULL;
    return url != NULL;
}

static bool open_pool(kith_db *db, struct conn_config *config, const kith_open_opts *opts, kith_error *err)
{
    unsigned max = opts->pool_max ? opts->pool_max : POOL_MAX;
    const kith_driver *driver = config->driver;
    unsigned limit = driver->connection_limit ? driver->connection_limit(&config->connect) : 0;
    if (limit && limit < max)
        max = limit;
    if (!keep_url(db, config))
        return kith__error_no_memory(err);
    if (!kith__pool_init(&db->pool, config, max, opts->acquire_ms ? opts->acquire_ms : ACQUIRE_MS, err))
        return false;
    struct conn *first = kith__pool_take(&db->pool, err);
    if (!first) {
        kith__pool_free(&db->pool);
        return false;
    }
    kith__pool_give(&db->pool, first, false);
    return true;
}

static kith_db *open_db(unsigned version, const char *url, const kith_open_opts *opts, kith_error *err)
{
    struct conn_config config = { 0 };
    if (!check_options(version, opts, err))
        return NULL;
    const kith_allocator *allocator = opts->allocator ? opts->allocator : &kith__default_allocator;
    kith_db *db = kith__alloc_zero(allocator, sizeof *db);
    if (!db) {
        kith__error_no_memory(err);
        return NULL;
    }
    db->allocator = allocator;
    db->plain = opts->plain_memory;
    db->statement_ms = opts->statement_ms;
    if (configure(db, url, opts, &config, err) &&
        kith__schema_init(&db->schema, allocator, db->plain, opts->models, err)) {
        if (open_pool(db, &config, opts, err))
            return db;
        kith__schema_free(&db->schema);
    }
    kith__free(allocator, db, sizeof *db);
    return NULL;
}

kith_db *kith_open_version(unsigned api_version, const char *url, const kith_open_opts *opts, kith_error *err)
{
    static const kith_open_opts no_options;
    kith_error unused;
    if (!err)
        err = &unused;
    *err = (kith_error){ 0 };
    return open_db(api_version, url, opts ? opts : &no_options, err);
}

void kith_close(kith_db *db)
{
    if (!db)
        return;
    kith__pool_free(&db->pool);
    kith__schema_free(&db->schema);
    kith__free(db->allocator, db, sizeof *db);
}

const kith_model *kith_model_named(kith_db *db, const char *name)
{
    const struct model *m = db && name ? kith__name_map_get(&db->schema.model_named, name) : NULL;
    return m ? m->def : NULL;
}
