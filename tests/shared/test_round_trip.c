/* The boundary values of every type: written in every way, read back in every way, the same bytes and the same JSON on
 * every database. Each reading is done three times, because a database may answer in another form from the second on. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/shared.h"

struct thing {
    bool flag;
    int32_t small;
    int64_t count, big, large, moment;
    double real;
    const char *string, *text, *price, *exact, *tiny, *day, *time, *uuid, *label, *json;
};

/* clang-format off */
/* What can be a key, and what is text without a limit or has no equality. */
#define KEYS(X) \
    X(string, KITH_STRING(40)) X(small, KITH_INTEGER) X(count, { .id = KITH_T_INTEGER, .is_unsigned = true }) \
    X(big, KITH_BIGINT) X(large, { .id = KITH_T_BIGINT, .is_unsigned = true }) X(flag, KITH_BOOLEAN) X(real, KITH_REAL) \
    X(price, KITH_DECIMAL(8, 2)) X(exact, KITH_DECIMAL(65, 30)) X(tiny, KITH_DECIMAL(30, 30)) X(moment, KITH_DATE) \
    X(day, KITH_DATEONLY) X(time, KITH_TIME) X(uuid, KITH_UUID) X(label, KITH_ENUM("", "it's", "größer", "b\\c"))
#define OTHERS(X) X(text, KITH_TEXT) X(json, KITH_JSON)
/* clang-format on */
#define AS_KEY(name, ...)  KITH_ATTR(struct thing, name, .type = __VA_ARGS__, .unique = true),
#define AS_ATTR(name, ...) KITH_ATTR(struct thing, name, .type = __VA_ARGS__),
#define BLOBS                                                                                                          \
    { .name = "bytes", .type = KITH_BLOB, .unique = true },                                                            \
    {                                                                                                                  \
        .name = "blob", .type = KITH_BLOB                                                                              \
    }
#define BY(name)                                                                                                       \
    .target = &copy_model, .as = "by_" #name, .foreign_key = #name, .source_key = #name, .no_constraint = true
#define AS_ASSOC(name, ...) { KITH_HAS_MANY, BY(name) },

static const kith_model copy_model, thing_model, tie_model, box_model;

static const kith_model thing_model = {
    .name = "thing",
    .no_timestamps = true,
    .struct_size = sizeof(struct thing),
    .attrs = KITH_ATTRS(KEYS(AS_KEY) OTHERS(AS_ATTR) BLOBS, { .name = "mark", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS(KEYS(AS_ASSOC){ KITH_HAS_MANY, BY(bytes) }),
};
/* Rows that share a value with a thing, in any type. */
static const kith_model copy_model = {
    .name = "copy",
    .no_timestamps = true,
    .struct_size = sizeof(struct thing),
    .attrs = KITH_ATTRS(KEYS(AS_KEY) OTHERS(AS_ATTR) BLOBS, { .name = "mark", .type = KITH_INTEGER }),
};
/* A join row with values of its own, in any type. */
static const kith_model tie_model = {
    .name = "tie",
    .no_timestamps = true,
    .struct_size = sizeof(struct thing),
    .attrs = KITH_ATTRS(KEYS(AS_KEY) OTHERS(AS_ATTR) BLOBS, { .name = "mark", .type = KITH_INTEGER }),
};
static const kith_model box_model = {
    .name = "box",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "mark", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &thing_model, .as = "main" },
                          { KITH_BELONGS_TO_MANY, .target = &thing_model, .as = "things",
                            .through_model = &tie_model }),
};
#define MODELS KITH_MODELS(&thing_model, &copy_model, &tie_model, &box_model)

/* One value: as it is given, as it is to be found again, and as JSON. */
struct round {
    const char *attr;
    kith_value given, expected;
    const char *json; /* NULL: not looked at */
};

static kith_session *writer, *reader;

static void start_round_trip(void **state)
{
    writer = start(state, MODELS);
    reader = open_session();
}

/* ---- comparing ---- */

