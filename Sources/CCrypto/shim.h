// OpenSSL's libcrypto (libssl-dev, 3.0 and later): digests and random bytes.
#ifndef CHARGEPI_CCRYPTO_SHIM_H
#define CHARGEPI_CCRYPTO_SHIM_H

#include <openssl/evp.h>
#include <openssl/rand.h>

#endif
