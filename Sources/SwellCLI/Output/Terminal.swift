import Foundation

/// What is written where, and whether somebody looks at it.
enum Terminal {
  enum Color: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case gray = "90"
    case bold = "1"
  }

  static let isInteractive = isTerminal(STDOUT_FILENO)
  static let isErrorInteractive = isTerminal(STDERR_FILENO)

  /// Columns and rows of the terminal behind standard output.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Writes to standard output, at once.
  static func write(_ text: String) {
    emit(text, to: STDOUT_FILENO)
  }

  static func line(_ text: String = "") {
    write(text + "\n")
  }

  /// Words about the way, not the answer.
  static func note(_ text: String) {
    emit(text + "\n", to: STDERR_FILENO)
  }

  static func warn(_ text: String) {
    note(paint("warning:", .yellow, when: isErrorInteractive) + " " + text)
  }

  static func complain(_ failure: CommandFailure) {
    note(
      paint("error:", .red, when: isErrorInteractive) + " \(failure.message) [\(failure.code)]")
    if let remedy = failure.remedy, !remedy.isEmpty { note("  \(remedy)") }
  }

  static func paint(_ text: String, _ color: Color, when condition: Bool = isInteractive) -> String
  {
    condition ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }

  private static func isTerminal(_ descriptor: Int32) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(descriptor) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  /// Whole, also to a pipe that is full. A reader that has gone ends the program as usual, or asks
  /// a command that heeds interruptions for its end; any other failure ends it with 69.
  private static func emit(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EAGAIN {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = Foundation.poll(&poll, 1, 1000)
      } else if errno == EPIPE {
        kill(getpid(), SIGTERM)
        return
      } else if errno != EINTR {
        let reason = String(cString: strerror(errno))
        if descriptor != STDERR_FILENO {
          complain(
            CommandFailure(.unavailable, "cannot_write", "the answer cannot be written: \(reason)"))
        }
        Foundation.exit(CommandFailure.Exit.unavailable.rawValue)
      }
    }
  }
}
