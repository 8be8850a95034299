/* Misspellings: a thousand slips of the pen, in the names of attributes, associations and options, wherever a program
 * says one at run time. All are refused before any SQL, and at least 95 in 100 errors name what was meant. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "harness/shared.h"

/* ---- a shop ---- */

extern const kith_model invoice_model, track_model, line_model;
static const kith_model customer_model = {
    .name = "customer",
    .attrs = KITH_ATTRS({ .name = "firstName", .type = KITH_STRING(40) },
                        { .name = "lastName", .type = KITH_STRING(40) },
                        { .name = "emailAddress", .type = KITH_STRING(60), .unique = true },
                        { .name = "phone", .type = KITH_STRING(24) },
                        { .name = "postalCode", .type = KITH_STRING(10) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &invoice_model },
                          { KITH_BELONGS_TO_MANY, .as = "favourites", .target = &track_model, .through = "favourite" },
                          { KITH_BELONGS_TO, .as = "recruiter", .target = &customer_model }),
};
const kith_model invoice_model = {
    .name = "invoice",
    .attrs = KITH_ATTRS({ .name = "invoiceDate", .type = KITH_DATEONLY },
                        { .name = "billingAddress", .type = KITH_STRING(70) },
                        { .name = "billingCity", .type = KITH_STRING(40) }, { .name = "total", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &customer_model },
                          { KITH_BELONGS_TO_MANY, .target = &track_model, .through_model = &line_model }),
};
const kith_model track_model = {
    .name = "track",
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(200) }, { .name = "composer", .type = KITH_STRING(200) },
                        { .name = "milliseconds", .type = KITH_INTEGER }, { .name = "genre", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &invoice_model, .through_model = &line_model }),
};
const kith_model line_model = {
    .name = "line",
    .attrs = KITH_ATTRS({ .name = "quantity", .type = KITH_INTEGER }, { .name = "discount", .type = KITH_INTEGER }),
};
#define SHOP KITH_MODELS(&customer_model, &invoice_model, &track_model, &line_model)

static const char *const of_customer[] = { "firstName", "lastName",  "emailAddress", "phone", "postalCode",
                                           "createdAt", "updatedAt", "recruiterId",  NULL };
static const char *const of_invoice[] = { "invoiceDate", "billingAddress", "billingCity", "total", "customerId", NULL };
static const char *const of_track[] = { "title", "composer", "milliseconds", "genre", NULL };
static const char *const of_line[] = { "quantity", "discount", "invoiceId", "trackId", NULL };
static const char *const around_customer[] = { "invoices", "favourites", "recruiter", NULL };
static const char *const around_invoice[] = { "customer", "tracks", NULL };

static kith_record *the_customer, *the_invoice;

static kith_session *start_shop(void **state)
{
    kith_session *s = start(state, SHOP);
    the_customer = must(s, kith_create(s, &customer_model, KITH_FIELDS(KITH_F("firstName", "Ann"))));
    the_invoice = must(s, kith_create_related(s, the_customer, "invoices", KITH_FIELDS(KITH_F("total", 1)), NULL));
    forget_statements();
    return s;
}

/* ---- where a name can be misspelt: each says it, and returns whether it was refused ---- */

static bool find_refused(kith_session *s, const kith_model *m, kith_query q)
{
    return !kith_find(s, m, &q);
}
#define REFUSES_FIND(name, model, ...)                                                                                 \
    static bool name(kith_session *s, const char *wrong)                                                               \
    {                                                                                                                  \
        return find_refused(s, &model, (kith_query){ __VA_ARGS__ });                                                   \
    }
/* "customer.phnoe" */
static const char *below(const char *assoc, const char *wrong)
{
    static char path[128];
    snprintf(path, sizeof path, "%s.%s", assoc, wrong);
    return path;
}
static const char *above(const char *wrong, const char *attr)
{
    return below(wrong, attr);
}

