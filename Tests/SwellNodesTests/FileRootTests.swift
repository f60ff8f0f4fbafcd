import Foundation
import SwellModel
import Synchronization
import Testing

@testable import SwellNodes

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#endif

/// Nothing leads out of the root: not what is written, and not what is put in its way.
@Suite struct FileRootTests {
  @Test(arguments: [
    ("/etc/hostname", "path_outside_root"), ("../x", "path_outside_root"),
    ("a/../../x", "path_outside_root"), ("a/..", "path_outside_root"), ("..", "path_outside_root"),
    ("a\u{0}b", "invalid_path"), ("", "invalid_path"),
  ])
  func `a path that leads out is no path`(text: String, code: String) {
    let problem = #expect(throws: RelativePath.Problem.self) { try RelativePath(text) }
    #expect(problem?.leadsOut == (code == "path_outside_root"))
  }

  @Test func `a name with two dots more is a name`() async throws {
    let folder = try ScratchFolder()
    try folder.put("x", "..a/b..txt")
    #expect(try await folder.run(.source, #"{"path": "..a/./b..txt"}"#) == #""x""#)
  }

  @Test(arguments: [
    (Node.Role.source, #"{"path": "link.txt"}"#), (.source, #"{"path": "up/secret.txt"}"#),
    (.source, #"{"path": "a/up/secret.txt"}"#), (.source, #"{"path": "same.txt"}"#),
    (.source, #"{"list": "up"}"#), (.source, #"{"list": "a/up"}"#),
    (.sink, #"{"path": "link.txt"}"#), (.sink, #"{"path": "up/new.txt"}"#),
    (.sink, #"{"path": "a/up/new/new.txt"}"#), (.sink, #"{"path": "dangling.txt"}"#),
    (.sink, #"{"path": "dangling/new.txt"}"#),
    (.sink, #"{"path": "link.txt", "format": "lines", "mode": "append"}"#),
    (.sink, #"{"path": "dangling.txt", "format": "lines", "mode": "append"}"#),
  ])
  func `no symbolic link is followed`(role: Node.Role, with: String) async throws {
    let folder = try ScratchFolder()
    let outside = folder.path + "/secret.txt"
    try Data("secret".utf8).write(to: URL(fileURLWithPath: outside))
    try folder.put("here", "here.txt")
    try folder.put("x", "a/x.txt")
    try folder.link("link.txt", to: outside)
    try folder.link("up", to: "..")
    try folder.link("a/up", to: folder.path)
    try folder.link("same.txt", to: "here.txt")
    try folder.link("dangling.txt", to: folder.path + "/new.txt")
    try folder.link("dangling", to: folder.path + "/new")
    let input = with.contains("append") ? #"["x"]"# : #""x""#
    #expect(await folder.failure(role, with, input: input) == "validation symbolic_link")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        == ["base", "secret.txt"])
    #expect(try String(contentsOfFile: outside, encoding: .utf8) == "secret")
  }

  @Test func `links that come while a path is walked are not followed either`() async throws {
    let folder = try ScratchFolder()
    let outside = folder.path + "/outside"
    try FileManager.default.createDirectory(
      atPath: outside, withIntermediateDirectories: false)
    try Data("outside".utf8).write(to: URL(fileURLWithPath: outside + "/f.txt"))
    try folder.put("inside", "a/f.txt")
    let root = folder.path + "/base"
    let isDone = Mutex(false)
    // A folder, nothing, a link, nothing, the folder: again and again. Every 16th time the link
    // and the folder stay for a moment, for a machine that runs both threads on one processor.
    let swapper = Thread {
      var turn = 0
      while !isDone.withLock({ $0 }) {
        turn += 1
        let rest = turn % 16 == 0 ? useconds_t(200) : 0
        rename(root + "/a", root + "/b")
        symlink(outside, root + "/a")
        if rest > 0 { usleep(rest) }  // sleeps: the link is to be met
        unlink(root + "/a")
        // A sink that found nothing there may have made a folder of its own and written into it.
        while rename(root + "/b", root + "/a") != 0,
          FileManager.default.fileExists(atPath: root + "/b"),
          !isDone.withLock({ $0 })
        {
          try? FileManager.default.removeItem(atPath: root + "/a")
        }
        if rest > 0 { usleep(rest) }  // sleeps: the folder is to be met
      }
    }
    swapper.start()
    var seen: [String: Int] = [:]
    func hasSeenBoth() -> Bool {
      seen[#"gave "inside""#] != nil && seen["validation symbolic_link"] != nil
    }
    let limit = ContinuousClock.now + .seconds(60)
    var round = 0
    while round < 3000 || (!hasSeenBoth() && ContinuousClock.now < limit) {
      round += 1
      seen[await folder.failure(.source, #"{"path": "a/f.txt"}"#), default: 0] += 1
      if round % 10 == 0 {
        seen[
          await folder.failure(.sink, #"{"path": "a/w.txt"}"#, input: #""w""#), default: 0] += 1
        seen[await folder.failure(.source, #"{"list": ".", "recursive": true}"#), default: 0] += 1
      }
    }
    isDone.withLock { $0 = true }
    while !swapper.isFinished { try await Task.sleep(for: .milliseconds(1)) }
    #expect(seen[#"gave "outside""#] == nil)
    #expect(seen[#"gave "inside""#] ?? 0 > 0, "\(seen)")
    #expect(seen["validation symbolic_link"] ?? 0 > 0, "\(seen)")
    #expect(!seen.keys.contains { $0.contains("outside") }, "\(seen)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["f.txt"])
  }

  @Test(arguments: [
    (Node.Role.source, #"{"path": "none.txt"}"#, "io file_not_found"),
    (.source, #"{"path": "none/none.txt"}"#, "io file_not_found"),
    (.source, #"{"list": "none"}"#, "io file_not_found"),
    (.source, #"{"path": "a"}"#, "validation not_a_file"),
    (.source, #"{"list": "a/x.txt"}"#, "validation not_a_folder"),
    (.source, #"{"path": "a/x.txt/y.txt"}"#, "validation not_a_folder"),
    (.source, #"{"path": "pipe"}"#, "validation not_a_file"),
    (.sink, #"{"path": "a"}"#, "validation not_a_file"),
    (.sink, #"{"path": "pipe"}"#, "validation not_a_file"),
    (.sink, #"{"path": "a/x.txt/y.txt"}"#, "validation not_a_folder"),
    (.sink, #"{"path": "a", "format": "lines", "mode": "append"}"#, "validation not_a_file"),
  ])
  func `what is no file, or not there, is said so`(
    role: Node.Role, with: String, failure: String
  ) async throws {
    let folder = try ScratchFolder()
    try folder.put("x", "a/x.txt")
    #expect(mkfifo(folder.path + "/base/pipe", 0o600) == 0)
    let input = with.contains("append") ? #"["x"]"# : #""x""#
    #expect(await folder.failure(role, with, input: input) == failure)
  }

  @Test func `a root that is gone is said so`() async throws {
    let folder = try ScratchFolder()
    try FileManager.default.removeItem(atPath: folder.path + "/base")
    #expect(await folder.failure(.source, #"{"path": "a"}"#) == "io root_missing")
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func `what may not be read is said so`() async throws {
    let folder = try ScratchFolder()
    try folder.put("x", "a.txt")
    #expect(chmod(folder.path + "/base/a.txt", 0) == 0)
    #expect(await folder.failure(.source, #"{"path": "a.txt"}"#) == "io permission_denied")
  }
}
