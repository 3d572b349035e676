import Glibc
import Testing

/// A libws2811.so made of C on the spot, which notes what it is called with.
final class FakeLibrary {
  let path: String
  private let directory: String
  /// Held open, so that its notes outlive the driver's use of it.
  private let handle: UnsafeMutableRawPointer

  static let hasCompiler: Bool = run(["cc", "--version"]) == 0

  init(options: [String] = []) throws {
    let folder = try Self.makeDirectory()
    directory = folder
    path = folder + "/libws2811.so"
    let source = folder + "/fake.c"
    let file = try #require(fopen(source, "w"))
    fputs(Self.source, file)
    fclose(file)
    let status = Self.run(["cc", "-shared", "-fPIC", "-o", path, source] + options)
    try #require(status == 0, "the fake library does not compile")
    handle = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
  }

  deinit {
    dlclose(handle)
    for name in ["/fake.c", "/libws2811.so"] { unlink(directory + name) }
    rmdir(directory)
  }

  /// A number that it has noted.
  func number(_ name: String) -> Int32 {
    dlsym(handle, name)?.load(as: Int32.self) ?? .min
  }

  /// How often init, render and fini were called.
  var calls: [Int32] {
    [number("fake_inits"), number("fake_renders"), number("fake_finis")]
  }

  /// The colours of the last frame.
  func colours(_ count: Int) -> [UInt32] {
    guard let first = dlsym(handle, "fake_leds") else { return [] }
    return (0..<count).map { first.load(fromByteOffset: $0 * 4, as: UInt32.self) }
  }

  private static func makeDirectory() throws -> String {
    var template = Array("/tmp/chargepi-ws2811-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    return String(cString: made)
  }

  /// Runs a program quietly, and waits for it; -1 when there is none.
  private static func run(_ words: [String]) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    guard posix_spawnp(&child, words[0], &actions, nil, &arguments, environ) == 0 else { return -1 }
    var status: Int32 = 0
    guard waitpid(child, &status, 0) == child else { return -1 }
    return status
  }

  /// The library's interface in words of its own, as its header has it.
  private static let source = """
    #include <stdint.h>
    #include <stdlib.h>
    typedef struct {
      int gpionum, invert, count, strip_type;
      uint32_t *leds;
      uint8_t brightness, wshift, rshift, gshift, bshift;
      uint8_t *gamma;
    } channel_t;
    typedef struct {
      uint64_t render_wait_time;
      void *device;
      const void *rpi_hw;
      uint32_t freq;
      int dmanum;
      channel_t channel[2];
    } handle_t;
    _Static_assert(sizeof(void *) != 8 || sizeof(handle_t) == 112, "size");
    #ifndef INIT_CODE
    #define INIT_CODE 0
    #endif
    #ifndef RENDER_CODE
    #define RENDER_CODE 0
    #endif
    int fake_inits, fake_renders, fake_finis, fake_channel, fake_gpionum, fake_invert, fake_count;
    int fake_strip_type, fake_freq, fake_dmanum, fake_brightness;
    uint32_t fake_leds[64];
    int ws2811_init(handle_t *handle) {
      fake_inits++;
      if (INIT_CODE) return INIT_CODE;
      fake_channel = handle->channel[0].count > 0 ? 0 : 1;
      channel_t *channel = &handle->channel[fake_channel];
      fake_gpionum = channel->gpionum;
      fake_invert = channel->invert;
      fake_count = channel->count;
      fake_strip_type = channel->strip_type;
      fake_brightness = channel->brightness;
      fake_freq = (int)handle->freq;
      fake_dmanum = handle->dmanum;
      channel->leds = calloc(channel->count, 4);
      handle->device = handle;
      return 0;
    }
    int ws2811_render(handle_t *handle) {
      fake_renders++;
      channel_t *channel = &handle->channel[fake_channel];
      for (int i = 0; i < channel->count && i < 64; i++) fake_leds[i] = channel->leds[i];
      return RENDER_CODE;
    }
    #ifndef NO_FINI
    void ws2811_fini(handle_t *handle) {
      if (handle->device != handle) abort();
      handle->device = 0;
      free(handle->channel[fake_channel].leds);
      fake_finis++;
    }
    #endif
    const char *ws2811_get_return_t_str(int code) {
      return code == -3 ? "words of -3" : code == -10 ? "words of -10" : "other words";
    }
    """
}
