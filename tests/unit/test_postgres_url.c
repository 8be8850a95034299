/* What a "postgres:" URL asks for, without a server; and that no message tells a password. */
#include <string.h>

#include "base/alloc.h"
#include "driver/postgres_url.h"
#include "harness/test.h"
#include "unit/broken_url.h"

static struct postgres_target target;
static kith_error err;

static bool read_url(const char *location)
{
    kith_connect_opts opts = { .location = location, .allocator = &kith__default_allocator };
    err = (kith_error){ .status = KITH_OK };
    return kith__postgres_target(&opts, &target, &err);
}

/* "" when libpq was not told. */
static const char *option(const char *keyword)
{
    for (const PQconninfoOption *o = target.options; o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0)
            return o->val ? o->val : "";
    return "";
}

static void expect_option(const char *location, const char *keyword, const char *value)
{
    if (!read_url(location))
        fail_msg("%s: %s", location, err.message);
    assert_string_equal(option(keyword), value);
    PQconninfoFree(target.options);
}

static void test_driver_postgres_url__parts(void **state)
{
    (void)state;
    static const char all[] = "//%61nn:p%40ss%3A%2F%3F%23%25@db.example.org:5433/pug%20farm?connect_timeout=7";
    expect_option(all, "user", "ann");
    expect_option(all, "password", "p@ss:/?#%");
    expect_option(all, "host", "db.example.org");
    expect_option(all, "port", "5433");
    expect_option(all, "dbname", "pug farm");
    expect_option(all, "connect_timeout", "7");
    expect_option("//ann@h/d", "password", "");
    expect_option("///d", "dbname", "d");
}

static void test_driver_postgres_url__hosts(void **state)
{
    (void)state;
    expect_option("//ann@[2001:db8::1]:5433/d", "host", "2001:db8::1");
    expect_option("//ann@[2001:db8::1]:5433/d", "port", "5433");
    expect_option("//ann@one:1,two,[::3]:3/d?target_session_attrs=read-write", "host", "one,two,::3");
    expect_option("//ann@one:1,two,[::3]:3/d?target_session_attrs=read-write", "port", "1,,3");
    expect_option("//ann@one:1,two/d?target_session_attrs=read-write", "target_session_attrs", "read-write");
    expect_option("//ann@%2Frun%2Fpg%20sql/d", "host", "/run/pg sql");
    expect_option("///d?host=/run/postgresql", "host", "/run/postgresql");
}

static void test_driver_postgres_url__tls_is_passed_through(void **state)
{
    (void)state;
    expect_option("//h/d?sslmode=verify-full&sslrootcert=/etc/my%20ca.pem", "sslmode", "verify-full");
    expect_option("//h/d?sslmode=verify-full&sslrootcert=/etc/my%20ca.pem", "sslrootcert", "/etc/my ca.pem");
    expect_option("//h/d?sslmode=verify-full&prepare=off&sslcert=a", "sslcert", "a");
}

static void test_driver_postgres_url__words(void **state)
{
    (void)state;
    static const char words[] = "host=/run user=ann password='a b\\'c' dbname = d service=''";
    expect_option(words, "host", "/run");
    expect_option(words, "password", "a b'c");
    expect_option(words, "dbname", "d");
}

/* What is taken must not have a piece of the password in what libpq shows when it cannot connect. */
static void expect_secret(const char *location)
{
    if (!read_url(location)) {
        if (!err.message[0] || strstr(err.message, SECRET_PIECE))
            fail_msg("%s: %s", location, err.message);
        return;
    }
    for (const PQconninfoOption *o = target.options; o->keyword; o++)
        if (o->val && strcmp(o->keyword, "password") != 0 && strstr(o->val, SECRET_PIECE))
            fail_msg("%s: %s is %s", location, o->keyword, o->val);
    PQconninfoFree(target.options);
}

static void test_driver_postgres_url__never_tells_the_password(void **state)
{
    (void)state;
    expect_broken_urls("//ann:" SECRET "@h:5432/d?sslmode=prefer&prepare=off", expect_secret);
    expect_broken_urls("//ann:" SECRET "@h,[::1]:5432/d", expect_secret);
    expect_broken_urls("host=h user=ann password=" SECRET " dbname=d", expect_secret);
    expect_broken_urls("host=h user=ann password='" SECRET "' dbname=d", expect_secret);
    expect_broken_urls("///d?user=ann&password=" SECRET "&host=h", expect_secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_driver_postgres_url__parts),
        cmocka_unit_test(test_driver_postgres_url__hosts),
        cmocka_unit_test(test_driver_postgres_url__tls_is_passed_through),
        cmocka_unit_test(test_driver_postgres_url__words),
        cmocka_unit_test(test_driver_postgres_url__never_tells_the_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
