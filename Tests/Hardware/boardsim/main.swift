import Glibc

// A board with chips on the kernel's own interfaces, for tests: see Tests/Hardware/README.md.

/// Says something to whoever reads the log.
func report(_ text: String) {
  let bytes = Array("boardsim: \(text)\n".utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

guard CommandLine.arguments.count == 3, let wiring = Wiring(rawValue: CommandLine.arguments[2])
else {
  report("usage: boardsim SOCKET \(Wiring.allCases.map(\.rawValue).joined(separator: "|"))")
  exit(2)
}
// A commander that went away is no reason to end.
signal(SIGPIPE, SIG_IGN)
// hid-cp2112 waits 50 ms for an answer and no longer, whatever else runs.
var priority = sched_param(sched_priority: 10)
if sched_setscheduler(0, SCHED_FIFO, &priority) != 0 { report("no real-time priority") }
do throws(KernelFailure) {
  let loop = EventLoop()
  let board = Board(loop: loop, wiring: wiring)
  let socket = try ControlSocket(path: CommandLine.arguments[1], loop: loop) {
    (words) throws(CommandFailure) in try board.execute(words)
  }
  loop.add(socket)
  for adapter in board.adapters { try adapter.plug(loop) }
  try loop.run()
} catch {
  report(error.text)
  exit(1)
}
