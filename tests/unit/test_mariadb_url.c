/* The MariaDB driver where it needs no server: what a URL asks for, and what an error's number and message mean. */
#include <string.h>

#include "driver/drivers.h"
#include "driver/mariadb_error.h"
#include "driver/mariadb_url.h"
#include "harness/test.h"
#include "unit/broken_url.h"

/* ---- URLs ----------------------------------------------------------------------------------------------------------- */

static bool read_url(const char *location, struct mariadb_settings *s, kith_error *err)
{
    kith_connect_opts opts = { .location = location, .driver = &kith__driver_mariadb };
    *err = (kith_error){ .status = KITH_OK };
    return kith__mariadb_settings(&opts, s, err);
}

static struct mariadb_settings settings_of(const char *location)
{
    struct mariadb_settings s;
    kith_error err;
    if (!read_url(location, &s, &err))
        fail_msg("%s: %s", location, err.message);
    return s;
}

static void assert_refused(const char *location, const char *words)
{
    struct mariadb_settings s;
    kith_error err;
    if (read_url(location, &s, &err))
        fail_msg("%s was taken", location);
    if (err.status != KITH_E_USAGE || !strstr(err.message, words))
        fail_msg("%s: %s: %s", location, kith_status_name(err.status), err.message);
    if (strstr(err.message, "secret"))
        fail_msg("%s: %s", location, err.message);
}

static void test_driver_mariadb_url__all_parts(void **state)
{
    (void)state;
    struct mariadb_settings s = settings_of("//ann:p%40ss%3aw@db.example.org:3307/pug%20farm");
    assert_string_equal(s.user, "ann");
    assert_string_equal(s.password, "p@ss:w");
    assert_string_equal(s.host, "db.example.org");
    assert_int_equal(s.port, 3307);
    assert_string_equal(s.database, "pug farm");
    assert_int_equal(s.number[OPTION_SSL], 0);
    assert_true(s.number[OPTION_CONNECT_TIMEOUT] > 0);
}

static void test_driver_mariadb_url__every_part_may_be_missing(void **state)
{
    (void)state;
    struct mariadb_settings s = settings_of("//");
    assert_string_equal(s.user, "");
    assert_string_equal(s.host, "");
    assert_string_equal(s.database, "");
    assert_int_equal(s.port, 0);
    s = settings_of("//localhost");
    assert_string_equal(s.host, "localhost");
    s = settings_of("///pugs");
    assert_string_equal(s.host, "");
    assert_string_equal(s.database, "pugs");
    s = settings_of("//ann@/pugs");
    assert_string_equal(s.user, "ann");
    assert_string_equal(s.password, "");
    assert_string_equal(s.host, "");
    s = settings_of("//:secret@h");
    assert_string_equal(s.user, "");
    assert_string_equal(s.password, "secret");
    s = settings_of("//h?connect_timeout=3");
    assert_string_equal(s.host, "h");
    assert_int_equal(s.number[OPTION_CONNECT_TIMEOUT], 3);
}

static void test_driver_mariadb_url__addresses(void **state)
{
    (void)state;
    struct mariadb_settings s = settings_of("//[::1]:3307/pugs");
    assert_string_equal(s.host, "::1");
    assert_int_equal(s.port, 3307);
    s = settings_of("//ann:a@b@[fe80::1]/pugs");
    assert_string_equal(s.host, "fe80::1");
    assert_string_equal(s.password, "a@b");
    assert_int_equal(s.port, 0);
    assert_int_equal(settings_of("//h:65535").port, 65535);
    assert_refused("//[::1/pugs", "\"]\"");
    assert_refused("//[::1]3306/pugs", "\":\"");
}

static void test_driver_mariadb_url__options(void **state)
{
    (void)state;
    struct mariadb_settings s = settings_of("//h/d?socket=/run/a%20b.sock&connect_timeout=7");
    assert_true(s.given[OPTION_SOCKET]);
    assert_string_equal(s.text[OPTION_SOCKET], "/run/a b.sock");
    assert_int_equal(s.number[OPTION_CONNECT_TIMEOUT], 7);
    assert_refused("//h/d?soket=/x", "did you mean \"socket\"");
    assert_refused("//h/d?zzzzzzzz=1", "connect_timeout");
    assert_refused("//h/d?connect_timeout=0", "whole number of seconds");
    assert_refused("//h/d?connect_timeout=1s", "whole number of seconds");
    assert_refused("//h/d?connect_timeout=99999999999", "whole number of seconds");
    assert_refused("//h/d?socket=", "a path");
    assert_refused("//h/d?ssl=yes", "on or off");
}

