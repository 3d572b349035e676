// What Swift's Glibc module leaves out: the kernel's word on its clock (adjtimex(2)).
#ifndef CHARGEPI_CSYSTEM_SHIM_H
#define CHARGEPI_CSYSTEM_SHIM_H

#include <sys/timex.h>

#endif
