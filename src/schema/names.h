/* names: plurals and singulars, camelCase and snake_case, the names of keys and of constraints.
 *
 * Promises the same answer on every machine and in every locale; only ASCII letters have a case here. Results lie in
 * the arena or are the argument itself; NULL only when memory is short. Does not know models.
 *
 * The rules and the choices behind them are in docs/internals/names.md. */
#ifndef KITH_SCHEMA_NAMES_H
#define KITH_SCHEMA_NAMES_H

struct kith_arena;

enum { NAME_LIMIT = 63 }; /* bytes in a name: the shortest limit among the databases */

/* Change the last word of a name and keep its letter case: user_role to user_roles, salesPerson to salesPeople, CHILD
 * to CHILDREN. A noun that has the wanted number already stays. */
const char *kith__pluralize(struct kith_arena *arena, const char *noun);
const char *kith__singularize(struct kith_arena *arena, const char *noun);

/* "user_role_id" to "userRoleId". Underscores, dashes and spaces go; the first letter stays as it is. */
const char *kith__camelize(struct kith_arena *arena, const char *text);
/* "userId" to "user_id", "HTTPServer" to "http_server". Digits stay with the letters before them. */
const char *kith__snake_case(struct kith_arena *arena, const char *text);
/* The foreign key that refers to `key` of a model: user_role and id give "userRoleId". */
const char *kith__key_name(struct kith_arena *arena, const char *owner_singular, const char *key);

/* The name when it has at most `limit` bytes; else its beginning, '_' and 8 hex digits of a hash of the whole name,
 * together at most `limit` bytes (which must be at least 9). */
const char *kith__short_name(struct kith_arena *arena, const char *name, unsigned limit);

#endif