static void test_driver_mariadb_url__tls_is_verified(void **state)
{
    (void)state;
    struct mariadb_settings s = settings_of("//h/d?ssl=on");
    assert_int_equal(s.number[OPTION_SSL], 1);
    assert_int_equal(s.number[OPTION_SSL_VERIFY], 1);
    s = settings_of("//h/d?ssl=on&ssl_verify=off");
    assert_int_equal(s.number[OPTION_SSL_VERIFY], 0);
    /* A certificate means TLS. */
    s = settings_of("//h/d?ssl_ca=/ca.pem");
    assert_int_equal(s.number[OPTION_SSL], 1);
    assert_int_equal(s.number[OPTION_SSL_VERIFY], 1);
    assert_string_equal(s.text[OPTION_SSL_CA], "/ca.pem");
    assert_refused("//h/d?ssl=off&ssl_ca=/ca.pem", "exclude");
    assert_refused("//h/d?ssl_verify=on&ssl=off", "exclude");
    assert_int_equal(settings_of("//h/d?ssl=off").number[OPTION_SSL], 0);
}

static void test_driver_mariadb_url__refuses(void **state)
{
    (void)state;
    assert_refused("", "mariadb://user:password@host:port/database");
    assert_refused("pugs", "mariadb://user:password@host:port/database");
    assert_refused("/pugs", "mariadb://user:password@host:port/database");
    assert_refused("//h:/d", "port");
    assert_refused("//h:0/d", "port");
    assert_refused("//h:65536/d", "port");
    assert_refused("//h:99999999999999999999/d", "port");
    assert_refused("//h:33o6/d", "port");
    assert_refused("//h/a/b", "one name");
    assert_refused("//h/%zz", "database");
    assert_refused("//%/d", "host");
    char longest[400] = "//";
    memset(longest + 2, 'h', 300);
    assert_refused(longest, "too long");
}

/* A password that should have been encoded shows in no message. */
static void test_driver_mariadb_url__never_tells_the_password(void **state)
{
    (void)state;
    assert_refused("//ann:secret/x@h/d", "%2F");
    assert_refused("//ann:secret?x=y@h/d", "%3F");
    assert_refused("//ann:x?secret=y@h/d", "%3F");
    assert_refused("//ann:x#secret@h/d", "%23");
    assert_refused("//ann:secret%@h/d", "%25");
    assert_refused("//ann:x@secret/y@h/d", "%40");
    assert_refused("//ann:secret", "port"); /* without a host, what follows the colon is a port */
    kith_connect_opts opts = { .location = "//ann:secret%zz@h/d", .driver = &kith__driver_mysql };
    kith_error err;
    assert_false(kith__driver_mysql.check_url(&opts, &err));
    assert_non_null(strstr(err.message, "mysql:"));
    assert_null(strstr(err.message, "secret"));
}

/* Nor does it get where the client library shows it. */
static void expect_secret(const char *location)
{
    struct mariadb_settings s;
    kith_error err;
    if (!read_url(location, &s, &err)) {
        if (!err.message[0] || strstr(err.message, SECRET_PIECE))
            fail_msg("%s: %s", location, err.message);
        return;
    }
    if (strstr(s.host, SECRET_PIECE) || strstr(s.user, SECRET_PIECE) || strstr(s.database, SECRET_PIECE))
        fail_msg("%s: user %s, host %s, database %s", location, s.user, s.host, s.database);
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strstr(s.text[i], SECRET_PIECE))
            fail_msg("%s: %s", location, s.text[i]);
}

static void test_driver_mariadb_url__broken_ones_never_tell_the_password(void **state)
{
    (void)state;
    expect_broken_urls("//ann:" SECRET "@h:3306/d?ssl=on&socket=/s", expect_secret);
    expect_broken_urls("//:" SECRET "@[::1]/d", expect_secret);
    expect_broken_urls("//ann:" SECRET "@h", expect_secret);
}

/* ---- errors --------------------------------------------------------------------------------------------------------- */

static void expect_constraint(unsigned number, const char *message, kith_status status, const char *constraint)
{
    kith_error err;
    assert_false(kith__mariadb_failed(number, "23000", message, &err));
    if (err.status != status || strcmp(err.constraint, constraint) != 0)
        fail_msg("%s: %s, \"%s\"", message, kith_status_name(err.status), err.constraint);
    assert_int_equal(err.driver_code, number);
    assert_string_equal(err.sqlstate, "23000");
    assert_string_equal(err.message, message);
}

