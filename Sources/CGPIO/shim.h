// One face for libgpiod 1.6 (Debian 12) and 2.x (Debian 13), whose interfaces have nothing in common.
// Every function gives 0 or an errno; values are logical, the kernel applies active-low.
#ifndef CHARGEPI_CGPIO_SHIM_H
#define CHARGEPI_CGPIO_SHIM_H

#include <errno.h>
#include <gpiod.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// Only the header of 1.x has this macro.
#ifdef GPIOD_LINE_BULK_INITIALIZER
#define CGPIO_IS_VERSION_1 1
#endif

enum {
  CGPIO_BIAS_AS_IS = 0,
  CGPIO_BIAS_DISABLED = 1,
  CGPIO_BIAS_PULL_UP = 2,
  CGPIO_BIAS_PULL_DOWN = 3,
};

// What is asked of a line. An output gets its direction and the inactive value in one request.
typedef struct {
  unsigned int offset;
  bool is_output;
  bool is_active_low;
  int bias;
  const char *consumer;
} cgpio_wish;

// A line that is held, with the chip that it belongs to.
typedef struct {
  struct gpiod_chip *chip;
  unsigned int offset;
#ifdef CGPIO_IS_VERSION_1
  struct gpiod_line *line;
#else
  struct gpiod_line_request *request;
#endif
} cgpio_line;

static inline int cgpio_error(void) { return errno ? errno : EIO; }

static inline void cgpio_copy(char *to, size_t size, const char *from) {
  if (!size) return;
  strncpy(to, from ? from : "", size - 1);
  to[size - 1] = 0;
}

#ifdef CGPIO_IS_VERSION_1

static inline int cgpio_hold(cgpio_line *line, const cgpio_wish *wish) {
  struct gpiod_line_request_config config;
  memset(&config, 0, sizeof config);
  config.consumer = wish->consumer;
  config.request_type = wish->is_output ? GPIOD_LINE_REQUEST_DIRECTION_OUTPUT
                                        : GPIOD_LINE_REQUEST_DIRECTION_INPUT;
  if (wish->is_active_low) config.flags |= GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW;
  if (wish->bias == CGPIO_BIAS_DISABLED) config.flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
  if (wish->bias == CGPIO_BIAS_PULL_UP) config.flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
  if (wish->bias == CGPIO_BIAS_PULL_DOWN) config.flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
  line->line = gpiod_chip_get_line(line->chip, wish->offset);
  if (!line->line) return cgpio_error();
  return gpiod_line_request(line->line, &config, 0) ? cgpio_error() : 0;
}

static inline int cgpio_set(cgpio_line *line, bool is_active) {
  return gpiod_line_set_value(line->line, is_active) ? cgpio_error() : 0;
}

static inline int cgpio_get(cgpio_line *line, bool *is_active) {
  int value = gpiod_line_get_value(line->line);
  if (value < 0) return cgpio_error();
  *is_active = value;
  return 0;
}

static inline void cgpio_let_go(cgpio_line *line) { gpiod_line_release(line->line); }

static inline int cgpio_read_label(struct gpiod_chip *chip, char *label, size_t size) {
  cgpio_copy(label, size, gpiod_chip_label(chip));
  return 0;
}

static inline int cgpio_read_holder(
    struct gpiod_chip *chip, unsigned int offset, char *consumer, size_t size) {
  struct gpiod_line *line = gpiod_chip_get_line(chip, offset);
  if (!line) return cgpio_error();
  cgpio_copy(consumer, size, gpiod_line_is_used(line) ? gpiod_line_consumer(line) : "");
  return 0;
}

#else

static inline void cgpio_apply(struct gpiod_line_settings *settings, const cgpio_wish *wish) {
  gpiod_line_settings_set_direction(
      settings, wish->is_output ? GPIOD_LINE_DIRECTION_OUTPUT : GPIOD_LINE_DIRECTION_INPUT);
  gpiod_line_settings_set_active_low(settings, wish->is_active_low);
  if (wish->is_output) gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE);
  if (wish->bias == CGPIO_BIAS_DISABLED)
    gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_DISABLED);
  if (wish->bias == CGPIO_BIAS_PULL_UP)
    gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_UP);
  if (wish->bias == CGPIO_BIAS_PULL_DOWN)
    gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_DOWN);
}

