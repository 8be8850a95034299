/* URLs of PostgreSQL as libpq's users know them, against a real server: words, sockets, several hosts, service files, and
 * TLS with certificates that are right and wrong. */
#include <unistd.h>

#include "only/urls.h"

static char port[8], url[URL_SIZE];

static int set_up(void **state)
{
    (void)state;
    port_of("KITH_TEST_POSTGRES", port);
    return 0;
}

static void test_only_postgres_urls__percent_encoding(void **state)
{
    (void)state;
    expect_opens(make_url(url, "postgres://%%6Bith:%s@127.0.0.1:%s/ki%%74h", PASSWORD_ENCODED, port));
    expect_opens(make_url(url,
                          "postgresql://kith:%%6b%%69%%74%%68%%3a%%74%%65%%2f%%73%%74%%40%%31@%%31%%32%%37.0.0.1:%s/"
                          "kith?application_name=%%61%%20b",
                          port));
    expect_opens(
        make_url(url, "postgres:///kith?host=127.0.0.1&port=%s&user=kith&password=%s", port, PASSWORD_ENCODED));
}

static void test_only_postgres_urls__words(void **state)
{
    (void)state;
    expect_opens(make_url(url, "postgres:host=127.0.0.1 port=%s user=kith password='%s' dbname=kith", port, PASSWORD));
    expect_opens(make_url(url, "postgres:host=%s port=%s user=kith password=%s dbname=kith",
                          from_environment("KITH_TEST_POSTGRES_SOCKET"), port, PASSWORD));
}

static void test_only_postgres_urls__sockets(void **state)
{
    (void)state;
    char folder[URL_SIZE] = "";
    const char *path = from_environment("KITH_TEST_POSTGRES_SOCKET");
    for (size_t size = 0; *path; path++)
        size += (size_t)snprintf(folder + size, sizeof folder - size, *path == '/' ? "%%2F" : "%c", *path);
    expect_opens(make_url(url, "postgres://kith:%s@%s:%s/kith", PASSWORD_ENCODED, folder, port));
    path = from_environment("KITH_TEST_POSTGRES_SOCKET");
    expect_opens(make_url(url, "postgres://kith:%s@/kith?host=%s&port=%s", PASSWORD_ENCODED, path, port));
    expect_refused(make_url(url, "postgres://kith:%s@/kith?host=/no/such/folder", PASSWORD_ENCODED), KITH_E_CONNECTION,
                   "/no/such/folder");
}

/* The first one that answers and is what is asked for. */
static void test_only_postgres_urls__several_hosts(void **state)
{
    (void)state;
    const char *password = PASSWORD_ENCODED;
    expect_opens(make_url(url, "postgres://kith:%s@127.0.0.1:1,127.0.0.1:%s/kith", password, port));
    expect_opens(make_url(url, "postgres://kith:%s@127.0.0.1:1,127.0.0.1:%s/kith?target_session_attrs=read-write",
                          password, port));
    expect_refused(make_url(url, "postgres://kith:%s@127.0.0.1:1,127.0.0.1:%s/kith?target_session_attrs=read-only",
                            password, port),
                   KITH_E_CONNECTION, "read-only");
    expect_refused(make_url(url, "postgres://kith:%s@127.0.0.1:1,127.0.0.1:2/kith?connect_timeout=3", password),
                   KITH_E_CONNECTION, "port 2");
    expect_refused(make_url(url, "postgres://kith:%s@[::1]:1/kith", password), KITH_E_CONNECTION, "::1");
}

/* A service file keeps the password out of the URL. */
static void test_only_postgres_urls__services(void **state)
{
    (void)state;
    char path[] = "/tmp/kith-service-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    dprintf(file, "[tests]\nhost=127.0.0.1\nport=%s\nuser=kith\npassword=%s\ndbname=kith\n", port, PASSWORD);
    close(file);
    setenv("PGSERVICEFILE", path, 1);
    expect_opens("postgres:service=tests");
    expect_opens("postgres:///?service=tests");
    expect_opens("postgres:///kith?service=tests&application_name=x");
    expect_refused("postgres:///?service=nobody", KITH_E_CONNECTION, "service");
    unsetenv("PGSERVICEFILE");
    unlink(path);
}