static void expect_same(const struct round *r, kith_value found, const char *where)
{
    const kith_value *e = &r->expected;
    bool same = found.kind == e->kind;
    if (same && (e->kind == KITH_STR || e->kind == KITH_BYTES))
        same = found.size == e->size && memcmp(found.as.bytes, e->as.bytes, e->size) == 0 &&
               found.as.str[found.size] == '\0';
    else if (same && e->kind == KITH_BOOL)
        same = found.as.boolean == e->as.boolean;
    else if (same && e->kind != KITH_NULL)
        same = found.as.integer == e->as.integer; /* all 64 bits, of doubles and moments too */
    if (same)
        return;
    print_error("%s: expected %s%.40s\n", where, r->attr, r->json ? r->json : "");
    if (found.kind == KITH_STR || found.kind == KITH_BYTES)
        print_error("found %u bytes: %.80s\n", (unsigned)found.size, found.as.str);
    else
        print_error("found kind %d, %llx\n", found.kind, (unsigned long long)found.as.integer);
    fail();
}

static void expect_member(const struct round *r, const struct thing *t)
{
    size_t offset = 0;
    int ctype = 0;
    for (const kith_attr *a = thing_model.attrs; a->name; a++) {
        if (strcmp(a->name, r->attr) != 0)
            continue;
        offset = a->member.offset_plus_one - 1;
        ctype = a->member.ctype;
        if (!a->member.offset_plus_one) /* structs have no bytes */
            return;
    }
    const char *at = (const char *)t + offset;
    const kith_value *e = &r->expected;
    bool null = e->kind == KITH_NULL;
    switch (ctype) {
    case KITH_C_BOOL: assert_int_equal(*(const bool *)at, !null && e->as.boolean); break;
    case KITH_C_INT32: assert_int_equal(*(const int32_t *)(const void *)at, null ? 0 : e->as.integer); break;
    case KITH_C_INT64: assert_true(*(const int64_t *)(const void *)at == (null ? 0 : e->as.integer)); break;
    case KITH_C_DOUBLE: assert_memory_equal(at, null ? &(double){ 0 } : &e->as.real, sizeof(double)); break;
    default:
        if (null)
            assert_null(*(const char *const *)(const void *)at);
        else
            assert_memory_equal(*(const char *const *)(const void *)at, e->as.str, e->size);
    }
}

static void expect_json(const struct round *r, const kith_list *list)
{
    char expected[256];
    if (!r->json)
        return;
    snprintf(expected, sizeof expected, "[{'%s':%s}]", r->attr, r->json);
    expect_list(reader, list, expected);
}

/* ---- writing and reading ---- */

static kith_record *one(kith_list *list)
{
    must(reader, list);
    assert_int_equal(list->count, 1);
    return list->at[0];
}

static void expect_found(const struct round *r, int64_t id, const char *where)
{
    for (int run = 0; run < 3; run++) {
        kith_list *list = kith_find(reader, &thing_model,
                                    &(kith_query){ .attributes = KITH_NAMES(r->attr), .where = KITH_EQ("id", id) });
        expect_same(r, kith_value_of(one(list), r->attr), where);
        expect_json(r, list);
        struct thing *t = must(reader, KITH_STRUCTS(struct thing, reader, list));
        expect_member(r, t);
    }
}

static int64_t expect_created(const struct round *r)
{
    kith_record *made = must(writer, kith_create(writer, &thing_model, KITH_FIELDS({ r->attr, r->given })));
    expect_same(r, kith_value_of(made, r->attr), "create");
    expect_found(r, kith_int(made, "id"), "find");
    return kith_int(made, "id");
}

static void expect_updated(const struct round *r)
{
    kith_record *made = must(writer, kith_create(writer, &thing_model, KITH_FIELDS(KITH_F("mark", 1))));
    must(writer, kith_update(writer, made, KITH_FIELDS({ r->attr, r->given })));
    expect_same(r, kith_value_of(made, r->attr), "update");
    expect_found(r, kith_int(made, "id"), "find after update");
    must(writer, kith_reload(writer, made));
    expect_same(r, kith_value_of(made, r->attr), "reload");
    must(writer, kith_destroy(writer, made));
}

static void expect_only(const kith_expr *where, int64_t id)
{
    for (int run = 0; run < 3; run++) {
        kith_list *list = kith_find(reader, &thing_model, &(kith_query){ .where = where });
        assert_int_equal(kith_int(one(list), "id"), id);
        expect_number(reader, kith_count(reader, &thing_model, &(kith_query){ .where = where }), 1);
    }
}