static inline int cgpio_hold(cgpio_line *line, const cgpio_wish *wish) {
  struct gpiod_line_settings *settings = gpiod_line_settings_new();
  struct gpiod_line_config *lines = gpiod_line_config_new();
  struct gpiod_request_config *request = gpiod_request_config_new();
  int code = 0;
  if (!settings || !lines || !request) {
    code = ENOMEM;
  } else {
    cgpio_apply(settings, wish);
    gpiod_request_config_set_consumer(request, wish->consumer);
    if (gpiod_line_config_add_line_settings(lines, &wish->offset, 1, settings)) {
      code = cgpio_error();
    } else {
      line->request = gpiod_chip_request_lines(line->chip, request, lines);
      if (!line->request) code = cgpio_error();
    }
  }
  if (request) gpiod_request_config_free(request);
  if (lines) gpiod_line_config_free(lines);
  if (settings) gpiod_line_settings_free(settings);
  return code;
}

static inline int cgpio_set(cgpio_line *line, bool is_active) {
  enum gpiod_line_value value = is_active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
  return gpiod_line_request_set_value(line->request, line->offset, value) ? cgpio_error() : 0;
}

static inline int cgpio_get(cgpio_line *line, bool *is_active) {
  enum gpiod_line_value value = gpiod_line_request_get_value(line->request, line->offset);
  if (value == GPIOD_LINE_VALUE_ERROR) return cgpio_error();
  *is_active = value == GPIOD_LINE_VALUE_ACTIVE;
  return 0;
}

static inline void cgpio_let_go(cgpio_line *line) { gpiod_line_request_release(line->request); }

static inline int cgpio_read_label(struct gpiod_chip *chip, char *label, size_t size) {
  struct gpiod_chip_info *info = gpiod_chip_get_info(chip);
  if (!info) return cgpio_error();
  cgpio_copy(label, size, gpiod_chip_info_get_label(info));
  gpiod_chip_info_free(info);
  return 0;
}

static inline int cgpio_read_holder(
    struct gpiod_chip *chip, unsigned int offset, char *consumer, size_t size) {
  struct gpiod_line_info *info = gpiod_chip_get_line_info(chip, offset);
  if (!info) return cgpio_error();
  cgpio_copy(
      consumer, size, gpiod_line_info_is_used(info) ? gpiod_line_info_get_consumer(info) : "");
  gpiod_line_info_free(info);
  return 0;
}

#endif

// Holds a line of the chip at a path; the line is given back with `cgpio_release`.
static inline int cgpio_request(const char *path, const cgpio_wish *wish, cgpio_line **held) {
  cgpio_line *line = (cgpio_line *)calloc(1, sizeof *line);
  if (!line) return ENOMEM;
  line->offset = wish->offset;
  errno = 0;
  line->chip = gpiod_chip_open(path);
  int code = line->chip ? cgpio_hold(line, wish) : cgpio_error();
  if (code) {
    if (line->chip) gpiod_chip_close(line->chip);
    free(line);
    return code;
  }
  *held = line;
  return 0;
}

static inline void cgpio_release(cgpio_line *line) {
  cgpio_let_go(line);
  gpiod_chip_close(line->chip);
  free(line);
}

// The label of the chip at a path.
static inline int cgpio_label(const char *path, char *label, size_t size) {
  errno = 0;
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return cgpio_error();
  int code = cgpio_read_label(chip, label, size);
  gpiod_chip_close(chip);
  return code;
}

// Who holds a line; an empty string for nobody.
static inline int cgpio_holder(const char *path, unsigned int offset, char *consumer, size_t size) {
  errno = 0;
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return cgpio_error();
  int code = cgpio_read_holder(chip, offset, consumer, size);
  gpiod_chip_close(chip);
  return code;
}

#endif
