// The binary interface of libws2811.so (rpi_ws281x 5.0), which is loaded while running, if it is
// there at all: Debian has no package of it, and nothing is linked. Declared in C, so that sizes
// and offsets are those of the platform's own rules (64-bit and armhf differ). No logic lives here.
#ifndef CHARGEPI_CWS281X_SHIM_H
#define CHARGEPI_CWS281X_SHIM_H

#include <stdint.h>

// One output: which pin, how many LEDs of which kind, and where the library keeps their colours.
typedef struct {
  int gpionum;
  int invert;
  int count;
  int strip_type;
  uint32_t *leds;  // 0xWWRRGGBB each; the library's from init to fini
  uint8_t brightness;
  uint8_t wshift;
  uint8_t rshift;
  uint8_t gshift;
  uint8_t bshift;
  uint8_t *gamma;
} cws281x_channel;

// The library's handle, filled in by its user before init.
typedef struct {
  uint64_t render_wait_time;
  void *device;
  const void *rpi_hw;
  uint32_t freq;
  int dmanum;
  cws281x_channel channel[2];
} cws281x_strip;

// ws2811_init and ws2811_render: 0, or a negative code.
typedef int (*cws281x_operation)(cws281x_strip *);
// ws2811_fini.
typedef void (*cws281x_ending)(cws281x_strip *);
// ws2811_get_return_t_str: the words of a code.
typedef const char *(*cws281x_words)(int);

#endif