static void test_driver_mariadb_error__names_the_constraint(void **state)
{
    (void)state;
    expect_constraint(1062, "Duplicate entry 'a@b' for key 'users_email'", KITH_E_UNIQUE, "users_email");
    expect_constraint(1062, "Duplicate entry 'it's for key 'x'' for key 'PRIMARY'", KITH_E_UNIQUE, "PRIMARY");
    expect_constraint(1062, "Duplicate entry", KITH_E_UNIQUE, "");
    expect_constraint(1062, "'", KITH_E_UNIQUE, "");
    expect_constraint(1048, "Column 'email' cannot be null", KITH_E_NOT_NULL, "email");
    expect_constraint(1364, "Field 'email' doesn't have a default value", KITH_E_NOT_NULL, "email");
    expect_constraint(1452,
                      "Cannot add or update a child row: a foreign key constraint fails (`db`.`pugs`, CONSTRAINT "
                      "`pugs_ibfk_1` FOREIGN KEY (`owner`) REFERENCES `owners` (`id`))",
                      KITH_E_FOREIGN_KEY, "pugs_ibfk_1");
    expect_constraint(1451, "… (`db`.`pugs`, CONSTRAINT `a``b` FOREIGN KEY (`owner`) …)", KITH_E_FOREIGN_KEY, "a`b");
    expect_constraint(4025, "CONSTRAINT `age` failed for `db`.`pugs`", KITH_E_CHECK, "age");
    expect_constraint(1406, "Data too long for column 'email' at row 1", KITH_E_CHECK, "email");
    expect_constraint(1264, "Out of range value for column 'age' at row 1", KITH_E_CHECK, "age");
    expect_constraint(1265, "Data truncated for column 'mood' at row 1", KITH_E_CHECK, "mood");
    expect_constraint(1292, "Incorrect datetime value: '2026-02-30'", KITH_E_CHECK, "");
    expect_constraint(3819, "Check constraint 'age' is violated.", KITH_E_CHECK, "age");
    expect_constraint(1217, "Cannot delete or update a parent row: a foreign key constraint fails", KITH_E_FOREIGN_KEY,
                      "");
    expect_constraint(1213, "Deadlock found when trying to get lock `x`", KITH_E_BUSY, "");
    char message[300] = "Column '";
    memset(message + 8, 'n', 200);
    strcat(message, "' cannot be null");
    kith_error err;
    kith__mariadb_failed(1048, "23000", message, &err);
    assert_int_equal(strlen(err.constraint), sizeof err.constraint - 1);
}

static void test_driver_mariadb_error__statuses(void **state)
{
    (void)state;
    static const struct {
        unsigned number;
        kith_status status;
    } expected[] = {
        { 1062, KITH_E_UNIQUE },     { 1586, KITH_E_UNIQUE },      { 1022, KITH_E_UNIQUE },
        { 1169, KITH_E_UNIQUE },     { 1761, KITH_E_UNIQUE },      { 1762, KITH_E_UNIQUE },
        { 1859, KITH_E_UNIQUE },     { 1701, KITH_E_FOREIGN_KEY }, { 1263, KITH_E_NOT_NULL },
        { 1264, KITH_E_CHECK },      { 1265, KITH_E_CHECK },       { 1292, KITH_E_CHECK },
        { 1366, KITH_E_CHECK },      { 1406, KITH_E_CHECK },       { 1369, KITH_E_CHECK },
        { 1412, KITH_E_BUSY },       { 1637, KITH_E_BUSY },        { 1689, KITH_E_BUSY },
        { 1040, KITH_E_CONNECTION }, { 1129, KITH_E_CONNECTION },  { 1158, KITH_E_CONNECTION },
        { 1159, KITH_E_CONNECTION }, { 1160, KITH_E_CONNECTION },  { 1161, KITH_E_CONNECTION },
        { 1184, KITH_E_CONNECTION }, { 1226, KITH_E_CONNECTION },  { 1130, KITH_E_PERMISSION },
        { 1370, KITH_E_PERMISSION }, { 1820, KITH_E_PERMISSION },  { 1836, KITH_E_PERMISSION },
        { 1862, KITH_E_PERMISSION }, { 4151, KITH_E_PERMISSION },  { 1644, KITH_E_DATABASE },
        { 1205, KITH_E_BUSY },       { 1213, KITH_E_BUSY },        { 1020, KITH_E_BUSY },
        { 1969, KITH_E_TIMEOUT },    { 1317, KITH_E_TIMEOUT },     { 2002, KITH_E_CONNECTION },
        { 2006, KITH_E_CONNECTION }, { 2013, KITH_E_CONNECTION },  { 2055, KITH_E_CONNECTION },
        { 1927, KITH_E_CONNECTION }, { 1053, KITH_E_CONNECTION },  { 1045, KITH_E_PERMISSION },
        { 1142, KITH_E_PERMISSION }, { 1792, KITH_E_PERMISSION },  { 2008, KITH_E_NO_MEMORY },
        { 1064, KITH_E_DATABASE },   { 0, KITH_E_DATABASE },       { 9999, KITH_E_DATABASE },
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        if (kith__mariadb_status(expected[i].number) != expected[i].status)
            fail_msg("%u", expected[i].number);
    kith_error err;
    kith__mariadb_failed(0, "00000", "", &err);
    assert_true(err.message[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_driver_mariadb_url__all_parts),
        cmocka_unit_test(test_driver_mariadb_url__every_part_may_be_missing),
        cmocka_unit_test(test_driver_mariadb_url__addresses),
        cmocka_unit_test(test_driver_mariadb_url__options),
        cmocka_unit_test(test_driver_mariadb_url__tls_is_verified),
        cmocka_unit_test(test_driver_mariadb_url__refuses),
        cmocka_unit_test(test_driver_mariadb_url__never_tells_the_password),
        cmocka_unit_test(test_driver_mariadb_url__broken_ones_never_tell_the_password),
        cmocka_unit_test(test_driver_mariadb_error__names_the_constraint),
        cmocka_unit_test(test_driver_mariadb_error__statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
