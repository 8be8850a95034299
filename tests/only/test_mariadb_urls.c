/* URLs of MariaDB against a real server: both schemes, sockets, and TLS with certificates that are right and wrong. */
#include "only/urls.h"

static char port[8], url[URL_SIZE];

static int set_up(void **state)
{
    (void)state;
    port_of("KITH_TEST_MARIADB", port);
    return 0;
}

static void test_only_mariadb_urls__percent_encoding(void **state)
{
    (void)state;
    expect_opens(make_url(url, "mariadb://%%6Bith:%s@127.0.0.1:%s/ki%%74h", PASSWORD_ENCODED, port));
    expect_opens(make_url(url, "mysql://kith:%s@%%31%%32%%37.0.0.1:%s/kith?connect_timeout=5", PASSWORD_ENCODED, port));
    expect_opens(make_url(url, "mysql://kith:%%6b%%69%%74%%68%%3a%%74%%65%%2f%%73%%74%%40%%31@localhost:%s/", port));
}

static void test_only_mariadb_urls__sockets(void **state)
{
    (void)state;
    const char *path = from_environment("KITH_TEST_MARIADB_SOCKET");
    expect_opens(make_url(url, "mariadb://kith:%s@/kith?socket=%s", PASSWORD_ENCODED, path));
    expect_opens(make_url(url, "mysql://kith:%s@localhost/kith?socket=%s", PASSWORD_ENCODED, path));
    expect_refused(make_url(url, "mysql://kith:%s@/kith?socket=%s-not", PASSWORD_ENCODED, path), KITH_E_CONNECTION,
                   "socket-not");
}

static void test_only_mariadb_urls__refusals(void **state)
{
    (void)state;
    expect_refused(make_url(url, "mariadb://kith@127.0.0.1:%s/kith", port), KITH_E_PERMISSION, "kith");
    expect_refused(make_url(url, "mysql://kith:secret@127.0.0.1:%s/kith", port), KITH_E_PERMISSION, "kith");
    expect_refused("mariadb://kith:secret@[::1]:1/kith", KITH_E_CONNECTION, "::1");
}

/* ---- TLS ---- */

static const kith_model status_model = {
    .name = "status",
    .table = "SESSION_STATUS",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "VARIABLE_NAME", .type = KITH_STRING(64), .primary_key = true },
                        { .name = "VARIABLE_VALUE", .type = KITH_STRING(2048) }),
};

static const char *tls_url(const char *host, const char *options, const char *ca)
{
    return make_url(url, "mariadb://kith:%s@%s:%s/information_schema%s%s", PASSWORD_ENCODED, host, port, options,
                    ca ? ca : "");
}

static void expect_tls(bool tls)
{
    kith_db *db = open_at(url, KITH_MODELS(&status_model));
    kith_session *s = kith_session_open(db);
    kith_record *version = kith_find_one(s, &status_model,
                                         &(kith_query){ .where = KITH_EQ("VARIABLE_NAME", "SSL_VERSION") });
    if (!version)
        fail_msg("%s", kith_error_of(s) ? kith_error_of(s)->message : "there is no such variable");
    assert_int_equal(strncmp(kith_text(version, "VARIABLE_VALUE"), "TLS", 3) == 0, tls);
    kith_session_close(s);
    assert_true(kith_close(db));
}

static void test_only_mariadb_urls__tls(void **state)
{
    (void)state;
    const char *ca = from_environment("KITH_TEST_CA");
    tls_url("127.0.0.1", "", NULL);
    expect_tls(false);
    tls_url("127.0.0.1", "?ssl=off", NULL);
    expect_tls(false);
    tls_url("127.0.0.1", "?ssl=on&ssl_verify=off", NULL);
    expect_tls(true);
    tls_url("localhost", "?ssl_ca=", ca);
    expect_tls(true);
    tls_url("localhost", "?ssl=on&ssl_verify=on&ssl_ca=", ca);
    expect_tls(true);
}

/* Whoever asks for TLS gets a server that is known, unless it is said that any will do. */
static void test_only_mariadb_urls__tls_that_is_not_to_be_trusted(void **state)
{
    (void)state;
    const char *ca = from_environment("KITH_TEST_CA"), *other = from_environment("KITH_TEST_OTHER_CA");
    expect_refused(tls_url("localhost", "?ssl_ca=", other), KITH_E_CONNECTION, "certificate");
    expect_refused(tls_url("127.0.0.1", "?ssl_ca=", ca), KITH_E_CONNECTION, "certificate");
    expect_refused(tls_url("localhost", "?ssl=on", NULL), KITH_E_CONNECTION, "certificate");
    expect_refused(tls_url("localhost", "?ssl_ca=", "/no/such/ca.pem"), KITH_E_CONNECTION, "SSL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_mariadb_urls__percent_encoding),
        cmocka_unit_test(test_only_mariadb_urls__sockets),
        cmocka_unit_test(test_only_mariadb_urls__refusals),
        cmocka_unit_test(test_only_mariadb_urls__tls),
        cmocka_unit_test(test_only_mariadb_urls__tls_that_is_not_to_be_trusted),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
