/* test: cmocka with the headers that it wants before it, in an order that clang-format leaves alone. */
#ifndef TESTS_HARNESS_TEST_H
#define TESTS_HARNESS_TEST_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