REFUSES_FIND(in_attributes, customer_model, .attributes = KITH_NAMES("id", wrong))
REFUSES_FIND(in_where, customer_model, .where = KITH_AND(KITH_EQ("id", 1), KITH_EQ(wrong, "x")))
REFUSES_FIND(in_order, customer_model, .order = KITH_ORDER({ wrong }))
REFUSES_FIND(in_a_column, customer_model, .where = KITH_GT("id", KITH_COL(wrong)))
REFUSES_FIND(in_nested_where, invoice_model, .where = KITH_EQ(below("customer", wrong), "x"))
REFUSES_FIND(in_nested_order, invoice_model, .order = KITH_ORDER({ below("customer", wrong) }))
REFUSES_FIND(in_some, customer_model, .where = KITH_SOME("invoices", KITH_EQ(wrong, 1)))
REFUSES_FIND(in_included_attributes, customer_model,
             .include = KITH_INCLUDE({ .as = "invoices", .attributes = KITH_NAMES(wrong) }))
REFUSES_FIND(in_included_where, customer_model,
             .include = KITH_INCLUDE({ .as = "invoices", .where = KITH_EQ(wrong, 1) }))
REFUSES_FIND(in_included_order, customer_model,
             .include = KITH_INCLUDE({ .as = "invoices", .order = KITH_ORDER({ wrong }) }))
REFUSES_FIND(in_join_attributes, invoice_model,
             .include = KITH_INCLUDE({ .as = "tracks", .through = { .attributes = KITH_NAMES(wrong) } }))
REFUSES_FIND(in_join_where, invoice_model,
             .include = KITH_INCLUDE({ .as = "tracks", .through = { .where = KITH_EQ(wrong, 1) } }))
REFUSES_FIND(in_deep_attributes, customer_model,
             .include = KITH_INCLUDE({ .as = "invoices",
                                       .include = KITH_INCLUDE({ .as = "tracks", .attributes = KITH_NAMES(wrong) }) }))
REFUSES_FIND(as_include, customer_model, .include = KITH_INCLUDE({ .as = wrong }))
REFUSES_FIND(as_deep_include, customer_model,
             .include = KITH_INCLUDE({ .as = "invoices", .include = KITH_INCLUDE({ .as = wrong }) }))
REFUSES_FIND(as_path, invoice_model, .where = KITH_EQ(above(wrong, "id"), 1))
REFUSES_FIND(as_some, customer_model, .where = KITH_SOME(wrong, NULL))
REFUSES_FIND(as_counted, customer_model, .order = KITH_ORDER({ wrong, .aggregate = KITH_COUNT }))

static bool in_join_order(kith_session *s, const char *wrong)
{
    return !kith_get(s, the_invoice, "tracks", &(kith_query){ .order = KITH_ORDER({ below("line", wrong) }) });
}

static bool in_count(kith_session *s, const char *wrong)
{
    return kith_count(s, &customer_model, &(kith_query){ .where = KITH_EQ(wrong, "x") }) == -1;
}

static bool in_create(kith_session *s, const char *wrong)
{
    return !kith_create(s, &customer_model, KITH_FIELDS(KITH_F("id", 7), KITH_F(wrong, "x")));
}

static bool in_update(kith_session *s, const char *wrong)
{
    return !kith_update(s, the_customer, KITH_FIELDS(KITH_F(wrong, "x")));
}

static bool in_create_many(kith_session *s, const char *wrong)
{
    return !kith_create_many(s, &customer_model, (const kith_field *const[]){ KITH_FIELDS(KITH_F(wrong, "x")) }, 1);
}

static bool in_insert_many(kith_session *s, const char *wrong)
{
    return kith_insert_many(s, &customer_model, KITH_NAMES("id", wrong), KITH_VALUES(KITH_V(7), KITH_V("x")), 1,
                            NULL) == -1;
}

