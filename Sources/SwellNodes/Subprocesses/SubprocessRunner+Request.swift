import SwellModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension SubprocessRunner {
  /// One program to run.
  public struct Request: Sendable, Hashable {
    /// The absolute path of the program; nothing is looked up.
    public var executable: String
    public var arguments: [String]
    /// The whole environment: nothing is inherited.
    public var environment: [String: String]
    /// The working folder, or nil for this process's own.
    public var directory: String?
    /// What it reads; it may leave any of it unread.
    public var standardInput: [UInt8]
    /// More output, in bytes, ends the program.
    public var maxStandardOutput: Int
    /// How much of the end of its standard error is kept, in bytes.
    public var maxStandardError: Int
    /// The time between SIGTERM and SIGKILL when the attempt is cancelled.
    public var grace: Duration

    public init(
      executable: String, arguments: [String] = [], environment: [String: String] = [:],
      directory: String? = nil, standardInput: [UInt8] = [], maxStandardOutput: Int = 1 << 20,
      maxStandardError: Int = 16 << 10, grace: Duration = .seconds(5)
    ) {
      self.executable = executable
      self.arguments = arguments
      self.environment = environment
      self.directory = directory
      self.standardInput = standardInput
      self.maxStandardOutput = maxStandardOutput
      self.maxStandardError = maxStandardError
      self.grace = grace
    }
  }
}

extension SubprocessRunner.Request {
  /// Why this cannot be run at all, before anything is started.
  var refusal: NodeError? {
    guard executable.hasPrefix("/") else {
      return error(.other, "is not an absolute path", code: "program_not_found")
    }
    // A NUL would end an argument early, without a word.
    let texts = [executable, directory ?? ""] + arguments + environment.flatMap { [$0, $1] }
    guard texts.allSatisfy({ !$0.utf8.contains(0) }) else {
      return error(
        .validation, "cannot be given a NUL character", code: "invalid_argument")
    }
    let names = environment.keys
    guard names.allSatisfy({ $0.first.map { !("0"..."9" ~= $0) } ?? false && !$0.contains("=") })
    else {
      return error(
        .validation,
        "cannot be given a variable whose name is empty, has an = or begins with a digit",
        code: "invalid_environment")
    }
    var status = stat()
    guard stat(executable, &status) == 0 else {
      return errno == EACCES
        ? error(.other, "is out of reach for this user", code: "program_not_executable")
        : error(.other, "does not exist", code: "program_not_found")
    }
    guard status.st_mode & S_IFMT == S_IFREG, access(executable, X_OK) == 0 else {
      return error(.other, "is not executable", code: "program_not_executable")
    }
    if let directory {
      guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
        access(directory, X_OK) == 0
      else {
        return error(
          .other, "cannot run in \(directory): no such folder", code: "directory_not_found")
      }
    }
    return nil
  }

  func error(
    _ kind: ErrorKind, _ message: String, code: String, stderr: String = ""
  ) -> NodeError {
    let name = executable.split(separator: "/").last.map(String.init) ?? executable
    var metadata = ["program": executable]
    if !stderr.isEmpty { metadata["stderr"] = stderr }
    return NodeError(
      kind, "\(executable) \(message)", code: code,
      context: NodeError.Context(operation: "exec \(name)", metadata: metadata))
  }
}

extension NodeError {
  static func cancelled(
    _ request: SubprocessRunner.Request, stderr: String = ""
  ) -> NodeError {
    request.error(.cancelled, "was stopped", code: "cancelled", stderr: stderr)
  }
}
