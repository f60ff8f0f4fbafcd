import Foundation

/// Processor time of processes, as Linux tells it in `/proc`; nil elsewhere.
enum ProcessorTime {
  /// Seconds that a process has used.
  static func seconds(of pid: Int32) -> Double? {
    stat(pid).map { Double($0.own) / ticksPerSecond }
  }

  /// Seconds that a server has used: its first process, its children, and those that have ended.
  static func seconds(ofServer postmaster: Int32) -> Double? {
    guard let parent = stat(postmaster) else { return nil }
    var ticks = parent.own + parent.ended
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for name in names {
      guard let pid = Int32(name), let child = stat(pid), child.parent == postmaster else {
        continue
      }
      ticks += child.own
    }
    return Double(ticks) / ticksPerSecond
  }

  /// The memory that a process occupies, in bytes.
  static func residentBytes(of pid: Int32) -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      let words = line.split(whereSeparator: \.isWhitespace)
      return words.count > 1 ? Double(words[1]).map { $0 * 1024 } : nil
    }
    return nil
  }

  private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

  private struct Stat {
    var parent: Int32
    var own: Int
    var ended: Int
  }

  private static func stat(_ pid: Int32) -> Stat? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let close = text.lastIndex(of: ")")
    else { return nil }
    // Behind the name: state, ppid, … utime, stime, cutime, cstime as fields 14 to 17 of proc(5).
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 14, let parent = Int32(fields[1]), let user = Int(fields[11]),
      let system = Int(fields[12]), let endedUser = Int(fields[13]),
      let endedSystem = Int(fields[14])
    else { return nil }
    return Stat(parent: parent, own: user + system, ended: endedUser + endedSystem)
  }
}