static bool in_conflict_key(kith_session *s, const char *wrong)
{
    const kith_insert_opts opts = { .on_conflict = KITH_CONFLICT_UPDATE, .key = KITH_NAMES(wrong) };
    return kith_insert_many(s, &customer_model, KITH_NAMES("emailAddress"), KITH_VALUES(KITH_V("x")), 1, &opts) == -1;
}

static bool in_conflict_update(kith_session *s, const char *wrong)
{
    const kith_insert_opts opts = { .on_conflict = KITH_CONFLICT_UPDATE, .update = KITH_NAMES(wrong) };
    return kith_insert_many(s, &customer_model, KITH_NAMES("id"), KITH_VALUES(KITH_V(1)), 1, &opts) == -1;
}

static bool in_create_related(kith_session *s, const char *wrong)
{
    return !kith_create_related(s, the_customer, "invoices", KITH_FIELDS(KITH_F(wrong, 1)), NULL);
}

static bool in_join_values(kith_session *s, const char *wrong)
{
    return !kith_add(s, the_invoice, "tracks", KITH_REFS({ .key = KITH_V(1) }),
                     &(kith_link_opts){ .through = KITH_FIELDS(KITH_F(wrong, 1)) });
}

static bool in_one_join_value(kith_session *s, const char *wrong)
{
    return !kith_set(s, the_invoice, "tracks",
                     KITH_REFS({ .key = KITH_V(1), .through = KITH_FIELDS(KITH_F(wrong, 1)) }), NULL);
}

static bool in_a_record(kith_session *s, const char *wrong)
{
    (void)s;
    return !kith_text(the_customer, wrong);
}

static bool as_get(kith_session *s, const char *wrong)
{
    return !kith_get(s, the_customer, wrong, NULL);
}

static bool as_add(kith_session *s, const char *wrong)
{
    return !kith_add(s, the_customer, wrong, KITH_REFS({ .key = KITH_V(1) }), NULL);
}

static bool as_set(kith_session *s, const char *wrong)
{
    return !kith_set(s, the_customer, wrong, KITH_NO_REFS, NULL);
}

static bool as_remove(kith_session *s, const char *wrong)
{
    return kith_remove(s, the_customer, wrong, KITH_REFS({ .key = KITH_V(1) })) == -1;
}

static bool as_has(kith_session *s, const char *wrong)
{
    return kith_has(s, the_customer, wrong, KITH_REFS({ .key = KITH_V(1) })) == -1;
}

static bool as_count(kith_session *s, const char *wrong)
{
    return kith_count_related(s, the_customer, wrong) == -1;
}

static bool as_create(kith_session *s, const char *wrong)
{
    return !kith_create_related(s, the_customer, wrong, NULL, NULL);
}

/* ---- definitions and URLs, which are given to kith_open ---- */

static kith_error refusal; /* theirs, as there is no session yet */

static void note_statement(void *ctx, const char *sql, double ms)
{
    (void)ctx;
    (void)ms;
    fail_msg("sent: %s", sql);
}

static bool open_refused(const char *url, const kith_model *const *models)
{
    kith_db *db = kith_open(url, &(kith_open_opts){ .models = models, .log = note_statement }, &refusal);
    kith_close(db);
    return !db;
}

/* A model that says names of its own attributes in its definition. */
static bool define(const kith_index *indexes, const kith_assoc *assocs, const kith_attr *reference)
{
    const kith_attr attrs[] = { { .name = "firstName", .type = KITH_STRING(40), .unique = true },
                                { .name = "lastName", .type = KITH_STRING(40) },
                                { .name = "emailAddress", .type = KITH_STRING(60) },
                                { .name = "phone", .type = KITH_STRING(24) },
                                { .name = "postalCode", .type = KITH_STRING(10) },
                                reference ? *reference : (kith_attr){ 0 },
                                { 0 } };
    const kith_model model = { .name = "client", .attrs = attrs, .indexes = indexes, .assocs = assocs };
    kith_assoc own[] = { assocs ? *assocs : (kith_assoc){ 0 }, { 0 } };
    kith_model whole = model;
    own[0].target = &whole;
    if (assocs)
        whole.assocs = own;
    return open_refused(database_url(),
                        KITH_MODELS(&whole, &customer_model, &invoice_model, &track_model, &line_model));
}