/* The thing is the only row. */
static void expect_condition(const struct round *r, int64_t id)
{
    if (r->given.kind == KITH_NULL)
        return;
    const kith_value null = kith_of_null();
    expect_only(KITH_EQ(r->attr, r->given), id);
    expect_only(KITH_IN(r->attr, r->given), id);
    expect_only(KITH_IN(r->attr, null, r->given, r->given), id);
    expect_only(KITH_BETWEEN(r->attr, r->given, r->given), id);
    expect_number(reader, kith_count(reader, &thing_model, &(kith_query){ .where = KITH_NE(r->attr, r->given) }), 0);
    expect_number(reader, kith_count(reader, &thing_model, &(kith_query){ .where = KITH_GT(r->attr, r->given) }), 0);
    expect_number(reader, kith_count(reader, &thing_model, &(kith_query){ .where = KITH_NOT_IN(r->attr, r->given) }),
                  0);
}

/* Through a belongs-to, in the box's own statement and in one of its own. */
static void expect_included(const struct round *r, const kith_record *box)
{
    static const kith_strategy strategies[] = { KITH_JOIN,     KITH_JOIN,     KITH_JOIN,
                                                KITH_SEPARATE, KITH_SEPARATE, KITH_SEPARATE };
    for (size_t i = 0; i < sizeof strategies / sizeof *strategies; i++) {
        kith_include main_thing = { .as = "main", .strategy = strategies[i] };
        kith_list *list = kith_find(reader, &box_model,
                                    &(kith_query){ .where = KITH_EQ("id", kith_value_of(box, "id")),
                                                   .include = KITH_INCLUDE(main_thing) });
        expect_same(r, kith_value_of(must(reader, kith_one(one(list), "main")), r->attr), "include");
    }
}

/* As a value of the join row: loaded with the targets, by an include and by kith_get. */
static void expect_through(const struct round *r, kith_record *box, int64_t id)
{
    kith_list *links = must(writer, kith_add(writer, box, "things", KITH_REFS({ .key = KITH_V(id) }),
                                             &(kith_link_opts){ .through = KITH_FIELDS({ r->attr, r->given }) }));
    expect_same(r, kith_value_of(links->at[0], r->attr), "add");
    for (int run = 0; run < 3; run++) {
        kith_list *got = must(reader, kith_get(reader, box, "things", NULL));
        assert_int_equal(got->count, 1);
        expect_same(r, kith_value_of(got->links[0], r->attr), "get: join row");
        expect_same(r, kith_value_of(got->at[0], r->attr), "get: target");
        kith_list *list = kith_find(reader, &box_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "things" }) });
        const kith_list *things = kith_many(one(list), "things");
        assert_int_equal(things->count, 1);
        expect_same(r, kith_value_of(things->links[0], r->attr), "include: join row");
    }
}

/* As the key of an association: the value travels in a set of keys. */
static void expect_key(const struct round *r, int64_t id)
{
    char as[32];
    snprintf(as, sizeof as, "by_%s", r->attr);
    const kith_assoc *assoc = thing_model.assocs;
    while (assoc->kind && strcmp(assoc->as, as) != 0)
        assoc++;
    if (!assoc->kind || r->given.kind == KITH_NULL)
        return;
    must(writer, kith_create(writer, &copy_model, KITH_FIELDS({ r->attr, r->given }, KITH_F("mark", 7))));
    for (int run = 0; run < 3; run++) {
        kith_list *list = kith_find(reader, &thing_model,
                                    &(kith_query){ .where = KITH_EQ("id", id), .include = KITH_INCLUDE({ .as = as }) });
        const kith_list *copies = kith_many(one(list), as);
        if (copies->count != 1)
            fail_msg("%s %.60s is no key", r->attr, r->json ? r->json : "");
        expect_same(r, kith_value_of(copies->at[0], r->attr), "by key");
    }
}

static void clear_tables(void)
{
    kith_session_release_all(reader);
    kith_session_release_all(writer);
    must(writer, kith_execute_script(writer, "DELETE FROM ties; DELETE FROM boxes; DELETE FROM things;"
                                             " DELETE FROM copies"));
}

static void expect_round(const struct round *r)
{
    expect_updated(r);
    int64_t id = expect_created(r);
    expect_condition(r, id);
    expect_key(r, id);
    kith_record *box = must(writer, kith_create(writer, &box_model, KITH_FIELDS(KITH_F("mainId", id))));
    expect_included(r, box);
    expect_through(r, box, id);
    expect_no_error(reader);
    clear_tables();
}

