#ifndef CHARGEPI_CJANSSON_SHIM_H
#define CHARGEPI_CJANSSON_SHIM_H

// Debian's libjansson-dev, 2.14 or later: json_object_iter_key_len is new in it.
#include <jansson.h>

#endif
