// LMDB as Debian ships it (liblmdb-dev, 0.9.24 and later 0.9.x).
#ifndef CHARGEPI_CLMDB_SHIM_H
#define CHARGEPI_CLMDB_SHIM_H

#include <lmdb.h>

#endif