#define expect_rounds(rounds)                                                                                          \
    do {                                                                                                               \
        for (size_t i_ = 0; i_ < sizeof(rounds) / sizeof *(rounds); i_++)                                              \
            expect_round(&(rounds)[i_]);                                                                               \
    } while (0)

/* What is stored as it is given. */
#define SAME(name, v, text)                                                                                            \
    {                                                                                                                  \
        (name), KITH_V(v), KITH_V(v), (text)                                                                           \
    }
#define BECOMES(name, v, out, text)                                                                                    \
    {                                                                                                                  \
        (name), KITH_V(v), KITH_V(out), (text)                                                                         \
    }

/* That nothing is sent for it. */
static void expect_refused(const char *attr, kith_value value, kith_status status)
{
    forget_statements();
    assert_null(kith_create(writer, &thing_model, KITH_FIELDS({ attr, value })));
    expect_error(writer, status, "thing", attr, "");
    expect_statements(0);
}

/* The same in a condition, when nothing could be compared with it. */
static void expect_no_value(const char *attr, kith_value value, kith_status status)
{
    expect_refused(attr, value, status);
    forget_statements();
    assert_null(kith_find(writer, &thing_model, &(kith_query){ .where = KITH_EQ(attr, value) }));
    expect_error(writer, status, "thing", attr, "");
    expect_statements(0);
}

/* ---- numbers and booleans ---- */

#define FLAG(given, stored, text)                                                                                      \
    {                                                                                                                  \
        "flag", given, kith_of_bool(stored), text                                                                      \
    }

static void test_shared_round_trip__integers(void **state)
{
    const struct round rounds[] = {
        SAME("small", INT32_MIN, "-2147483648"),
        SAME("small", INT32_MAX, "2147483647"),
        SAME("small", 0, "0"),
        SAME("small", -1, "-1"),
        SAME("count", 0, "0"),
        SAME("count", INT32_MAX, "2147483647"),
        SAME("big", INT64_MIN, "-9223372036854775808"),
        SAME("big", INT64_MAX, "9223372036854775807"),
        SAME("big", INT64_C(9007199254740993), "9007199254740993"),
        SAME("big", INT64_C(-2147483649), "-2147483649"),
        SAME("large", 0, "0"),
        SAME("large", INT64_MAX, "9223372036854775807"),
        FLAG(kith_of_bool(true), true, "true"),
        FLAG(kith_of_bool(false), false, "false"),
        FLAG(KITH_V(1), true, "true"),
        FLAG(KITH_V(0), false, "false"),
    };
    start_round_trip(state);
    expect_rounds(rounds);
    expect_refused("count", KITH_V(-1), KITH_E_VALIDATION);
    expect_refused("large", KITH_V(-1), KITH_E_VALIDATION);
    expect_no_value("large", KITH_V(UINT64_MAX), KITH_E_USAGE);
    expect_refused("small", KITH_V(INT64_C(2147483648)), KITH_E_VALIDATION);
}

/* All 64 bits; but a negative zero is stored as zero, which it equals, because not every database has one. */
static void test_shared_round_trip__doubles(void **state)
{
    const struct round rounds[] = {
        SAME("real", 0.0, "0"),
        BECOMES("real", -0.0, 0.0, "0"),
        SAME("real", 0.1, "0.1"),
        SAME("real", -0.1, "-0.1"),
        SAME("real", 1.0 / 3, "0.3333333333333333"),
        SAME("real", 2.0 / 3, "0.6666666666666666"),
        SAME("real", 5e-324, "5e-324"),
        SAME("real", 2.2250738585072009e-308, "2.225073858507201e-308"),
        SAME("real", DBL_MIN, "2.2250738585072014e-308"),
        SAME("real", DBL_MAX, "1.7976931348623157e+308"),
        SAME("real", -DBL_MAX, "-1.7976931348623157e+308"),
        SAME("real", 1e22, "1e+22"),
        SAME("real", 1e23, "1e+23"),
        SAME("real", 9007199254740992.0, "9007199254740992"),
        SAME("real", 0.30000000000000004, "0.30000000000000004"),
        SAME("real", 1.7976931348623155e+308, "1.7976931348623155e+308"),
        SAME("real", 123456789.12345679, "123456789.12345679"),
    };
    static const double too_large = DBL_MAX * 2;
    start_round_trip(state);
    expect_rounds(rounds);
    expect_no_value("real", KITH_V(too_large), KITH_E_VALIDATION);
    expect_no_value("real", KITH_V(-too_large), KITH_E_VALIDATION);
    expect_no_value("real", KITH_V(too_large - too_large), KITH_E_VALIDATION);
}

