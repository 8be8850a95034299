/* value: comparing, hashing and naming values. Knows no attributes: what a value may become is schema's matter. */
#ifndef KITH_BASE_VALUE_H
#define KITH_BASE_VALUE_H

#include "kith/value.h"

bool kith__value_equal(const kith_value *a, const kith_value *b); /* same kind and content; NULL equals NULL */
bool kith__values_equal(const kith_value *a, const kith_value *b, unsigned count);
uint32_t kith__values_hash(const kith_value *values, unsigned count);
const char *kith__kind_name(int kind);                 /* "an integer", "text", … for messages */
size_t kith__value_list_count(const kith_value *list); /* up to KITH_LIST_END; 0 for NULL */

#endif
