import Foundation
import SwellModel
import SwellNodes
import Testing

/// What a program can do, and what the attempt then is.
@Suite struct SubprocessOutcomeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var script: String
    var kind: ErrorKind?
    var code: String?

    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "exit 0", script: "echo fine"),
    Case(name: "exit 3", script: "echo why >&2; exit 3", kind: .process, code: "exit_3"),
    Case(name: "killed", script: "kill -9 $$", kind: .process, code: "signal_9"),
    Case(name: "terminated", script: "kill -15 $$", kind: .process, code: "signal_15"),
    Case(name: "output for ever", script: "yes", kind: .tooLarge, code: "output_too_large"),
    Case(
      name: "errors for ever, then a failure",
      script: "yes | head -c 5000000 >&2; echo last words >&2; exit 7", kind: .process,
      code: "exit_7"),
    Case(name: "a closed output", script: "exec >&- 2>&-; exit 0"),
    Case(
      name: "a missing command in the shell", script: "no_such_program_at_all", kind: .process,
      code: "exit_127"),
  ]

  @Test(arguments: cases) func `a program's end is the attempt's end`(_ expected: Case) async {
    let result = await SubprocessRunner.run(
      .shell(expected.script, maxStandardOutput: 100_000, maxStandardError: 1_000))
    switch result {
    case .success:
      #expect(expected.kind == nil)
    case .failure(let error):
      #expect(error.kind == expected.kind)
      #expect(error.code == expected.code)
    }
  }

  @Test func `the end of the standard error comes with the failure`() async throws {
    let script = "yes | head -c 5000000 >&2; echo last words >&2; exit 7"
    let error = try await failure(of: .shell(script, maxStandardError: 1_000))
    let text = try #require(error.context.metadata["stderr"])
    #expect(text.hasSuffix("last words\n"))
    #expect(text.utf8.count == 1_000)
    #expect(error.context.operation == "exec sh")
  }

  @Test func `output of exactly the limit is not too much`() async throws {
    let done = try await SubprocessRunner.run(
      .shell("head -c 1000 /dev/zero", maxStandardOutput: 1_000)
    ).get()
    #expect(done.standardOutput.count == 1_000)
    let error = try await failure(of: .shell("head -c 1001 /dev/zero", maxStandardOutput: 1_000))
    #expect(error.code == "output_too_large")
  }

  @Test func `a program that is missing is never retried`() async throws {
    for path in ["/no/such/program", "relative", "/bin/sh/below"] {
      let error = try await failure(of: .init(executable: path))
      #expect(error.kind == .other)
      #expect(error.code == "program_not_found")
      #expect(!error.kind.isRetryable)
    }
  }

  @Test func `a file that is no program is never retried`() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).txt").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    #expect(FileManager.default.createFile(atPath: file, contents: Data("text".utf8)))
    let plain = try await failure(of: .init(executable: file))
    #expect(plain.code == "program_not_executable")
    let folder = try await failure(of: .init(executable: "/tmp"))
    #expect(folder.code == "program_not_executable")

    try Data("#!/no/such/interpreter\n".utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    let script = try await failure(of: .init(executable: file))
    #expect(script.kind == .other)
    #expect(script.code == "program_not_found")
  }

  @Test func `what the system would cut short is refused`() async throws {
    let nul = try await failure(of: .init(executable: "/bin/echo", arguments: ["a\0b"]))
    #expect(nul.code == "invalid_argument")
    for name in ["", "A=B", "1A"] {
      let error = try await failure(of: .init(executable: "/bin/echo", environment: [name: "x"]))
      #expect(error.kind == .validation)
      #expect(error.code == "invalid_environment")
    }
    let folder = try await failure(of: .init(executable: "/bin/echo", directory: "/no/such"))
    #expect(folder.code == "directory_not_found")
    let long = try await failure(
      of: .init(
        executable: "/bin/echo", arguments: [String(repeating: "x", count: 10_000_000)]))
    #expect(long.kind == .tooLarge)
    #expect(long.code == "arguments_too_large")
  }

  @Test func `arguments and environment arrive as they are`() async throws {
    let arguments = ["a b", "", "$HOME", "`id`", "*", "\"'\\", "ü\n"]
    let echoed = try await SubprocessRunner.run(
      .init(executable: "/usr/bin/printf", arguments: ["%s|"] + arguments)
    ).get()
    #expect(
      String(decoding: echoed.standardOutput, as: UTF8.self)
        == arguments.map { $0 + "|" }.joined())
    let environment = try await SubprocessRunner.run(
      .init(
        executable: "/usr/bin/env", environment: ["ONLY": "a = b \u{1F600}"], directory: "/usr")
    ).get()
    #expect(
      String(decoding: environment.standardOutput, as: UTF8.self) == "ONLY=a = b \u{1F600}\n")
    let folder = try await SubprocessRunner.run(
      .init(executable: "/bin/pwd", directory: "/usr")
    ).get()
    #expect(folder.standardOutput == Array("/usr\n".utf8))
  }

  @Test func `ten megabytes go in and come out unchanged`() async throws {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<10_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let done = try await SubprocessRunner.run(
      .init(executable: "/bin/cat", standardInput: bytes, maxStandardOutput: 10_000_000)
    ).get()
    #expect(done.standardOutput == bytes)
  }

  @Test func `a program that leaves its input unread does no harm`() async throws {
    let bytes = [UInt8](repeating: 120, count: 10_000_000)
    let unread = try await SubprocessRunner.run(
      .init(executable: "/bin/true", standardInput: bytes)
    ).get()
    #expect(unread.standardOutput.isEmpty)
    var half = SubprocessRunner.Request.shell("head -c 10; exec <&-; echo end")
    half.standardInput = bytes
    let partly = try await SubprocessRunner.run(half).get()
    #expect(partly.standardOutput == Array("xxxxxxxxxxend\n".utf8))
  }

  @Test func `fifty programs at once each get their own answer`() async {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<50 {
        group.addTask {
          var request = SubprocessRunner.Request.shell("cat")
          request.standardInput = Array("\(number)".utf8)
          return await (try? SubprocessRunner.run(request).get().standardOutput)
            == Array("\(number)".utf8)
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
