/* faulty: a driver around the one for a database, whose n-th call to a statement meets a fault: it fails and nothing is
 * sent, or something happens before it. Calls are the preparing of a statement, its sending, its running, and a script. */
#ifndef TESTS_HARNESS_FAULTY_H
#define TESTS_HARNESS_FAULTY_H

#include "kith/ext/driver.h"

/* For the drivers of kith_open_opts; the URL's scheme is that of the driver inside. NULL: there is no such driver. */
const kith_driver *const *faulty_drivers(const char *url);

/* From now on the n-th call meets the fault: `happens` is called before it, or with NULL it fails with KITH_E_BUSY.
 * Calls that `happens` makes itself are not counted. */
void faulty_arm(unsigned n, void (*happens)(void *ctx), void *ctx);
/* No more faults. Whether there was one, and the text of the statement that met it. */
bool faulty_disarm(const char **sql);

#endif
