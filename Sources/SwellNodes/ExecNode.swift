import Foundation
import SwellCore
public import SwellEngine
public import SwellModel

/// The kind `exec`: runs a program with JSON on stdin and takes JSON from its stdout.
///
/// Only programs that the worker allows are run, with exactly the arguments written and never
/// through a shell. The process group is killed when the attempt is over.
public struct ExecNode: NodeKind {
  public let kind = "exec"
  public let concurrencyLimit: Int?
  private let allowed: Allowed
  private let root: String?

  /// Which programs may be run.
  public enum Allowed: Sendable, Hashable {
    /// By name, as found on PATH, or by absolute path.
    case programs([String])
    case everything
  }

  /// The most that stdout may hold unless the node says otherwise, in bytes.
  public static let defaultMaxOutput = 1 << 20

  /// - Parameters:
  ///   - root: the folder in which programs run; the worker's own by default.
  ///   - concurrencyLimit: how many programs run at a time; by default twice the processors.
  public init(
    allowed: Allowed, root: String? = nil,
    concurrencyLimit: Int? = nil
  ) {
    self.allowed = allowed
    self.root = root
    self.concurrencyLimit =
      concurrencyLimit ?? max(4, 2 * ProcessInfo.processInfo.activeProcessorCount)
  }

  public func execute(_ request: NodeRequest) async throws -> Payload {
    let settings = try Settings(request.with, role: request.definition.node.role)
    let program = settings.command[0]
    let path = try resolve(program)
    var environment = Self.inherited
    environment.merge(settings.environment) { _, own in own }
    environment["SWELL_RUN"] = "\(request.run)"
    environment["SWELL_NODE"] = request.node
    environment["SWELL_ATTEMPT"] = "\(request.attempt)"
    environment["SWELL_IDEMPOTENCY_KEY"] = request.idempotencyKey
    let outcome = await SubprocessRunner.run(
      SubprocessRunner.Request(
        executable: path, arguments: Array(settings.command.dropFirst()),
        environment: environment, directory: settings.directory ?? root,
        standardInput: request.input.bytes, maxStandardOutput: settings.maxOutput,
        maxStandardError: 8192, grace: .seconds(2)))
    switch outcome {
    case .failure(var error):
      error.context.operation = "exec \(program)"
      throw error
    case .success(let completed):
      return try output(of: completed.standardOutput, settings, program, request)
    }
  }

  private func output(
    of bytes: [UInt8], _ settings: Settings, _ program: String, _ request: NodeRequest
  ) throws -> Payload {
    if settings.isText {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw NodeError(
          .serialization, "\(program) printed bytes that are not UTF-8", code: "not_utf8",
          context: NodeError.Context(operation: "exec \(program)"))
      }
      return JSONValue.string(text).payload
    }
    do {
      try PayloadScan.check(bytes)
    } catch {
      // A secret that is cut is none that anybody finds.
      let shown = String(
        request.redacting(String(decoding: bytes.prefix(4096), as: UTF8.self)).prefix(200))
      throw NodeError(
        error.errorKind, "\(program) did not print one JSON value: \(error)",
        code: "output_not_json",
        context: NodeError.Context(
          operation: "exec \(program)", metadata: ["stdout": shown]))
    }
    return Payload(bytes: bytes)
  }

  /// The absolute path of an allowed program.
  private func resolve(_ program: String) throws -> String {
    if case .programs(let names) = allowed, !names.contains(program) {
      throw NodeError(
        .other,
        "this worker does not allow the program \(program); allow it with --allow-exec \(program)",
        code: "program_not_allowed", context: NodeError.Context(operation: "exec \(program)"))
    }
    if program.hasPrefix("/") { return program }
    if program.contains("/") {
      throw NodeError(
        .other, "the program \(program) is a relative path; name it by PATH or absolutely",
        code: "relative_program", context: NodeError.Context(operation: "exec \(program)"))
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    for folder in path.split(separator: ":") {
      let candidate = "\(folder)/\(program)"
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
    throw NodeError(
      .other, "there is no program \(program) on PATH", code: "program_not_found",
      context: NodeError.Context(operation: "exec \(program)"))
  }

  /// What a program gets of the worker's environment: nothing that may be a secret.
  private static let inherited: [String: String] = {
    let all = ProcessInfo.processInfo.environment
    let names = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER"]
    return all.filter { names.contains($0.key) }
  }()

  private struct Settings {
    var command: [String] = []
    var environment: [String: String] = [:]
    var directory: String?
    var isText = false
    var maxOutput = ExecNode.defaultMaxOutput

    init(_ with: Payload?, role: Node.Role) throws(NodeError) {
      let settings = try EvaluatedSettings.read(
        with, kind: "exec", role: role, adapting: Self.words)
      command = settings["command"]?.array?.compactMap(\.string) ?? []
      if case .object(let members)? = settings["environment"] {
        for member in members { environment[member.key] = member.value.string }
      }
      directory = settings["directory"]?.string
      isText = settings["result"]?.string == "text"
      if let bytes = settings["maxOutput"]?.int { maxOutput = Int(bytes) }
      if let text = settings["maxOutput"]?.string, let bytes = ByteSizeText.parse(text) {
        maxOutput = bytes
      }
    }

    /// Arguments and variables are texts, whatever an expression gave.
    private static func words(_ settings: JSONValue) throws(NodeError) -> JSONValue {
      guard case .object(var members) = settings else { return settings }
      for place in members.indices {
        switch (members[place].key, members[place].value) {
        case ("command", .array(var words)):
          for index in words.indices {
            words[index] = try EvaluatedSettings.word(words[index], path: "command[\(index)]")
          }
          members[place].value = .array(words)
        case ("environment", .object(var variables)):
          for index in variables.indices {
            variables[index].value = try EvaluatedSettings.word(
              variables[index].value, path: "environment.\(variables[index].key)")
          }
          members[place].value = .object(variables)
        default: break
        }
      }
      return .object(members)
    }
  }
}
