// The kernel's own headers for spidev and i2c-dev (linux-libc-dev), and by name what exists only as
// macros too complex for Swift's importer.
#ifndef CHARGEPI_CLINUXBUS_SHIM_H
#define CHARGEPI_CLINUXBUS_SHIM_H

#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>

static const unsigned long CLINUXBUS_SPI_READ_MODE = SPI_IOC_RD_MODE;
static const unsigned long CLINUXBUS_SPI_WRITE_MODE = SPI_IOC_WR_MODE;
static const unsigned long CLINUXBUS_SPI_READ_BITS = SPI_IOC_RD_BITS_PER_WORD;
static const unsigned long CLINUXBUS_SPI_WRITE_BITS = SPI_IOC_WR_BITS_PER_WORD;
static const unsigned long CLINUXBUS_SPI_READ_SPEED = SPI_IOC_RD_MAX_SPEED_HZ;
static const unsigned long CLINUXBUS_SPI_WRITE_SPEED = SPI_IOC_WR_MAX_SPEED_HZ;
static const unsigned char CLINUXBUS_SPI_NO_CS = SPI_NO_CS;

// The size of the array is part of the request's number.
static inline unsigned long clinuxbus_spi_message(unsigned int count) {
  return _IOC(_IOC_WRITE, SPI_IOC_MAGIC, 0, SPI_MSGSIZE(count));
}

#endif
