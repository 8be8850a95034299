/* kith/hook.h: functions of yours that run when rows are written.
 *
 * A model has hooks (.hooks), join models too, also those that Kith makes (.through_hooks of the association), and a
 * database may have hooks for all its models (.hooks of kith_open). A hook runs on the session's thread, inside the call
 * that writes. That call is then all or nothing together with its hooks: it runs in a transaction, or in a savepoint
 * where one is open. A hook may use the session for anything but ending that transaction.
 *
 *     static bool check_in(kith_session *s, kith_hook_call *call, void *ctx)
 *     {
 *         if (kith_hook_value(call, "age").as.integer < 1)
 *             return kith_hook_refuse(call, "age", "is too young to be left here");
 *         return kith_hook_set(call, "arrivedAt", kith_of_timestamp(now()));
 *     }
 *     const kith_model pug_model = { …, .hooks = KITH_HOOKS({ KITH_BEFORE_CREATE, check_in }) };
 *
 * What runs, in this order: the bulk hook before; for each row before_validate; validation of all rows; for each row
 * after_validate; for each row the single hook before; the statements; for each row the single hook after; the bulk hook
 * after. Values that were set after validation are validated again. The hooks of one event run in the order of their
 * table, those of kith_open first.
 *
 *     kith_create                       single hooks of create
 *     kith_update, kith_destroy         single hooks of update, of destroy
 *     kith_create_many                  single and bulk hooks of create
 *     kith_insert_many                  bulk hooks of create; single ones too with .each_hooks; there are no records
 *     kith_find_or_create,              single hooks of create, before and, when the row is new, after; and of the
 *     kith_ensure_related               link, as below
 *     kith_add, kith_set, kith_remove,  through a join table: single and bulk hooks of the join model, of create for
 *     kith_create_related               new links (and those that come back after a soft removal), of update for links
 *                                       that get other values, of destroy for those removed; a link that stays as it is
 *                                       has none. has-many and has-one: single and bulk hooks of update of the targets.
 *                                       belongs-to: single hooks of update of the source. A target that is made: single
 *                                       hooks of create.
 *     kith_create_related_many          the same; of the targets that are made also the bulk hooks of create
 *     kith_save, kith_save_many         single and bulk hooks: of create for rows and links that are new, of update for those
 *                                       that change and for targets that get or lose a key, of destroy for links that go.
 *                                       Rows of an upsert are read first then, to tell which is which; one that another
 *                                       session makes in between is taken for new
 *
 * The database's own cascades, kith_execute and kith_execute_script run no hooks. Where another session may make the
 * same link at the same moment, the call undoes what it did and tries again, so its hooks may run again as well: what
 * they do in the session is undone, what they do elsewhere is not. */
#ifndef KITH_HOOK_H
#define KITH_HOOK_H

#include "kith/find.h"

KITH_BEGIN_DECLS

/* A hook that returns false makes the call fail: with the error that it met or with what kith_hook_refuse said.
 * Otherwise with KITH_E_VALIDATION, which says that it gave no reason. A mistake in one of these calls (a name that the
 * model does not have) makes the call fail, too, whatever the hook returns. kith_hook_call and all that comes from it are
 * valid until the hook returns. Hooks that write rows with hooks may go 16 deep; then KITH_E_USAGE. */

KITH_API kith_event kith_hook_event(const kith_hook_call *call);
/* Whose rows they are. */
KITH_API const kith_model *kith_hook_model(const kith_hook_call *call);

/* How many rows the hook is called about: 1 for single hooks. The calls below speak of row 0, until kith_hook_row chooses
 * another one; that returns false where there is none.
 *     for (size_t i = 0; kith_hook_row(call, i); i++) … */
KITH_API size_t kith_hook_count(const kith_hook_call *call);
KITH_API bool kith_hook_row(kith_hook_call *call, size_t row);

/* The value that the row will have, and after the statement, has. KITH_ABSENT where that is not known: the database
 * decides it, or the record was loaded without it. May be an expression that the caller gave. */
KITH_API kith_value kith_hook_value(kith_hook_call *call, const char *attr);
/* The value that the row had before it is updated or destroyed; KITH_ABSENT where it had none, or it is not known. */
KITH_API kith_value kith_hook_old(kith_hook_call *call, const char *attr);
/* Does this call give the attribute a value, and, as far as is known, another one than it had? */
KITH_API bool kith_hook_changes(kith_hook_call *call, const char *attr);
/* The row as a record: the one that is updated or destroyed, after create the new one. NULL before create, and in
 * kith_insert_many. Use it as the record of any call with this session. */
KITH_API kith_record *kith_hook_record(kith_hook_call *call);

/* Gives the row another value, which is copied and checked like a given one. Only before the row is created or updated,
 * no expressions, and not what an association decides. False on failure.
 *     return kith_hook_set(call, "slug", KITH_V(slug)); */
KITH_API bool kith_hook_set(kith_hook_call *call, const char *attr, kith_value value);

/* Makes the call fail with KITH_E_VALIDATION, the model and this attribute. attr may be NULL. Returns false.
 *     return kith_hook_refuse(call, "age", "is too young"); */
KITH_API bool kith_hook_refuse(kith_hook_call *call, const char *attr, const char *message);

KITH_END_DECLS

#endif
