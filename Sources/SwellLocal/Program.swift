import Subprocess

/// Runs one of PostgreSQL's programs to its end and keeps what it printed.
struct Program: Sendable {
  var path: String
  var arguments: [String]
  var user: ServerUser?

  struct Ending: Sendable {
    /// The exit code, or nil when a signal ended the program.
    var exitCode: Int?
    var output: String
    var errors: String

    var succeeded: Bool { exitCode == 0 }

    /// The last lines of what it printed, for an error.
    var tail: String {
      let lines = (output + "\n" + errors).split(whereSeparator: \.isNewline)
      return lines.suffix(20).joined(separator: "\n")
    }
  }

  /// - Throws: `code` with the reason, when the program cannot be started at all.
  func run(orThrow code: PrivateServerError.Code) async throws(PrivateServerError) -> Ending {
    // Another program changes the user: the library would do it between fork and exec, where
    // glibc waits for threads that the child does not have.
    var command = [path] + arguments
    if let user { command = try user.prefix() + command }
    do {
      // An exact environment: the caller's PGDATA, PGHOST or PGOPTIONS mean another server.
      let result = try await Subprocess.run(
        .path(literal(command[0])),
        arguments: Arguments(Array(command.dropFirst())),
        environment: .custom([
          "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": Self.locale, "HOME": "/",
        ]),
        workingDirectory: literal("/"),
        output: .string(limit: 1 << 20),
        error: .string(limit: 1 << 20))
      let exitCode: Int? =
        switch result.terminationStatus {
        case .exited(let code): Int(code)
        default: nil
        }
      return Ending(
        exitCode: exitCode, output: result.standardOutput, errors: result.standardError)
    } catch {
      throw PrivateServerError(code, "cannot run \(path)", detail: "\(error)")
    }
  }

  #if os(Linux)
    static let locale = "C.UTF-8"
  #else
    static let locale = "C"
  #endif
}

/// The value of a text that is known only at run time, made through the protocol: the library's
/// file path belongs to a package that is no dependency of this one.
private func literal<Value: ExpressibleByStringLiteral>(_ text: String) -> Value
where Value.StringLiteralType == String { Value(stringLiteral: text) }
