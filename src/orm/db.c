/* db: opening and closing. Checks options and models first, then makes one connection to see that the database is there;
 * its readers may come later. */
#include "base/error.h"
#include "base/str.h"
#include "dialect/dialects.h"
#include "driver/drivers.h"
#include "orm/session.h"

enum { POOL_MAX = 8, POOL_LIMIT = 1024, CACHE_SIZE = 128 };
enum { ACQUIRE_MS = 10000, BUSY_MS = 5000, IDLE_MS = 60000, LOOP_AFTER = 10 };

static unsigned pool_max(const kith_open_opts *opts)
{
    return opts->pool_max ? opts->pool_max : POOL_MAX;
}

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
    if (opts->pool_min > pool_max(opts))
        return kith__error_set(err, KITH_E_USAGE, "pool_min is %u, but pool_max is only %u", opts->pool_min,
                               pool_max(opts));
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
        .dialect = kith__dialect_named(driver->dialect),
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
    if (!config->dialect)
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

static struct pool_limits limits_of(const struct conn_config *config, const kith_open_opts *opts)
{
    const kith_driver *driver = config->driver;
    unsigned limit = driver->connection_limit ? driver->connection_limit(&config->connect) : 0;
    struct pool_limits limits = {
        .min = opts->pool_min,
        .max = pool_max(opts),
        .acquire_ms = opts->acquire_ms ? opts->acquire_ms : ACQUIRE_MS,
        .idle_ms = opts->idle_ms ? opts->idle_ms : IDLE_MS,
        .lifetime_ms = opts->lifetime_ms,
        .check_ms = opts->check_ms,
    };
    if (!limit)
        return limits;
    /* Such a connection may be the database itself, so it is kept. */
    limits.max = limit < limits.max ? limit : limits.max;
    limits.min = limits.max;
    limits.lifetime_ms = 0;
    return limits;
}

static bool open_pool(kith_db *db, struct conn_config *config, const kith_open_opts *opts, kith_error *err)
{
    if (!keep_url(db, config))
        return kith__error_no_memory(err);
    struct pool_limits limits = limits_of(config, opts);
    if (!kith__pool_init(&db->pool, config, &limits, err))
        return false;
    unsigned at_once = opts->pool_min < limits.max ? opts->pool_min : limits.max;
    if (kith__pool_fill(&db->pool, at_once ? at_once : 1, err))
        return true;
    kith__pool_free(&db->pool);
    return false;
}

/* ---- readers ---- */

static bool add_reader(kith_db *db, const char *url, const kith_open_opts *opts, kith_error *err)
{
    struct conn_config config = { 0 };
    if (!configure(db, url, opts, &config, err))
        return false;
    if (config.dialect != db->dialect)
        return kith__error_set(err, KITH_E_USAGE,
                               "the reader number %u is reached by \"%s:\", but the database itself is no such one: it "
                               "is reached by \"%s:\"",
                               db->readers.count + 1, config.driver->scheme, db->pool.config.driver->scheme);
    if (!keep_url(db, &config))
        return kith__error_no_memory(err);
    struct pool_limits limits = limits_of(&config, opts);
    return kith__readers_add(&db->readers, &config, &limits, err);
}

static bool open_readers(kith_db *db, const kith_open_opts *opts, kith_error *err)
{
    unsigned count = 0;
    while (opts->readers && opts->readers[count])
        count++;
    if (!kith__readers_init(&db->readers, db->allocator, &db->pool, count))
        return kith__error_no_memory(err);
    for (unsigned i = 0; i < count; i++)
        if (!add_reader(db, opts->readers[i], opts, err)) {
            kith__readers_free(&db->readers);
            return false;
        }
    return true;
}

/* ---- the whole ---- */

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
    db->on_loop = opts->on_loop;
    db->loop_ctx = opts->loop_ctx;
    db->loop_after = opts->loop_after ? opts->loop_after : LOOP_AFTER;
    bool schema = configure(db, url, opts, &config, err) &&
                  kith__schema_init(&db->schema, allocator, db->plain, opts->models, opts->hooks, opts->snake_case,
                                    err);
    db->dialect = config.dialect;
    bool pool = schema && open_pool(db, &config, opts, err);
    if (pool && open_readers(db, opts, err))
        return db;
    if (pool)
        kith__pool_free(&db->pool);
    if (schema)
        kith__schema_free(&db->schema);
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

bool kith_close(kith_db *db)
{
    if (!db)
        return true;
    bool busy = kith__pool_close(&db->pool);
    busy |= kith__readers_close(&db->readers);
    /* Sessions that do nothing may be this thread's own, forgotten: waiting would not help. */
    if (!kith__pool_wait_for_users(&db->pool, busy ? db->pool.limits.acquire_ms : 0))
        return false;
    kith__readers_free(&db->readers);
    kith__pool_free(&db->pool);
    kith__schema_free(&db->schema);
    kith__free(db->allocator, db, sizeof *db);
    return true;
}

void kith_pool_statistics(kith_db *db, kith_pool_stats *out)
{
    *out = (kith_pool_stats){ 0 };
    if (!db)
        return;
    kith__pool_add_stats(&db->pool, out);
    kith__readers_add_stats(&db->readers, out);
}

const kith_model *kith_model_named(kith_db *db, const char *name)
{
    const struct model *m = db && name ? kith__name_map_get(&db->schema.model_named, name) : NULL;
    return m ? m->def : NULL;
}