#define NINES_35  "99999999999999999999999999999999999"
#define NINES_30  "999999999999999999999999999999"
#define ZEROES_29 "00000000000000000000000000000"

static void test_shared_round_trip__decimals(void **state)
{
    const struct round rounds[] = {
        BECOMES("price", "0", "0.00", "'0.00'"),
        BECOMES("price", "-0", "0.00", "'0.00'"),
        BECOMES("price", "-0.000", "0.00", "'0.00'"),
        BECOMES("price", "+5", "5.00", "'5.00'"),
        BECOMES("price", "007.5000", "7.50", "'7.50'"),
        BECOMES("price", ".5", "0.50", "'0.50'"),
        BECOMES("price", 12, "12.00", "'12.00'"),
        SAME("price", "-0.01", "'-0.01'"),
        SAME("price", "999999.99", "'999999.99'"),
        SAME("price", "-999999.99", "'-999999.99'"),
        SAME("exact", NINES_35 "." NINES_30, "'" NINES_35 "." NINES_30 "'"),
        SAME("exact", "-" NINES_35 "." NINES_30, "'-" NINES_35 "." NINES_30 "'"),
        SAME("exact", "0." ZEROES_29 "1", "'0." ZEROES_29 "1'"),
        BECOMES("exact", INT64_MIN, "-9223372036854775808.0" ZEROES_29, "'-9223372036854775808.0" ZEROES_29 "'"),
        BECOMES("exact", "1e34", "1" ZEROES_29 "00000.0" ZEROES_29, NULL),
        SAME("tiny", "0." NINES_30, "'0." NINES_30 "'"),
        SAME("tiny", "-0." ZEROES_29 "1", "'-0." ZEROES_29 "1'"),
    };
    start_round_trip(state);
    expect_rounds(rounds);
    expect_refused("price", KITH_V("1000000"), KITH_E_VALIDATION);
    expect_refused("price", KITH_V("0.001"), KITH_E_VALIDATION);
    expect_no_value("price", KITH_V("NaN"), KITH_E_VALIDATION);
    expect_refused("tiny", KITH_V("1"), KITH_E_VALIDATION);
}

/* ---- time ---- */

#define MOMENT(microseconds, text)                                                                                     \
    {                                                                                                                  \
        "moment", kith_of_timestamp(microseconds), kith_of_timestamp(microseconds), text                               \
    }

/* The servers stand in another zone than UTC, and so does this program. */
static void test_shared_round_trip__moments(void **state)
{
    const struct round rounds[] = {
        MOMENT(0, "'1970-01-01T00:00:00.000000Z'"),
        MOMENT(-1, "'1969-12-31T23:59:59.999999Z'"),
        MOMENT(INT64_C(-62135596800000000), "'0001-01-01T00:00:00.000000Z'"),
        MOMENT(INT64_C(-62135596799999999), "'0001-01-01T00:00:00.000001Z'"),
        MOMENT(INT64_C(253402300799999999), "'9999-12-31T23:59:59.999999Z'"),
        MOMENT(INT64_C(951782400000001), "'2000-02-29T00:00:00.000001Z'"),
        MOMENT(INT64_C(-2203891200000000), "'1900-03-01T00:00:00.000000Z'"),
        MOMENT(INT64_C(-12219292800000000), "'1582-10-15T00:00:00.000000Z'"),
        MOMENT(INT64_C(2147483648000000), "'2038-01-19T03:14:08.000000Z'"),
        MOMENT(INT64_C(1774749600000000), "'2026-03-29T02:00:00.000000Z'"), /* a time that some zones leap over */
        { "moment", KITH_V("2026-11-21T09:39:00.5+05:45"), kith_of_timestamp(INT64_C(1795233240500000)),
          "'2026-11-21T03:54:00.500000Z'" },
        { "moment", KITH_V("2026-11-21"), kith_of_timestamp(INT64_C(1795219200000000)),
          "'2026-11-21T00:00:00.000000Z'" },
    };
    setenv("TZ", "Europe/Vienna", 1);
    start_round_trip(state);
    expect_rounds(rounds);
    expect_no_value("moment", kith_of_timestamp(INT64_C(-62135596800000001)), KITH_E_VALIDATION);
    expect_no_value("moment", kith_of_timestamp(INT64_C(253402300800000000)), KITH_E_VALIDATION);
    expect_no_value("moment", KITH_V("2026-02-29"), KITH_E_VALIDATION);
    unsetenv("TZ");
}