static const char *const of_client[] = { "firstName", "lastName", "emailAddress", "phone", "postalCode", NULL };

static bool in_an_index(kith_session *s, const char *wrong)
{
    (void)s;
    return define(KITH_INDEXES({ .attrs = KITH_NAMES("id", wrong) }), NULL, NULL);
}

static bool in_a_source_key(kith_session *s, const char *wrong)
{
    (void)s;
    return define(NULL, &(kith_assoc){ KITH_HAS_MANY, .as = "recruits", .source_key = wrong }, NULL);
}

static bool in_a_target_key(kith_session *s, const char *wrong)
{
    (void)s;
    return define(NULL, &(kith_assoc){ KITH_BELONGS_TO, .as = "recruiter", .target_key = wrong }, NULL);
}

static bool in_a_reference(kith_session *s, const char *wrong)
{
    (void)s;
    return define(NULL, NULL,
                  &(kith_attr){ .name = "reference",
                                .type = KITH_STRING(60),
                                .references = &customer_model,
                                .references_attr = wrong });
}

static bool in_the_url(kith_session *s, const char *wrong)
{
    char url[512];
    (void)s;
    const char *base = database_url();
    snprintf(url, sizeof url, "%s%c%s=1", base, strchr(base, '?') ? '&' : '?', wrong);
    return open_refused(url, SHOP);
}

static const char *const *url_options(void)
{
    static const char *const of_sqlite[] = { "busy_ms", "synchronous", "cache_kib", "foreign_keys", "journal", NULL };
    static const char *const of_mariadb[] = { "socket", "ssl_verify", "connect_timeout", NULL };
    static const char *const of_postgres[] = { "connect_timeout", "application_name", "sslmode", "keepalives", NULL };
    return is_on("postgres") ? of_postgres : is_on("mariadb") ? of_mariadb : of_sqlite;
}

/* ---- slips ---- */

static uint64_t chance;

static unsigned draw(size_t below_this)
{
    chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((chance >> 33) % below_this);
}

enum slip { SWAP, DROP, DOUBLE, REPLACE, CASE, UNDERSCORE, SLIPS };

/* "billingCity" as "billing_city", or with a stray underscore where there is no capital. */
static void write_with_underscore(char *to, const char *name)
{
    size_t capital = 1 + strcspn(name + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t at = name[capital] ? capital : 1 + draw(strlen(name) - 1);
    sprintf(to, "%.*s_%c%s", (int)at, name, tolower((unsigned char)name[at]), name + at + 1);
}

static void write_slip(char *to, const char *name, enum slip slip)
{
    size_t size = strlen(name), at = draw(size - 1);
    int before = (int)at;
    const char *rest = name + at;
    switch (slip) {
    case SWAP: sprintf(to, "%.*s%c%c%s", before, name, rest[1], rest[0], rest + 2); break;
    case DROP: sprintf(to, "%.*s%s", before, name, rest + 1); break;
    case DOUBLE: sprintf(to, "%.*s%c%s", before, name, rest[0], rest); break;
    case REPLACE: sprintf(to, "%.*s%c%s", before, name, "aeiourstln"[draw(10)], rest + 1); break;
    case CASE: sprintf(to, "%.*s%c%s", before, name, rest[0] ^ 0x20, rest + 1); break;
    default: write_with_underscore(to, name);
    }
}

static bool is_among(const char *word, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(*names, word) == 0)
            return true;
    return false;
}

/* ---- all of them ---- */

