/* kith.h: an object-relational mapper for C. Include this; the parts are for reading. */
#ifndef KITH_H
#define KITH_H

#include "kith/db.h"
#include "kith/each.h"
#include "kith/error.h"
#include "kith/explain.h"
#include "kith/expr.h"
#include "kith/find.h"
#include "kith/graph.h"
#include "kith/hook.h"
#include "kith/model.h"
#include "kith/page.h"
#include "kith/stream.h"
#include "kith/tree.h"
#include "kith/value.h"
#include "kith/watch.h"
#include "kith/write.h"

#endif