static void test_shared_round_trip__days_and_times(void **state)
{
    const struct round rounds[] = {
        SAME("day", "0001-01-01", "'0001-01-01'"),
        SAME("day", "1582-10-10", "'1582-10-10'"),
        SAME("day", "1969-12-31", "'1969-12-31'"),
        SAME("day", "2000-02-29", "'2000-02-29'"),
        SAME("day", "9999-12-31", "'9999-12-31'"),
        { "day", kith_of_timestamp(-1), KITH_V("1969-12-31"), "'1969-12-31'" },
        SAME("time", "00:00:00", "'00:00:00'"),
        SAME("time", "23:59:59.999999", "'23:59:59.999999'"),
        SAME("time", "00:00:00.000001", "'00:00:00.000001'"),
        BECOMES("time", "09:39", "09:39:00", "'09:39:00'"),
        BECOMES("time", "09:39:00.5", "09:39:00.500000", "'09:39:00.500000'"),
        BECOMES("time", "09:39:00.000000", "09:39:00", "'09:39:00'"),
    };
    start_round_trip(state);
    expect_rounds(rounds);
    expect_no_value("day", KITH_V("0000-01-01"), KITH_E_VALIDATION);
    expect_no_value("day", KITH_V("1900-02-29"), KITH_E_VALIDATION);
    expect_no_value("day", KITH_V("10000-01-01"), KITH_E_VALIDATION);
    expect_no_value("time", KITH_V("24:00:00"), KITH_E_VALIDATION);
    expect_no_value("time", KITH_V("23:59:60"), KITH_E_VALIDATION);
    expect_no_value("time", KITH_V("-00:00:01"), KITH_E_VALIDATION);
}

/* ---- text ---- */

static void test_shared_round_trip__text(void **state)
{
    static const char *const texts[][2] = {
        { "", "''" },
        { " ", "' '" },
        { "a  ", "'a  '" },
        { "\t\n\r", "'\\t\\n\\r'" },
        { "it's", NULL },
        { "\\", "'\\\\'" },
        { "\\0\\x41\\'", NULL },
        { "$1 ? :a @b #c -- /* */ ;", "'$1 ? :a @b #c -- /* */ ;'" },
        { "{a,\"b\"}", NULL },
        { "[1]", "'[1]'" },
        { "NULL", "'NULL'" },
        { "\x01\x1F\x7F", "'\\u0001\\u001f\x7F'" },
        { "\xF0\x9F\x90\xB6", "'\xF0\x9F\x90\xB6'" },
        { "\xF4\x8F\xBF\xBF", "'\xF4\x8F\xBF\xBF'" }, /* the last code point */
        { "\xEF\xBB\xBF"
          "bom",
          "'\xEF\xBB\xBF"
          "bom'" },
        { "e\xCC\x81", "'e\xCC\x81'" },
        { "\xC3\xA9", "'\xC3\xA9'" },
        { "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF", "'\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF'" },
    };
    start_round_trip(state);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect_round(&(struct round)SAME("string", texts[i][0], texts[i][1]));
        expect_round(&(struct round)SAME("text", texts[i][0], texts[i][1]));
    }
    expect_no_value("text", kith_of_text("a\0b", 3), KITH_E_VALIDATION);
    expect_no_value("string", kith_of_text("\0", 1), KITH_E_VALIDATION);
    expect_no_value("text", KITH_V("\xED\xA0\x80"), KITH_E_VALIDATION); /* half of a pair */
    expect_no_value("text", KITH_V("\xC0\x80"), KITH_E_VALIDATION);
    expect_no_value("text", KITH_V("\xF4\x90\x80\x80"), KITH_E_VALIDATION);
}