struct place {
    const char *name;
    bool (*refuses)(kith_session *s, const char *wrong);
    const char *const *names; /* NULL: the URL's options */
};

#define OF(names, function)                                                                                            \
    {                                                                                                                  \
#function, function, names                                                                                     \
    }
static const struct place places[] = {
    OF(of_customer, in_attributes),
    OF(of_customer, in_where),
    OF(of_customer, in_order),
    OF(of_customer, in_a_column),
    OF(of_customer, in_nested_where),
    OF(of_customer, in_nested_order),
    OF(of_invoice, in_some),
    OF(of_invoice, in_included_attributes),
    OF(of_invoice, in_included_where),
    OF(of_invoice, in_included_order),
    OF(of_line, in_join_attributes),
    OF(of_line, in_join_where),
    OF(of_line, in_join_order),
    OF(of_track, in_deep_attributes),
    OF(of_customer, in_count),
    OF(of_customer, in_create),
    OF(of_customer, in_update),
    OF(of_customer, in_create_many),
    OF(of_customer, in_insert_many),
    OF(of_customer, in_conflict_key),
    OF(of_customer, in_conflict_update),
    OF(of_invoice, in_create_related),
    OF(of_line, in_join_values),
    OF(of_line, in_one_join_value),
    OF(of_customer, in_a_record),
    OF(around_customer, as_include),
    OF(around_invoice, as_deep_include),
    OF(around_invoice, as_path),
    OF(around_customer, as_some),
    OF(around_customer, as_counted),
    OF(around_customer, as_get),
    OF(around_customer, as_add),
    OF(around_customer, as_set),
    OF(around_customer, as_remove),
    OF(around_customer, as_has),
    OF(around_customer, as_count),
    OF(around_customer, as_create),
    OF(of_client, in_an_index),
    OF(of_client, in_a_source_key),
    OF(of_client, in_a_target_key),
    OF(of_customer, in_a_reference),
    OF(NULL, in_the_url),
};

static bool names_it(const char *message, const char *right)
{
    const char *hint = strstr(message, "did you mean ");
    size_t size = strlen(right);
    return hint && strncmp(hint + 14, right, size) == 0 && strchr("'\"", hint[14 + size]);
}

/* One slip in one place. Returns whether the error names what was meant. */
static bool try_slip(kith_session *s, const struct place *place)
{
    char wrong[64];
    const char *const *names = place->names ? place->names : url_options();
    size_t count = 0;
    while (names[count])
        count++;
    const char *right = names[draw(count)];
    do
        write_slip(wrong, right, draw(SLIPS));
    while (is_among(wrong, names));
    refusal = (kith_error){ 0 };
    bool refused = place->refuses(s, wrong);
    const kith_error *e = kith_error_of(s);
    if (e)
        refusal = *e;
    if (!refused || !refusal.message[0] || (refusal.status != KITH_E_USAGE && refusal.status != KITH_E_MODEL))
        fail_msg("%s: '%s' for '%s': %s", place->name, wrong, right, refused ? refusal.message : "was not refused");
    expect_statements(0);
    bool named = names_it(refusal.message, right);
    if (!named)
        print_message("%s: '%s' for '%s': %s\n", place->name, wrong, right, refusal.message);
    kith_clear(s);
    return named;
}

/* S51, S53, S78, P38 */
static void test_shared_misspellings__a_thousand(void **state)
{
    enum { SLIPS_IN_ALL = 1000, PLACES = sizeof places / sizeof *places };
    kith_session *s = start_shop(state);
    unsigned named = 0;
    chance = 20261121;
    for (unsigned i = 0; i < SLIPS_IN_ALL; i++)
        named += try_slip(s, &places[i % PLACES]);
    print_message("%u of %u errors name what was meant\n", named, (unsigned)SLIPS_IN_ALL);
    assert_true(named >= SLIPS_IN_ALL * 95 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_misspellings__a_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
