/* preset.h: what the blocks of the guide may use without declaring it.
 *
 * The blocks of a page are one program: definitions stand at file scope, statements follow each other in main, so that
 * a later block sees the variables of an earlier one. `db` is a SQLite database in memory, opened with every model that
 * the page (or the page it names) defines and with its tables created; `s` is a session of it. A block that has a main
 * of its own stands alone and has none of this. tools/check-guide builds and runs all of it. */
#include <inttypes.h>
#include <kith/kith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static kith_db *db;
static kith_session *s;