/* The length of a STRING is one of characters, whatever bytes they take. */
static void test_shared_round_trip__lengths(void **state)
{
    char dogs[40 * 4 + 5] = "";
    start_round_trip(state);
    for (int i = 0; i < 40; i++)
        strcat(dogs, "\xF0\x9F\x90\xB6");
    expect_round(&(struct round)SAME("string", dogs, NULL));
    expect_refused("string", KITH_V(strcat(dogs, "x")), KITH_E_VALIDATION);
}

static void test_shared_round_trip__uuids_and_labels(void **state)
{
    const struct round rounds[] = {
        SAME("uuid", "00000000-0000-0000-0000-000000000000", "'00000000-0000-0000-0000-000000000000'"),
        SAME("uuid", "ffffffff-ffff-ffff-ffff-ffffffffffff", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"),
        BECOMES("uuid", "F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
                "'f81d4fae-7dec-41d0-a765-00a0c91e6bf6'"),
        SAME("label", "", "''"),
        SAME("label", "it's", NULL),
        SAME("label", "größer", "'größer'"),
        SAME("label", "b\\c", "'b\\\\c'"),
    };
    start_round_trip(state);
    expect_rounds(rounds);
    expect_no_value("uuid", KITH_V("f81d4fae7dec41d0a76500a0c91e6bf6"), KITH_E_VALIDATION);
    expect_no_value("label", KITH_V("It's"), KITH_E_VALIDATION);
    expect_no_value("label", KITH_V("it's "), KITH_E_VALIDATION);
}

/* ---- JSON and bytes ---- */

/* The text itself: blanks, the order of members, members given twice, every digit. */
static void test_shared_round_trip__json(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "null",
        "false",
        "0",
        "-0.0",
        "\"\"",
        "\"\\u0000\\u00e4\\ud83d\\udc36\"",
        "{\"b\":1,\"a\":2,\"b\":3}",
        " {\t\"a\" :\n[ 1 , 2.50 ]\r} ",
        "123456789012345678901234567890.123456789012345678901234567890",
        "[1e300,-1E-300,12345678901234567890]",
        "{\"\":{\"ä\":\"\xF0\x9F\x90\xB6\\\\\\/'\"}}",
    };
    start_round_trip(state);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_round(&(struct round)SAME("json", texts[i], NULL));
    expect_round(&(struct round)SAME("json", "{\"a\":[1, 2]}", "{'a':[1, 2]}"));
    expect_round(&(struct round)BECOMES("json", 1, "1", "1"));
    expect_round(&(struct round)BECOMES("json", 0.5, "0.5", "0.5"));
    expect_no_value("json", KITH_V("[1,]"), KITH_E_VALIDATION);
    expect_no_value("json", KITH_V("{'a':1}"), KITH_E_VALIDATION);
    expect_no_value("json", KITH_V("1 2"), KITH_E_VALIDATION);
    expect_no_value("json", KITH_V("\"\\ud83d\""), KITH_E_VALIDATION);
    expect_no_value("json", kith_of_text("1\0", 2), KITH_E_VALIDATION);
}

/* [[[…]]], so many levels of them */
static const char *nested(char *to, size_t depth)
{
    memset(to, '[', depth);
    memset(to + depth, ']', depth);
    to[2 * depth] = '\0';
    return to;
}

/* As deep as the database that takes least. */
static void test_shared_round_trip__nested_json(void **state)
{
    char text[256];
    start_round_trip(state);
    expect_round(&(struct round)SAME("json", nested(text, 31), NULL));
    expect_round(&(struct round)SAME("json", "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}", NULL));
    for (size_t depth = 32; depth < 80; depth += 16)
        expect_no_value("json", KITH_V(nested(text, depth)), KITH_E_VALIDATION);
}

static void test_shared_round_trip__bytes(void **state)
{
    unsigned char all[512];
    for (int i = 0; i < 512; i++)
        all[i] = (unsigned char)i;
#define BYTES(at, size, text)                                                                                          \
    {                                                                                                                  \
        "bytes", kith_of_bytes(at, size), kith_of_bytes(at, size), text                                                \
    }
    const struct round rounds[] = {
        BYTES("", 0, "''"),
        BYTES("\0", 1, "'AA=='"),
        BYTES("\0\0\0", 3, "'AAAA'"),
        BYTES("a\0", 2, "'YQA='"),
        BYTES("a ", 2, "'YSA='"),
        BYTES("\\x41", 4, "'XHg0MQ=='"),
        BYTES(all, 256, NULL),
        BYTES(all + 128, 256, NULL),
        BYTES("\xFF\xFE", 2, "'//4='"),
        { "bytes", KITH_V("text"), kith_of_bytes("text", 4), "'dGV4dA=='" },
    };
    start_round_trip(state);
    expect_rounds(rounds);
}