static void test_only_postgres_urls__passwords(void **state)
{
    (void)state;
    expect_refused(make_url(url, "postgres://kith@127.0.0.1:%s/kith", port), KITH_E_PERMISSION, "password");
    expect_refused(make_url(url, "postgres://kith:secret@127.0.0.1:%s/kith", port), KITH_E_PERMISSION, "kith");
    setenv("PGPASSWORD", PASSWORD, 1);
    expect_opens(make_url(url, "postgres://kith@127.0.0.1:%s/kith", port));
    unsetenv("PGPASSWORD");
}

/* ---- TLS ---- */

static const kith_model connection_model = {
    .name = "connection",
    .table = "pg_stat_ssl",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "pid", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "ssl", .type = KITH_BOOLEAN }),
};

static void expect_tls(bool tls)
{
    kith_db *db = open_at(url, KITH_MODELS(&connection_model));
    kith_session *s = kith_session_open(db);
    kith_record *own = kith_find_one(s, &connection_model,
                                     &(kith_query){ .where = KITH_EQ("pid", KITH_SQL_TEXT("pg_backend_pid()")) });
    assert_non_null(own);
    assert_int_equal(kith_bool(own, "ssl"), tls);
    kith_session_close(s);
    assert_true(kith_close(db));
}

static const char *tls_url(const char *host, const char *mode, const char *ca)
{
    return make_url(url, "postgres://kith:%s@%s:%s/kith?sslmode=%s%s%s", PASSWORD_ENCODED, host, port, mode,
                    ca ? "&sslrootcert=" : "", ca ? ca : "");
}

static void test_only_postgres_urls__tls(void **state)
{
    (void)state;
    const char *ca = from_environment("KITH_TEST_CA");
    tls_url("127.0.0.1", "disable", NULL);
    expect_tls(false);
    tls_url("127.0.0.1", "prefer", NULL);
    expect_tls(true);
    tls_url("127.0.0.1", "require", NULL);
    expect_tls(true);
    tls_url("127.0.0.1", "verify-ca", ca);
    expect_tls(true);
    tls_url("localhost", "verify-full", ca);
    expect_tls(true);
}

static void test_only_postgres_urls__tls_that_is_not_to_be_trusted(void **state)
{
    (void)state;
    const char *ca = from_environment("KITH_TEST_CA"), *other = from_environment("KITH_TEST_OTHER_CA");
    expect_refused(tls_url("localhost", "verify-full", other), KITH_E_CONNECTION, "certificate");
    expect_refused(tls_url("127.0.0.1", "verify-ca", other), KITH_E_CONNECTION, "certificate");
    expect_refused(tls_url("127.0.0.1", "verify-full", ca), KITH_E_CONNECTION, "certificate");
    expect_refused(tls_url("localhost", "verify-full", "/no/such/ca.pem"), KITH_E_CONNECTION, "/no/such/ca.pem");
    expect_refused(tls_url("localhost", "sometimes", NULL), KITH_E_CONNECTION, "sslmode");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_postgres_urls__percent_encoding),
        cmocka_unit_test(test_only_postgres_urls__words),
        cmocka_unit_test(test_only_postgres_urls__sockets),
        cmocka_unit_test(test_only_postgres_urls__several_hosts),
        cmocka_unit_test(test_only_postgres_urls__services),
        cmocka_unit_test(test_only_postgres_urls__passwords),
        cmocka_unit_test(test_only_postgres_urls__tls),
        cmocka_unit_test(test_only_postgres_urls__tls_that_is_not_to_be_trusted),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
