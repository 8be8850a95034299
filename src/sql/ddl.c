/* ddl: CREATE TABLE, CREATE INDEX, ALTER TABLE and DROP TABLE from frozen models.
 *
 * Every statement leaves alone what is there already. Does not know in which order they must run, nor which database it
 * writes for: types, checks and the words around them come from the dialect record. */
#include "sql/ddl.h"

#include "base/time.h"
#include "sql/dialect.h"

static void add(struct renderer *r, const char *text)
{
    kith__buf_add(&r->text, text);
}

static bool finish(struct renderer *r)
{
    if (r->text.failed || r->arena->failed)
        r->failed = true;
    return !r->failed;
}

/* ("a", "b") */
static void columns_of(struct renderer *r, const struct attr *const *attrs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        add(r, i ? ", " : "(");
        kith__render_name(r, attrs[i]->column);
    }
    add(r, ")");
}

/* ---- columns ---- */

/* The attribute numbers itself, and the text that says so makes it the primary key. */
static bool is_key_by_itself(const struct renderer *r, const struct attr *attr)
{
    return r->dialect->auto_increment_is_key && attr && attr->auto_increment;
}

static void bytes_literal(struct renderer *r, const kith_value *v)
{
    const unsigned char *bytes = v->as.bytes;
    add(r, r->dialect->bytes_literal[0]);
    for (size_t i = 0; i < v->size; i++)
        kith__buf_format(&r->text, "%02x", bytes[i]);
    add(r, r->dialect->bytes_literal[1]);
}

static void moment_literal(struct renderer *r, int64_t moment)
{
    char text[KITH__TIMESTAMP_TEXT] = "";
    kith__timestamp_write(moment, false, text);
    add(r, "'");
    add(r, text);
    add(r, r->dialect->moment_zone);
    add(r, "'");
}

static void text_literal(struct renderer *r, const kith_value *v)
{
    const char *text = kith__arena_text_n(r->arena, v->as.str, v->size); /* ends with NUL */
    if (text)
        kith__render_literal(r, text);
}

static void constant(struct renderer *r, const kith_value *v)
{
    switch (v->kind) {
    case KITH_BOOL: add(r, r->dialect->boolean[v->as.boolean]); break;
    case KITH_INT: kith__buf_int(&r->text, v->as.integer); break;
    case KITH_DOUBLE: kith__buf_double(&r->text, v->as.real); break;
    case KITH_STR: text_literal(r, v); break;
    case KITH_BYTES: bytes_literal(r, v); break;
    case KITH_TIMESTAMP: moment_literal(r, v->as.timestamp); break;
    default: add(r, "NULL");
    }
}

static void column(struct renderer *r, const struct attr *attr)
{
    kith__render_name(r, attr->column);
    add(r, " ");
    r->dialect->column_type(r, attr);
    if (attr->auto_increment) {
        add(r, " ");
        add(r, r->dialect->auto_increment);
    }
    if (attr->not_null && !is_key_by_itself(r, attr))
        add(r, " NOT NULL");
    if (attr->default_value.kind != KITH_ABSENT && attr->generate == KITH_GENERATE_NOTHING) {
        add(r, " DEFAULT ");
        constant(r, &attr->default_value);
    }
    if (r->dialect->column_check)
        r->dialect->column_check(r, attr);
}

/* ---- keys ---- */

static void action(struct renderer *r, const char *event, kith_action what)
{
    static const char *const words[] = {
        [KITH_CASCADE] = " CASCADE", [KITH_SET_NULL] = " SET NULL", [KITH_RESTRICT] = " RESTRICT"
    };
    if (what == KITH_NO_ACTION || what == KITH_ACTION_AUTO) /* what SQL does when nothing is said */
        return;
    add(r, event);
    add(r, words[what]);
}

static void foreign_key(struct renderer *r, const struct foreign_key *fk, const char *unless_there)
{
    add(r, "CONSTRAINT ");
    kith__render_name(r, fk->name);
    add(r, " FOREIGN KEY");
    add(r, unless_there);
    add(r, " ");
    columns_of(r, fk->attrs, fk->count);
    add(r, " REFERENCES ");
    kith__render_name(r, fk->to_table);
    for (unsigned i = 0; i < fk->count; i++) {
        add(r, i ? ", " : " (");
        kith__render_name(r, fk->to_columns[i]);
    }
    add(r, ")");
    action(r, " ON DELETE", fk->on_delete);
    action(r, " ON UPDATE", fk->on_update);
}

static void table_constraints(struct renderer *r, const struct model *m, const bool *later)
{
    bool has_key = is_key_by_itself(r, m->auto_increment);
    if (m->key_count > has_key) { /* a longer key than that is unique, so that others may refer to it */
        add(r, has_key ? ", UNIQUE " : ", PRIMARY KEY ");
        columns_of(r, m->key, m->key_count);
    }
    for (unsigned i = 0; i < m->foreign_key_count; i++) {
        if (later && later[i])
            continue;
        add(r, ", ");
        foreign_key(r, &m->foreign_keys[i], "");
    }
}

/* ---- statements ---- */

bool kith__render_create_table(struct renderer *r, const struct model *m, const bool *later)
{
    add(r, "CREATE TABLE IF NOT EXISTS ");
    kith__render_name(r, m->table);
    for (unsigned i = 0; i < m->attr_count; i++) {
        add(r, i ? ", " : " (");
        column(r, m->attrs[i]);
    }
    table_constraints(r, m, later);
    add(r, ")");
    bool is_join_table = m->key_count > 1 && !m->auto_increment;
    add(r, is_join_table ? r->dialect->join_table_suffix : r->dialect->table_suffix);
    return finish(r);
}

bool kith__render_add_foreign_key(struct renderer *r, const struct model *m, const struct foreign_key *fk)
{
    add(r, r->dialect->alter_unless_there[0]);
    add(r, "ALTER TABLE ");
    kith__render_name(r, m->table);
    add(r, " ADD ");
    foreign_key(r, fk, r->dialect->foreign_key_unless_there);
    add(r, r->dialect->alter_unless_there[1]);
    return finish(r);
}

bool kith__render_create_index(struct renderer *r, const struct model *m, const struct index *ix)
{
    add(r, ix->unique ? "CREATE UNIQUE INDEX IF NOT EXISTS " : "CREATE INDEX IF NOT EXISTS ");
    kith__render_name(r, ix->name);
    add(r, " ON ");
    kith__render_name(r, m->table);
    add(r, " ");
    columns_of(r, ix->attrs, ix->count);
    return finish(r);
}

bool kith__render_create_enum(struct renderer *r, const struct attr *attr)
{
    r->dialect->create_enum(r, attr);
    return finish(r);
}

/* Without CASCADE: a table of others that uses it keeps its column, and is the reason of an error. */
bool kith__render_drop_enum(struct renderer *r, const struct attr *attr)
{
    add(r, "DROP TYPE IF EXISTS ");
    kith__render_name(r, attr->enum_type->name);
    return finish(r);
}

bool kith__render_drop_table(struct renderer *r, const struct model *m)
{
    add(r, "DROP TABLE IF EXISTS ");
    kith__render_name(r, m->table);
    add(r, r->dialect->drop_suffix);
    return finish(r);
}