/* ---- conditions ---- */

#define expect_count(n, ...)                                                                                           \
    expect_number(reader, kith_count(reader, &thing_model, &(kith_query){ .where = __VA_ARGS__ }), (n))

/* A condition may compare with what could not be stored. */
static void test_shared_round_trip__conditions_beyond_the_type(void **state)
{
    static const char long_text[] = "0123456789012345678901234567890123456789x";
    start_round_trip(state);
    must(writer, kith_create(writer, &thing_model,
                             KITH_FIELDS(KITH_F("small", INT32_MAX), KITH_F("count", 0), KITH_F("large", 0),
                                         KITH_F("string", "01"), KITH_F("price", "0.01"))));
    expect_count(0, KITH_EQ("small", INT64_C(2147483648)));
    expect_count(1, KITH_NE("small", INT64_C(2147483648)));
    expect_count(1, KITH_LT("small", INT64_C(2147483648)));
    expect_count(1, KITH_GT("small", INT64_MIN));
    expect_count(1, KITH_IN("small", KITH_V(INT64_MAX), KITH_V(INT32_MAX)));
    expect_count(1, KITH_BETWEEN("small", INT64_MIN, INT64_MAX));
    expect_count(1, KITH_GT("count", -1));
    expect_count(0, KITH_EQ("count", -1));
    expect_count(1, KITH_GT("large", INT64_MIN));
    expect_count(0, KITH_LT("large", -1));
    expect_count(0, KITH_EQ("string", long_text));
    expect_count(1, KITH_LT("string", long_text));
    expect_count(0, KITH_EQ("price", "0.010000000001"));
    expect_count(1, KITH_EQ("price", "0.0100"));
    expect_count(1, KITH_LT("price", "0.010000000000000000000000000001"));
    expect_count(1, KITH_GT("price", "-99999999999999999999999999999999999"));
    expect_no_error(reader);
}

/* ---- large ---- */

enum { LARGE = 5 * 1024 * 1024 };

static void test_shared_round_trip__large(void **state)
{
    static char text[LARGE + 1];
    for (int i = 0; i < LARGE; i++)
        text[i] = (char)(i % 251);
    start_round_trip(state);
    expect_created(&(struct round){ "blob", kith_of_bytes(text, LARGE), kith_of_bytes(text, LARGE), NULL });
    clear_tables();
    for (int i = 0; i < LARGE; i++)
        text[i] = (char)('!' + i % 90);
    text[LARGE] = '\0';
    const struct round large = SAME("text", text, NULL);
    int64_t id = expect_created(&large);
    expect_only(KITH_EQ("text", large.given), id);
}

/* ---- NULL ---- */

static void test_shared_round_trip__null(void **state)
{
    start_round_trip(state);
    for (const kith_attr *a = thing_model.attrs; strcmp(a->name, "mark") != 0; a++)
        expect_round(&(struct round){ a->name, kith_of_null(), kith_of_null(), "null" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_round_trip__integers),
        SHARED_TEST(test_shared_round_trip__doubles),
        SHARED_TEST(test_shared_round_trip__decimals),
        SHARED_TEST(test_shared_round_trip__moments),
        SHARED_TEST(test_shared_round_trip__days_and_times),
        SHARED_TEST(test_shared_round_trip__text),
        SHARED_TEST(test_shared_round_trip__lengths),
        SHARED_TEST(test_shared_round_trip__uuids_and_labels),
        SHARED_TEST(test_shared_round_trip__json),
        SHARED_TEST(test_shared_round_trip__nested_json),
        SHARED_TEST(test_shared_round_trip__bytes),
        SHARED_TEST(test_shared_round_trip__conditions_beyond_the_type),
        SHARED_TEST(test_shared_round_trip__large),
        SHARED_TEST(test_shared_round_trip__null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
