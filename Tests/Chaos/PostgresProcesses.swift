import Foundation

/// The processes of one server, to be broken one by one or all at once.
struct PostgresProcesses: Sendable {
  var postmaster: Int32

  /// The postmaster, then its children.
  var all: [Int32] { [postmaster] + children }

  var children: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { parent(of: $0) == postmaster }
  }

  /// Makes the whole server stand still: who asks it gets no answer, and no refusal.
  func hang() {
    for pid in all { Foundation.kill(pid, SIGSTOP) }
    // What it had just forked.
    for pid in children { Foundation.kill(pid, SIGSTOP) }
  }

  func proceed() {
    for pid in all.reversed() { Foundation.kill(pid, SIGCONT) }
  }

  private func parent(of pid: Int32) -> Int32? {
    // "pid (name) state parent …", where the name may hold anything.
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 1 ? Int32(fields[1]) : nil
  }
}
