import Logging
import SwellStore

/// Log lines for people: time, level, message, what belongs to it.
struct TextLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    all.merge(metadataProvider?.get() ?? [:]) { _, new in new }
    all.merge(event.metadata ?? [:]) { _, new in new }
    let words = "\(event.level)".uppercased()
    let level = Self.levelNames[event.level] ?? words
    let colored = Terminal.isErrorInteractive
    let shown = Self.colors[event.level].map { Terminal.paint(level, $0, when: colored) } ?? level
    var line = Words.clock(LogClock.now()) + " " + shown + " " + "\(event.message)"
    let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted("\($0.value)"))" }
    if !pairs.isEmpty {
      line += "  " + Terminal.paint(pairs.joined(separator: " "), .gray, when: colored)
    }
    Terminal.note(line)
  }

  private static let levelNames: [Logger.Level: String] = [
    .trace: "TRACE ", .debug: "DEBUG ", .info: "INFO  ", .notice: "NOTICE", .warning: "WARN  ",
    .error: "ERROR ", .critical: "FATAL ",
  ]

  private static let colors: [Logger.Level: Terminal.Color] = [
    .trace: .gray, .debug: .gray, .notice: .blue, .warning: .yellow, .error: .red, .critical: .red,
  ]

  private static func quoted(_ text: String) -> String {
    let isPlain = !text.isEmpty && !text.contains { $0.isWhitespace || $0 == "\"" }
    return isPlain ? text : "\"" + text.replacing("\n", with: "\\n") + "\""
  }
}
